"""Tickets: what the live process is told of who may talk to the companion, and how.

Everything it needs is in the ticket, because it asks no database: flows that are on, lines that the
practice confirmed, emergency numbers, the law that holds, and the model if the person agreed to it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from holdfast.core import clock, tickets
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.consent.facade import allows
from holdfast.core.tenancy.models import Client, Practice
from holdfast.safety.flags import facade as flags
from holdfast.safety.lines import facade as lines
from holdfast.safety.screening import facade as screening
from holdfast.sense.measures import facade as measures
from holdfast.support.companion import flows
from holdfast.support.companion.engine.offers import shipped_options, signs_of
from holdfast.support.companion.models import ModelEndpoint

LIVES: Final = timedelta(minutes=10)
MODEL_CONSENT: Final = "model_endpoint"


@dataclass(frozen=True)
class Ticket:
    """`sealed` is what the browser carries; it can neither read nor change it."""

    sealed: str
    expires_at: datetime


def issue(
    client: Client, practice: Practice, *, language: str | None, country: str | None, by: Actor
) -> dict[str, Any]:
    """A ticket for a person, with what they are to see before they say anything; or why there is
    none. Thirteen statements at most.
    """
    now = clock.now()
    own = language or client.language
    spoken = flows.spoken(own)
    policy = screening.in_force(practice.pk)
    endpoint = ModelEndpoint.objects.filter(practice=practice, on=True).first()
    agreed = endpoint is not None and allows(client, MODEL_CONSENT)
    on = flows.names_on(practice.pk, spoken)
    monitored = flags.monitored(practice.pk, now)
    words_agreed = screening.words_agreed(client)
    age = screening.age_said(client)
    why = _why_not(client, age, policy.jurisdiction, practice.country)
    ticket = None
    if why is None:
        ticket = _seal(
            now,
            {
                "practice": str(practice.pk),
                "client": str(client.pk),
                "purpose": "companion",
                "language": spoken,
                "country": country or client.country or practice.country or None,
                "jurisdiction": policy.jurisdiction,
                "flows": dict.fromkeys(on, True),
                "signs": _signs(client, now),
                "adult": age.adult_since.isoformat() if age.adult_since else None,
                "monitored": _monitored(monitored),
                "model": _model(endpoint) if agreed else None,
                "passage_agreed": words_agreed,
            }
            | lines.for_ticket(practice, [country or client.country], now),
        )
        record("issue", "companion_ticket", by=by, resource_id=client.pk, client_id=client.pk,
               detail={"model": agreed})  # fmt: skip
    return {
        "conversation": ticket is not None,
        "why": why,
        "ticket": ticket.sealed if ticket else None,
        "expires_at": ticket.expires_at if ticket else None,
        "url": settings.LIVE_ORIGIN,
        "policy": screening.shown(policy, own),
        "flows": [flows.offered(name, spoken) for name in on],
        "model": agreed,
        "model_name": endpoint.name if endpoint else None,
        "monitored": monitored,
        "words_agreed": words_agreed,
    }


def _signs(client: Client, now: datetime) -> list[str]:
    """What the person's newest answers speak for, as codes. A statement per instrument."""
    content = shipped_options()
    today = now.astimezone(ZoneInfo(client.time_zone)).date()
    newest = {}
    for instrument in sorted({sign.instrument for sign in content.signs.values()}):
        given = measures.given_answers(
            client.practice_id,
            client.pk,
            instrument=instrument,
            first=today - timedelta(days=content.days),
            last=today,
        )
        if given:
            newest[instrument] = given[-1].answers
    return sorted(signs_of(content, newest))


def preview(practice: Practice, *, language: str | None, by: Actor) -> Ticket:
    """A ticket for somebody of the practice: drafts are on, nobody's consent is asked and nothing
    is reported. Two statements.
    """
    now = clock.now()
    policy = screening.in_force(practice.pk)
    claims = {
        "practice": str(practice.pk),
        "client": None,
        "purpose": "preview",
        "adult": None,
        "language": flows.spoken(language or "en"),
        "country": practice.country or None,
        "jurisdiction": policy.jurisdiction,
        "flows": dict.fromkeys(flows.library().flows, True),
        "monitored": _monitored(flags.monitored(practice.pk, now)),
        "model": None,
        "passage_agreed": False,
    }
    record("preview", "companion_flow", by=by, resource_id=practice.pk)
    return _seal(now, claims | lines.for_ticket(practice, (), now))


def _why_not(
    client: Client, age: screening.AgeSaid, jurisdiction: str | None, country: str
) -> str | None:
    """Why there is no conversation for this person. One statement."""
    if not screening.conversation_allowed(jurisdiction, country or None):
        return "jurisdiction"
    if not allows(client, screening.SCREENING_CONSENT):
        return "screening"
    return "minor" if age.minor else None


def _seal(now: datetime, claims: dict[str, Any]) -> Ticket:
    expires_at = now + LIVES
    whole = claims | {"id": str(uuid.uuid4()), "exp": expires_at.timestamp()}
    return Ticket(tickets.seal(tickets.TICKET, whole, settings.LIVE_SECRET), expires_at)


def _monitored(found: flags.Monitored) -> dict[str, Any]:
    opens = found.opens_at.isoformat() if found.opens_at else None
    return {"now": found.now, "opens_at": opens}


def _model(row: ModelEndpoint | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "url": row.url,
        "name": row.name,
        "key": row.key or "",
        "requests_a_day": row.requests_a_day,
        "tokens_a_day": row.tokens_a_day,
    }
