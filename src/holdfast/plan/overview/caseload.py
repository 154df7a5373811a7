"""The caseload: everybody a clinician answers for, what needs a human first."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from django.db.models import Count, DateTimeField, QuerySet, Value

from holdfast.core.actor import Actor
from holdfast.core.authz.relationships import active_on
from holdfast.core.notify.models import DeliveryAttempt
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import CareTeamMember, Client, Role, Supervision
from holdfast.meet.encounters import facade as encounters
from holdfast.plan.overview.engine import Filter, Sort, Standing, arrange
from holdfast.safety.flags import facade as flags
from holdfast.safety.flags.engine import Level
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.engine.change.person import Verdict

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
    change: Literal["improved", "unchanged", "deteriorated"] | None
    recent: tuple[float, ...]
    range: tuple[float, float]


@dataclass(frozen=True)
class Row:
    """One person of the caseload."""

    client_id: uuid.UUID
    display_name: str
    open_flags: int
    highest_level: Level | None
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
    """A page of the actor's caseload.

    Eight statements however many people there are; one more for a supervisor, and one for the
    filter `deteriorated`.
    """
    practice_id = _practice(actor)
    start = _start(cursor)
    standings = _standings(practice_id, actor, sort, wanted, now)
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
    """The clients on whose care team the actor is, or somebody the actor supervises.

    One statement for a supervisor, none for others; lazy.
    """
    practice_id = _practice(actor)
    members = set(actor.membership_ids)
    if Role.SUPERVISOR in actor.roles:
        members |= set(
            Supervision.objects.filter(
                practice_id=practice_id, supervisor_id__in=actor.membership_ids
            ).values_list("supervisee_id", flat=True)
        )
    team = CareTeamMember.objects.filter(
        active_on(now.date()), practice_id=practice_id, membership_id__in=members
    )
    return Client.objects.filter(practice_id=practice_id, pk__in=team.values("client_id"))


def _standings(
    practice_id: uuid.UUID, actor: Actor, sort: Sort, wanted: Filter, now: datetime
) -> list[Standing]:
    """Everybody, with what the order and the filter ask for; the rest is read for one page."""
    scope = clients_of(actor, now)
    open_flags = flags.open_flags(practice_id)
    missed = _missed_deliveries(practice_id, now)
    worse = _deteriorated(scope) if wanted == "deteriorated" else frozenset()
    nothing = Value(None, output_field=DateTimeField(null=True))
    by_answer = sort in {"attention", "last_answer"} or wanted == "silent"
    rows = scope.annotate(
        answered=measures.last_answered() if by_answer else nothing,
        met=encounters.last_of_each(now) if sort == "last_met" else nothing,
    ).values_list("pk", "name_sealed", "reachable", "answered", "met")
    found = []
    for client_id, sealed_name, reachable, answered, met in rows.iterator():
        flag = open_flags.get(client_id)
        found.append(
            Standing(
                client_id=client_id,
                name=_name(practice_id, client_id, bytes(sealed_name)),
                reachable=reachable,
                open_flags=flag.count if flag else 0,
                highest_level=flag.highest_level if flag else None,
                flag_due_at=flag.due_at if flag else None,
                alarm=flag.alarm if flag else False,
                last_response_at=answered,
                last_encounter_at=met,
                missed_deliveries=missed.get(client_id, 0),
                deteriorated=client_id in worse,
            )
        )
    return found


# Opening ten thousand names takes longer than the rest of the list. What is kept is what the
# process could open at any time; a name changed or moved is another key, so nothing is stale.
@lru_cache(maxsize=20_000)
def _name(practice_id: uuid.UUID, client_id: uuid.UUID, sealed_name: bytes) -> str:
    row = Client(pk=client_id, practice_id=practice_id, name_sealed=sealed_name)
    name: str = row.display_name
    return name


def _missed_deliveries(practice_id: uuid.UUID, now: datetime) -> dict[uuid.UUID, int]:
    """Per client, deliveries given up in the last four weeks. One statement."""
    rows = DeliveryAttempt.objects.filter(
        practice_id=practice_id,
        outcome=DeliveryAttempt.Outcome.FAILED,
        next_attempt_at__isnull=True,
        finished_at__gte=now - WINDOW,
        notification__recipient__client__practice_id=practice_id,
    )
    client = "notification__recipient__client"
    counted = rows.values(client).annotate(count=Count("id"))
    return {row[client]: row["count"] for row in counted}


def _deteriorated(scope: QuerySet[Client]) -> frozenset[uuid.UUID]:
    """Those whose latest main score is reliably worse than the one before. One statement."""
    catalogue = measures.catalogue()
    return frozenset(
        client_id
        for client_id, (instrument, version, scale, before, after) in measures.last_two_main(
            scope
        ).items()
        if measures.verdict_by(catalogue.get(instrument, version), scale, before, after)
        == "deteriorated"
    )


def _rows(practice_id: uuid.UUID, shown: list[Standing], now: datetime) -> list[Row]:
    """What a page shows of its people. Five statements."""
    ids = [one.client_id for one in shown]
    catalogue = measures.catalogue()
    scores = measures.recent_main(practice_id, ids)
    answered = measures.last_answers(practice_id, ids)
    met = encounters.last_and_next(practice_id, now, ids)
    adherence = measures.adherence(practice_id, ids, (now - WINDOW).date(), now.date())
    return [
        Row(
            client_id=one.client_id,
            display_name=one.name,
            open_flags=one.open_flags,
            highest_level=one.highest_level,
            flag_due_at=one.flag_due_at,
            last_encounter_at=met.get(one.client_id, (None, None))[0],
            next_encounter_at=met.get(one.client_id, (None, None))[1],
            last_response_at=answered.get(one.client_id),
            adherence=adherence.get(one.client_id, measures.Adherence(0, 0)),
            headline=_headline(scores.get(one.client_id, []), catalogue),
            missed_deliveries=one.missed_deliveries,
            reachable=one.reachable,
        )
        for one in shown
    ]


def _headline(found: list[measures.MainScores], catalogue: measures.Catalogue) -> Headline | None:
    """The score to show: one that can be judged before one that cannot, a questionnaire before a
    record of moments, then the newest.
    """
    best: tuple[tuple[bool, bool, bool, datetime], Headline] | None = None
    for one in found:
        instrument = catalogue.get(one.instrument, one.version)
        scale = instrument.scale(one.scale)
        previous = one.values[-2] if len(one.values) > 1 else None
        verdict: Verdict = "insufficient"
        if previous is not None:
            verdict = measures.verdict_by(instrument, one.scale, previous, one.values[-1])
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
