"""Reads of flags, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.authz import table
from holdfast.core.authz.relationships import CARE_TEAM_CONSENT, active_on
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Supervision
from holdfast.safety.flags import chain, engine
from holdfast.safety.flags.models import Flag, FlagEvent, State

PAGE = 50
#: What the person sees of the history; who was notified when is the practice's own matter.
TOLD_TO_PERSON = (
    FlagEvent.Kind.RAISED,
    FlagEvent.Kind.REPEATED,
    FlagEvent.Kind.LEVEL_RAISED,
    FlagEvent.Kind.ESCALATED,
    FlagEvent.Kind.ASSIGNED,
    FlagEvent.Kind.CHAIN_EXHAUSTED,
    FlagEvent.Kind.ACKNOWLEDGED,
    FlagEvent.Kind.CONTACT_ATTEMPT,
    FlagEvent.Kind.ACTED,
    FlagEvent.Kind.CLOSED,
)
#: Steps that somebody took, not ones that came to them.
DEALT_WITH = (
    FlagEvent.Kind.ACKNOWLEDGED,
    FlagEvent.Kind.CONTACT_ATTEMPT,
    FlagEvent.Kind.ACTED,
    FlagEvent.Kind.ASSIGNED,
    FlagEvent.Kind.CLOSED,
)


@dataclass(frozen=True)
class ToldStep:
    """One step of a flag's history as the person is told it; `by` is a name or the system."""

    at: datetime
    kind: str
    by: str | None


@dataclass(frozen=True)
class Step(ToldStep):
    """The same for clinicians: whom it came to, and the particulars as codes."""

    to: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FlagStatus:
    """What the person is told of a flag, truthfully. `seen_at` is empty until somebody saw it."""

    id: uuid.UUID
    client_id: uuid.UUID
    level: engine.Level
    reason: str
    state: engine.State
    raised_at: datetime
    answered_at: datetime
    due_at: datetime | None
    due_kind: engine.DueKind | None
    seen_by: str | None
    seen_at: datetime | None
    owner_name: str | None
    alarm: bool
    reachable: bool
    historical: bool
    outcome: str | None
    closed_at: datetime | None
    repeats: int
    history: tuple[ToldStep, ...] = ()


_STATUS_FIELDS = (
    "id",
    "client_id",
    "level",
    "reason",
    "state",
    "raised_at",
    "answered_at",
    "due_at",
    "due_kind",
    "seen_by__display_name",
    "seen_at",
    "owner__display_name",
    "alarm",
    "client__reachable",
    "historical",
    "outcome",
    "closed_at",
    "repeats",
)


def _as_status(row: dict[str, Any], history: Iterable[ToldStep]) -> FlagStatus:
    waiting = row["state"] == State.OPEN
    return FlagStatus(
        id=row["id"],
        client_id=row["client_id"],
        level=engine.LEVELS[row["level"]],
        reason=row["reason"],
        state=row["state"],
        raised_at=row["raised_at"],
        answered_at=row["answered_at"],
        due_at=row["due_at"] if waiting else None,
        due_kind=(row["due_kind"] or None) if waiting else None,
        seen_by=row["seen_by__display_name"],
        seen_at=row["seen_at"],
        owner_name=row["owner__display_name"],
        alarm=row["alarm"],
        reachable=row["client__reachable"],
        historical=row["historical"],
        outcome=row["outcome"] or None,
        closed_at=row["closed_at"],
        repeats=row["repeats"],
        history=tuple(history),
    )


def steps(
    practice_id: uuid.UUID, flag_ids: Iterable[uuid.UUID], kinds: Iterable[str] | None = None
) -> dict[uuid.UUID, list[Step]]:
    """The history of each flag, oldest first. One statement."""
    rows = FlagEvent.objects.filter(practice_id=practice_id, flag_id__in=list(flag_ids))
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    found: dict[uuid.UUID, list[Step]] = {}
    values = rows.order_by("id").values_list(
        "flag_id", "at", "kind", "by__display_name", "to__display_name", "detail"
    )
    for flag_id, at, kind, by, to, detail in values:
        found.setdefault(flag_id, []).append(Step(at, kind, by, to, detail))
    return found


def _told(history: Iterable[Step]) -> list[ToldStep]:
    return [ToldStep(step.at, step.kind, step.by) for step in history]


def status(practice_id: uuid.UUID, flag_id: uuid.UUID) -> FlagStatus:
    """One flag as the person sees it. Raises NotFound. Two statements."""
    row = Flag.objects.filter(practice_id=practice_id, pk=flag_id).values(*_STATUS_FIELDS).first()
    if row is None:
        raise NotFound
    return _as_status(row, _told(steps(practice_id, [flag_id], TOLD_TO_PERSON).get(flag_id, [])))


def statuses(
    practice_id: uuid.UUID, client_id: uuid.UUID, *, only_open: bool = False, limit: int = 100
) -> list[FlagStatus]:
    """A person's flags, newest first. Two statements."""
    rows = Flag.objects.filter(practice_id=practice_id, client_id=client_id)
    if only_open:
        rows = rows.exclude(state=State.CLOSED)
    found = list(rows.order_by("-answered_at", "-id").values(*_STATUS_FIELDS)[:limit])
    history = steps(practice_id, [row["id"] for row in found], TOLD_TO_PERSON) if found else {}
    return [_as_status(row, _told(history.get(row["id"], []))) for row in found]


def _waits_for(practice_id: uuid.UUID, mine: Collection[uuid.UUID]) -> Q:
    """Flags that are not closed and are theirs or have come to them."""
    return ~Q(state=State.CLOSED) & (
        Q(owner_id__in=mine) | Q(pk__in=chain.came_to(practice_id, mine))
    )


@dataclass(frozen=True)
class Answering:
    """Somebody to whom a person's open flag belongs (`now`) or comes next, in order of call."""

    user_id: uuid.UUID
    name: str
    now: bool


def answering(practice_id: uuid.UUID, client_id: uuid.UUID) -> tuple[Flag | None, list[Answering]]:
    """The flag that is not closed, and who answers for it: its owner, then everybody on call.

    Three statements; nobody where there is no flag.
    """
    flag = (
        Flag.objects.filter(practice_id=practice_id, client_id=client_id)
        .exclude(state=State.CLOSED)
        .first()
    )
    if flag is None:
        return None, []
    on_call = [member for _, member in chain.on_call(practice_id)]
    order = [flag.owner_id, *on_call] if flag.owner_id else on_call
    active = Membership.objects.filter(practice_id=practice_id, pk__in=order, active=True)
    members = {row.pk: row for row in active}
    found: dict[uuid.UUID, Answering] = {}
    for pk in order:
        if pk in members:
            row = members[pk]
            one = Answering(row.user_id, row.display_name, now=pk == flag.owner_id)
            found.setdefault(row.user_id, one)
    return flag, list(found.values())


def has_come_to(practice_id: uuid.UUID, flag_id: uuid.UUID, actor: Actor) -> bool:
    """Whether a flag is not closed, and is the actor's or has come to them. One statement."""
    theirs = _waits_for(practice_id, list(actor.membership_ids))
    return Flag.objects.filter(theirs, practice_id=practice_id, pk=flag_id).exists()


def _handled(practice_id: uuid.UUID, mine: Collection[uuid.UUID]) -> Q:
    """Closed flags they answered for: theirs at the end, or come to them and dealt with by them."""
    did_something = FlagEvent.objects.filter(
        practice_id=practice_id, kind__in=DEALT_WITH, by_id__in=mine
    ).values("flag_id")
    return Q(state=State.CLOSED) & (
        Q(owner_id__in=mine)
        | (Q(pk__in=chain.came_to(practice_id, mine)) & Q(pk__in=did_something))
    )


#: Flags that ring for everybody, because nobody answered or nobody is there to.
_UNANSWERED = ~Q(state=State.CLOSED) & (Q(alarm=True) | Q(owner=None))
_AGREED = ~Q(client__consents_withdrawn__contains=CARE_TEAM_CONSENT)


def _team(practice_id: uuid.UUID, now: datetime) -> QuerySet[CareTeamMember]:
    return CareTeamMember.objects.filter(
        active_on(now.date()), practice_id=practice_id, membership__active=True
    )


def within_reach(actor: Actor, practice_id: uuid.UUID, now: datetime) -> Q:
    """Flags whose page this actor may open, and so those that a worklist shows them: of people they
    treat or supervise, those that wait for them, and closed ones they answered for.

    Of somebody who took back the consent that a care team reads by, the team sees a flag only while
    it rings for everybody: safety comes first, but until then whoever it came to answers for it.
    """
    mine = list(actor.membership_ids)
    supervisees = Supervision.objects.filter(
        practice_id=practice_id, supervisor_id__in=mine
    ).values("supervisee_id")
    team = _team(practice_id, now)
    treated = Q(client_id__in=team.filter(membership_id__in=mine).values("client_id"))
    supervised = Q(client_id__in=team.filter(membership_id__in=supervisees).values("client_id"))
    return (
        _waits_for(practice_id, mine)
        | _handled(practice_id, mine)
        | (treated & (_AGREED | _UNANSWERED))
        | (supervised & _AGREED)
    )


@dataclass(frozen=True)
class WorklistRow:
    """One line of the worklist."""

    id: uuid.UUID
    client_id: uuid.UUID
    display_name: str
    level: str
    reason: str
    state: str
    raised_at: datetime
    answered_at: datetime
    due_at: datetime | None
    due_kind: str | None
    owner_id: uuid.UUID | None
    owner_name: str | None
    seen_by: str | None
    seen_at: datetime | None
    alarm: bool
    historical: bool
    repeats: int
    reachable: bool
    outcome: str | None


def worklist(
    practice_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    *,
    states: Iterable[str],
    owner: str,
    after: tuple[int, uuid.UUID] | None,
    limit: int = PAGE,
) -> tuple[list[WorklistRow], tuple[int, uuid.UUID] | None]:
    """A page of the worklist: what presses most first, then what waits longest.

    `after` is the (level rank, id) of the last row of the page before. One statement.
    """
    rows = Flag.objects.filter(within_reach(actor, practice_id, now), practice_id=practice_id)
    rows = rows.filter(state__in=list(states), client__left_at=None)
    if owner == "me":
        rows = rows.filter(owner_id__in=list(actor.membership_ids))
    if after is not None:
        rows = rows.filter(Q(level__lt=after[0]) | Q(level=after[0], id__gt=after[1]))
    ordered = rows.select_related("client", "owner", "seen_by").order_by("-level", "id")
    found = list(ordered[: limit + 1])
    page = found[:limit]
    following = (page[-1].level, page[-1].pk) if len(found) > limit else None
    return [_worklist_row(flag) for flag in page], following


def _worklist_row(flag: Flag) -> WorklistRow:
    client: Client = flag.client
    return WorklistRow(
        id=flag.pk,
        client_id=flag.client_id,
        display_name=client.display_name,
        level=engine.LEVELS[flag.level],
        reason=flag.reason,
        state=flag.state,
        raised_at=flag.raised_at,
        answered_at=flag.answered_at,
        due_at=flag.due_at,
        due_kind=flag.due_kind or None,
        owner_id=flag.owner_id,
        owner_name=flag.owner.display_name if flag.owner else None,
        seen_by=flag.seen_by.display_name if flag.seen_by else None,
        seen_at=flag.seen_at,
        alarm=flag.alarm,
        historical=flag.historical,
        repeats=flag.repeats,
        reachable=client.reachable,
        outcome=flag.outcome or None,
    )


def client_of(practice_id: uuid.UUID, parameters: dict[str, Any]) -> uuid.UUID:
    """The client a flag in a path belongs to, for the guard. Raises NotFound. One statement."""
    found = (
        Flag.objects.filter(practice_id=practice_id, pk=parameters["flag_id"])
        .values_list("client_id", flat=True)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def stands_as_flag_owner(actor: Actor, client: Client) -> bool:
    """Whether a flag of this client, not closed, is the actor's or has come to them before.

    One that nobody answered has come to everybody who treats the client, whether or not they may
    read anything else of them.
    """
    practice_id = client.practice_id
    mine = list(actor.membership_ids)
    theirs = _waits_for(practice_id, mine)
    if client.has_withdrawn(CARE_TEAM_CONSENT):
        team = _team(practice_id, clock.now()).filter(membership_id__in=mine)
        theirs |= _UNANSWERED & Q(client_id__in=team.values("client_id"))
    return Flag.objects.filter(theirs, practice_id=practice_id, client=client).exists()


def stands_to_flag(
    actor: Actor, practice_id: uuid.UUID, parameters: dict[str, Any]
) -> frozenset[str]:
    """Whether the actor answered for this very flag, which is closed. One statement."""
    handled = _handled(practice_id, list(actor.membership_ids))
    rows = Flag.objects.filter(handled, practice_id=practice_id, pk=parameters["flag_id"])
    return frozenset({table.FLAG_HANDLED}) if rows.exists() else frozenset()
