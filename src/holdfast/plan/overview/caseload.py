"""The caseload: everybody a clinician answers for, what needs a human first.

Flags are few and are read where they are, so that no list ever shows an old one. Everything else
that orders people is kept in `ClientStanding` by those who write it. For a large caseload one page
is a walk along an index, whatever its size; a small one, a filter or a look for a name is arranged
here (names are sealed: no database can sort by them).
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from holdfast.core.actor import Actor
from holdfast.core.authz.relationships import CARE_TEAM_CONSENT, active_on
from holdfast.core.notify import standing as messages
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import (
    NEVER,
    CareTeamMember,
    Client,
    ClientStanding,
    Role,
    Supervision,
)
from holdfast.meet.encounters import facade as encounters
from holdfast.plan.overview.engine import SILENT_AFTER, Filter, Sort, Standing, arrange
from holdfast.safety.flags import facade as flags
from holdfast.safety.flags.engine import Level
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.engine.change.person import Verdict

PAGE = 50
#: The stretch of days that adherence is counted over.
WINDOW = messages.COUNTS_FOR
#: Up to this many people are read and arranged here: an index walk would pass many others on the
#: way to them.
FEW = 500


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
    """One person of the caseload; of one who took back their consent, the name alone."""

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
    consent_withdrawn: bool


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

    At most nine statements however many people there are; one more for a supervisor.
    """
    practice_id = _practice(actor)
    start = _start(cursor)
    team = team_rows(actor, now)
    total = team.aggregate(people=Count("client_id", distinct=True))["people"]
    if total <= FEW or sort == "name" or wanted or q.strip():
        needs_names = sort == "name" or bool(q.strip())
        standings = _standings(practice_id, team, wanted, now, needs_names=needs_names)
        arranged = arrange(standings, sort=sort, wanted=wanted, q=q, now=now)
        total = len(arranged)
        ids = [one.client_id for one in arranged[start : start + PAGE]]
    else:
        ids = _walk(practice_id, team, sort, start, start + PAGE)
    return Page(
        items=_rows(practice_id, ids, now),
        next=_cursor(start + PAGE) if total > start + PAGE else None,
        total=total,
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


def team_rows(actor: Actor, now: datetime) -> QuerySet[CareTeamMember]:
    """Care-team rows, as of today, of the actor and of those the actor supervises who are active.

    One statement for a supervisor, none for others; lazy.
    """
    practice_id = _practice(actor)
    members = set(actor.membership_ids)
    if Role.SUPERVISOR in actor.roles:
        members |= set(
            Supervision.objects.filter(
                practice_id=practice_id,
                supervisor_id__in=actor.membership_ids,
                supervisee__active=True,
            ).values_list("supervisee_id", flat=True)
        )
    return CareTeamMember.objects.filter(
        active_on(now.date()), practice_id=practice_id, membership_id__in=members
    )


# --- a large caseload: along an index ---------------------------------------------------------

_ORDER: dict[Sort, tuple[str, ...]] = {
    "attention": ("-undelivered_at", "answered_at", "client_id"),
    "last_met": ("met_at", "client_id"),
    "last_answer": ("answered_at", "client_id"),
}


def _walk(
    practice_id: uuid.UUID, team: QuerySet[CareTeamMember], sort: Sort, start: int, stop: int
) -> list[uuid.UUID]:
    """Places `start` to `stop` of the whole list, as `engine.arrange` has them.

    One statement; by attention up to three.
    """
    everybody = ClientStanding.objects.filter(
        Exists(team.filter(client_id=OuterRef("client_id"))), practice_id=practice_id
    ).order_by(*_ORDER[sort])
    if sort != "attention":
        return list(everybody.values_list("client_id", flat=True)[start:stop])
    pressing = flags.most_pressing(practice_id, team, start=start, stop=stop)
    if len(pressing) == stop - start:
        return pressing
    ahead = start + len(pressing)
    if start and not pressing:
        ahead = flags.count_open(practice_id, team)
    others = everybody.filter(~flags.has_open_flag()).values_list("client_id", flat=True)
    return pressing + list(others[max(0, start - ahead) : stop - ahead])


# --- a small one, a filter, a name: here ------------------------------------------------------


def _standings(
    practice_id: uuid.UUID,
    team: QuerySet[CareTeamMember],
    wanted: Filter,
    now: datetime,
    *,
    needs_names: bool,
) -> list[Standing]:
    """Everybody whom the filter may keep, with what the order asks for. Two statements."""
    rows = list(
        ClientStanding.objects.filter(
            _asked_for(wanted, now),
            practice_id=practice_id,
            client_id__in=team.values("client_id"),
        ).values_list(
            "client_id",
            "client__name_sealed",
            "client__record_key",
            "client__record_key_under_id",
            "client__reachable",
            "client__consents_withdrawn",
            "answered_at",
            "met_at",
            "undelivered_at",
            "deteriorated",
        )
    )
    agreed = [(row, _agrees(row[5])) for row in rows if not wanted or _agrees(row[5])]
    some = [row[0] for row, _ in agreed] if len(agreed) <= FEW else None
    open_flags = flags.open_flags(practice_id, some)
    found = []
    for row, agrees in agreed:
        client_id, name, key, under, reachable = row[:5]
        answered, met, undelivered, worse = row[6:] if agrees else _NOTHING
        flag = open_flags.get(client_id)
        found.append(
            Standing(
                client_id=client_id,
                reachable=reachable,
                flag_id=flag.id if flag else None,
                highest_level=flag.highest_level if flag else None,
                flag_due_at=flag.due_at if flag else None,
                alarm=flag.alarm if flag else False,
                last_response_at=_instant(answered),
                last_encounter_at=_instant(met),
                undelivered_at=undelivered if undelivered >= now - WINDOW else None,
                deteriorated=worse,
                name=_name(client_id, name, key, under) if needs_names else "",
            )
        )
    return found


#: Of those who took their consent back: never answered, met or missed, and not worse.
_NOTHING = (NEVER, NEVER, NEVER, False)


def _agrees(withdrawn: str) -> bool:
    return CARE_TEAM_CONSENT not in withdrawn.split(",")


def _asked_for(wanted: Filter, now: datetime) -> Q:
    """Whom a filter keeps, so that the others need not be read; `engine.arrange` decides."""
    if wanted == "flags":
        return Q(flags.has_open_flag())
    if wanted == "deteriorated":
        return Q(deteriorated=True)
    if wanted == "silent":
        return Q(answered_at__lt=now - SILENT_AFTER)
    if wanted == "unreachable":
        return Q(client__reachable=False)
    if wanted == "delivery":
        return Q(undelivered_at__gte=now - WINDOW)
    return Q()


def _instant(at: datetime) -> datetime | None:
    return None if at == NEVER else at


#: What SQLite and PostgreSQL give for a binary column.
_Blob = bytes | memoryview


# Opening ten thousand names takes longer than the rest of the list. What is kept is what the
# process could open at any time; a name changed or moved is another key, so nothing is stale.
@lru_cache(maxsize=20_000)
def _opened_name(client_id: uuid.UUID, name: bytes, key: bytes, under: uuid.UUID) -> str:
    row = Client(pk=client_id, name_sealed=name, record_key=key, record_key_under_id=under)
    opened: str = row.display_name
    return opened


def _name(client_id: uuid.UUID, name: _Blob, key: _Blob | None, under: uuid.UUID | None) -> str:
    """Empty where the person's key was destroyed."""
    if key is None or under is None:
        return ""
    return _opened_name(client_id, bytes(name), bytes(key), under)


# --- what a page shows ------------------------------------------------------------------------


def _rows(practice_id: uuid.UUID, ids: Collection[uuid.UUID], now: datetime) -> list[Row]:
    """The page's people, in the order given. Six statements."""
    columns = (
        "client__name_sealed",
        "client__record_key",
        "client__record_key_under_id",
        "client__reachable",
        "client__user_id",
        "client__consents_withdrawn",
        "answered_at",
        "met_at",
        "scores",
    )
    rows = ClientStanding.objects.filter(practice_id=practice_id, client_id__in=ids)
    known = {row[0]: row[1:] for row in rows.values_list("client_id", *columns)}
    catalogue = measures.catalogue()
    open_flags = flags.open_flags(practice_id, ids)
    planned = encounters.next_planned(practice_id, now, ids)
    adherence = measures.adherence(practice_id, ids, (now - WINDOW).date(), now.date())
    accounts = [row[4] for row in known.values() if row[4] is not None]
    missed = messages.problem_counts(practice_id, accounts, now)
    found = []
    for client_id in ids:
        if client_id not in known:  # erased since the list was arranged
            continue
        name, key, under, reachable, user_id, withdrawn, answered, met, scores = known[client_id]
        if not _agrees(withdrawn):
            found.append(_name_alone(client_id, _name(client_id, name, key, under), reachable))
            continue
        flag = open_flags.get(client_id)
        found.append(
            Row(
                client_id=client_id,
                display_name=_name(client_id, name, key, under),
                open_flags=flag.count if flag else 0,
                highest_level=flag.highest_level if flag else None,
                flag_due_at=flag.due_at if flag else None,
                last_encounter_at=_instant(met),
                next_encounter_at=planned.get(client_id),
                last_response_at=_instant(answered),
                adherence=adherence.get(client_id, measures.Adherence(0, 0)),
                headline=_headline(measures.main_scores(scores), catalogue),
                missed_deliveries=missed.get(user_id, 0),
                reachable=reachable,
                consent_withdrawn=False,
            )
        )
    return found


def _name_alone(client_id: uuid.UUID, name: str, reachable: bool) -> Row:
    return Row(
        client_id=client_id,
        display_name=name,
        open_flags=0,
        highest_level=None,
        flag_due_at=None,
        last_encounter_at=None,
        next_encounter_at=None,
        last_response_at=None,
        adherence=measures.Adherence(0, 0),
        headline=None,
        missed_deliveries=0,
        reachable=reachable,
        consent_withdrawn=True,
    )


def _headline(found: list[measures.MainScores], catalogue: measures.Catalogue) -> Headline | None:
    """The score to show: one that can be judged before one that cannot, a questionnaire before a
    record of moments, then the newest.
    """
    best: tuple[tuple[bool, bool, bool, datetime], Headline] | None = None
    for one in found:
        instrument = catalogue.get(one.instrument, one.version)
        scale = instrument.scales[0]
        previous = one.values[-2] if len(one.values) > 1 else None
        verdict: Verdict = "insufficient"
        if previous is not None:
            verdict = measures.verdict_by(instrument, scale.id, previous, one.values[-1])
        judged, banded = verdict != "insufficient", bool(scale.bands)
        order = (judged, banded, instrument.topic != "mood", one.at)
        if best is not None and order <= best[0]:
            continue
        headline = Headline(
            instrument=one.instrument,
            title=instrument.title,
            value=one.values[-1],
            band=scale.band(one.values[-1]) or None,
            previous=previous,
            change=None if verdict == "insufficient" else verdict,
            recent=one.values,
            range=(scale.range[0], scale.range[1]),
        )
        best = (order, headline)
    return best[1] if best else None
