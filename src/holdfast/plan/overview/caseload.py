"""The caseload: everybody a clinician answers for, what needs a human first."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from holdfast.core.actor import Actor
from holdfast.core.authz.relationships import active_on
from holdfast.core.notify.models import DeliveryAttempt
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import CareTeamMember, Client, Supervision
from holdfast.meet.encounters import facade as encounters
from holdfast.plan.overview.engine import Filter, Sort, Standing, arrange
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures import facade as measures

PAGE = 50
#: The stretch of days that adherence and failed deliveries are counted over.
WINDOW = timedelta(days=28)


@dataclass(frozen=True)
class Headline:
    """The one score that a row shows, and what became of it since the one before."""

    instrument: str
    title: str
    value: float
    band: str | None
    previous: float | None
    change: str | None
    recent: tuple[float, ...]
    range: tuple[float, float]


@dataclass(frozen=True)
class Row:
    """One person of the caseload."""

    client_id: uuid.UUID
    display_name: str
    open_flags: int
    highest_level: str | None
    flag_due_at: datetime | None
    last_encounter_at: datetime | None
    next_encounter_at: datetime | None
    last_response_at: datetime | None
    adherence: measures.Adherence
    headline: Headline | None
    missed_deliveries: int
    reachable: bool


@dataclass(frozen=True)
class Page:
    """One page of the caseload; `next` is the cursor of the following one."""

    items: list[Row] = field(default_factory=list)
    next: str | None = None
    total: int = 0


def caseload(
    actor: Actor, *, sort: Sort, wanted: Filter, q: str, cursor: str | None, now: datetime
) -> Page:
    """A page of the actor's caseload. Eight statements (nine with the filter `deteriorated`)."""
    practice_id = _practice(actor)
    start = _start(cursor)
    standings = _standings(practice_id, actor, wanted, now)
    arranged = arrange(standings, sort=sort, wanted=wanted, q=q, now=now)
    shown = arranged[start : start + PAGE]
    more = len(arranged) > start + PAGE
    return Page(
        items=_rows(practice_id, shown, now),
        next=_cursor(start + PAGE) if more else None,
        total=len(arranged),
    )


def _practice(actor: Actor) -> uuid.UUID:
    if actor.practice_id is None:
        raise NotFound
    return actor.practice_id


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode()


def _start(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        return max(0, int(base64.urlsafe_b64decode(cursor)))
    except ValueError:
        error = FieldError("cursor", "unknown", "Not a cursor that this list gave.")
        raise Invalid(errors=(error,)) from None


def clients_of(actor: Actor, now: datetime) -> QuerySet[Client]:
    """The clients on whose care team the actor is, or somebody the actor supervises."""
    practice_id = _practice(actor)
    supervised = Supervision.objects.filter(
        practice_id=practice_id, supervisor_id__in=actor.membership_ids
    ).values("supervisee_id")
    team = CareTeamMember.objects.filter(
        active_on(now.date()),
        Q(membership_id__in=actor.membership_ids) | Q(membership_id__in=supervised),
        practice_id=practice_id,
        client_id=OuterRef("pk"),
    )
    return Client.objects.filter(Exists(team), practice_id=practice_id)


def _standings(
    practice_id: uuid.UUID, actor: Actor, wanted: Filter, now: datetime
) -> list[Standing]:
    scope = clients_of(actor, now)
    open_flags = flags.open_flags(practice_id)
    answered = measures.last_answered(scope)
    met = encounters.last_and_next(practice_id, now)
    missed = _missed_deliveries(practice_id, now)
    worse = _deteriorated(scope) if wanted == "deteriorated" else frozenset()
    rows = scope.only("id", "practice_id", "name_sealed", "reachable", "user_id")
    found = []
    for client in rows:
        flag = open_flags.get(client.pk)
        last, following = met.get(client.pk, (None, None))
        found.append(
            Standing(
                client_id=client.pk,
                name=client.display_name,
                reachable=client.reachable,
                open_flags=flag.count if flag else 0,
                highest_level=flag.highest_level if flag else None,
                flag_due_at=flag.due_at if flag else None,
                alarm=flag.alarm if flag else False,
                last_response_at=answered.get(client.pk),
                last_encounter_at=last,
                next_encounter_at=following,
                missed_deliveries=missed.get(client.user_id, 0) if client.user_id else 0,
                deteriorated=client.pk in worse,
            )
        )
    return found


def _missed_deliveries(practice_id: uuid.UUID, now: datetime) -> dict[uuid.UUID, int]:
    """Per account, deliveries given up in the last four weeks. One statement."""
    rows = DeliveryAttempt.objects.filter(
        practice_id=practice_id,
        outcome=DeliveryAttempt.Outcome.FAILED,
        next_attempt_at__isnull=True,
        finished_at__gte=now - WINDOW,
    )
    counted = rows.values("notification__recipient_id").annotate(count=Count("id"))
    return {row["notification__recipient_id"]: row["count"] for row in counted}


def _deteriorated(scope: QuerySet[Client]) -> frozenset[uuid.UUID]:
    """Those whose latest main score is reliably worse than the one before. One statement."""
    return frozenset(
        client_id
        for client_id, (instrument, version, scale, before, after) in measures.last_two_main(
            scope
        ).items()
        if measures.verdict(instrument, version, scale, before, after) == "deteriorated"
    )


def _rows(practice_id: uuid.UUID, shown: list[Standing], now: datetime) -> list[Row]:
    ids = [one.client_id for one in shown]
    scores = measures.recent_main(practice_id, ids)
    adherence = measures.adherence(practice_id, ids, (now - WINDOW).date(), now.date())
    return [
        Row(
            client_id=one.client_id,
            display_name=one.name,
            open_flags=one.open_flags,
            highest_level=one.highest_level,
            flag_due_at=one.flag_due_at,
            last_encounter_at=one.last_encounter_at,
            next_encounter_at=one.next_encounter_at,
            last_response_at=one.last_response_at,
            adherence=adherence.get(one.client_id, measures.Adherence(0, 0)),
            headline=_headline(scores.get(one.client_id, [])),
            missed_deliveries=one.missed_deliveries,
            reachable=one.reachable,
        )
        for one in shown
    ]


def _headline(found: list[measures.MainScores]) -> Headline | None:
    """The score to show: one that can be judged before one that cannot, a questionnaire before a
    record of moments, then the newest.
    """
    best: tuple[tuple[bool, bool, bool, datetime], Headline] | None = None
    for one in found:
        instrument = measures.catalogue().get(one.instrument, one.version)
        scale = instrument.scale(one.scale)
        previous = one.values[-2] if len(one.values) > 1 else None
        verdict = "insufficient"
        if previous is not None:
            verdict = measures.verdict(
                one.instrument, one.version, one.scale, previous, one.values[-1]
            )
        judged, banded = verdict != "insufficient", bool(scale.bands)
        order = (judged, banded, instrument.topic != "mood", one.at)
        if best is not None and order <= best[0]:
            continue
        headline = Headline(
            instrument=one.instrument,
            title=instrument.title,
            value=one.values[-1],
            band=one.band or None,
            previous=previous,
            change=None if verdict == "insufficient" else verdict,
            recent=one.values,
            range=(scale.range[0], scale.range[1]),
        )
        best = (order, headline)
    return best[1] if best else None
