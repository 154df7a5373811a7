"""What other capabilities may ask of screening."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client, Membership
from holdfast.safety.engine.policy import packs
from holdfast.safety.screening import passages, queries
from holdfast.safety.screening.models import MinorStatement
from holdfast.safety.screening.policy import InForce, in_force, sentences, write
from holdfast.safety.screening.queries import AgeSaid
from holdfast.safety.screening.receiving import SCREENING_CONSENT
from holdfast.safety.screening.schemas import PolicyOut

__all__ = [
    "SCREENING_CONSENT",
    "AgeSaid",
    "InForce",
    "PolicyOut",
    "age_said",
    "clear_minor",
    "conversation_allowed",
    "failed_since",
    "in_force",
    "jurisdictions",
    "said_minor",
    "shown",
    "words_agreed",
    "write",
]


def conversation_allowed(jurisdiction: str | None, country: str | None) -> bool:
    """Whether the companion may talk to people where the practice is: its policy pack's word."""
    return packs.shipped().of(jurisdiction, country).conversation


def jurisdictions() -> list[str]:
    """Those with a policy pack of their own, by code."""
    return sorted(packs.shipped().packs.keys() - {"default"})


def shown(found: InForce, language: str) -> dict[str, Any]:
    """The policy as `PolicyOut`, with its sentences in a language."""
    return vars(found) | {"sentences": sentences(found, language)}


def failed_since(instant: datetime) -> int:
    """How many texts could not be screened, in every practice. One statement."""
    return queries.failed_since(instant)


def age_said(client: Client) -> AgeSaid:
    """Whether the person said that they are under 18, and when that was cleared. One statement."""
    return queries.age_said(client)


def said_minor(practice_id: uuid.UUID) -> QuerySet[MinorStatement, uuid.UUID]:
    """The clients of a practice who said that they are under 18, uncleared: for a subquery."""
    rows = MinorStatement.objects.filter(practice_id=practice_id, cleared_at=None)
    return rows.values_list("client_id", flat=True)


def words_agreed(client: Client) -> bool:
    """Whether a passage may go to whoever is on call without being asked. Two statements."""
    return passages.agreed(client)


def clear_minor(client: Client, *, by: Actor) -> None:
    """Somebody of the care team knows that the person is 18 or over; again changes nothing."""
    member = Membership.objects.filter(
        pk__in=by.membership_ids, practice_id=client.practice_id
    ).first()
    rows = MinorStatement.objects.filter(
        practice_id=client.practice_id, client=client, cleared_at=None
    )
    if rows.update(cleared_at=clock.now(), cleared_by=member):
        record("confirm", "companion_adult", by=by, resource_id=client.pk, client_id=client.pk)
