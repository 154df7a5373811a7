"""What other capabilities may ask of flags."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import CareTeamMember, Client
from holdfast.safety.flags import chain, engine, escalation, queries, raising
from holdfast.safety.flags.hours import windows_of
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal, State
from holdfast.safety.flags.queries import (
    Answering,
    FlagStatus,
    answering,
    client_of,
    has_come_to,
    stands_to_flag,
)
from holdfast.safety.flags.raising import Signal

__all__ = [
    "Answering",
    "FlagStatus",
    "Monitored",
    "OpenFlag",
    "Signal",
    "answering",
    "came_to",
    "client_of",
    "count_open",
    "follow_up_answered",
    "has_come_to",
    "has_open_flag",
    "level_of",
    "monitored",
    "most_pressing",
    "note_missed_follow_ups",
    "of_response",
    "open_flags",
    "raise_signals",
    "stands_to_flag",
    "status_of",
    "statuses",
]


@dataclass(frozen=True)
class OpenFlag:
    """What a caseload shows of a person's flags that are not closed (there is at most one)."""

    id: uuid.UUID
    count: int
    highest_level: engine.Level
    due_at: datetime | None
    alarm: bool


@dataclass(frozen=True)
class Monitored:
    """Whether somebody looks at flags at an instant, and when that changes next."""

    now: bool
    opens_at: datetime | None
    closes_at: datetime | None


def level_of(reason: str) -> str:
    """The level of a reason that comes from no instrument's rule. Raises KeyError."""
    return engine.policy().reasons[reason]


def raise_signals(
    *,
    client: Client,
    signals: Sequence[Signal],
    answered_at: datetime,
    received_at: datetime,
    historical: bool = False,
    by: Actor,
) -> FlagStatus | None:
    """Raise a flag, or let the one that is not closed absorb the signals; in the caller's
    transaction.

    Repeats are added to the history in silence; a higher level alarms again. Historical signals
    are recorded as closed at birth and page nobody. None where nothing was worth a flag: no
    signals, level none, or a reason that is news once and known already.
    """
    flag = raising.raise_flag(
        client=client,
        signals=signals,
        answered_at=answered_at,
        received_at=received_at,
        historical=historical,
        by=by,
    )
    return None if flag is None else queries.status(flag.practice_id, flag.pk)


def follow_up_answered(*, practice_id: uuid.UUID, response_id: uuid.UUID, instrument: str) -> None:
    """The follow-up of a response came: stop waiting for it. One statement."""
    FlagSignal.objects.filter(
        practice_id=practice_id,
        response_id=response_id,
        follow_up=instrument,
        follow_up_due_at__isnull=False,
    ).update(follow_up_due_at=None)


def of_response(practice_id: uuid.UUID, response_id: uuid.UUID) -> FlagStatus | None:
    """The flag that a response raised or was absorbed by. Three statements at most."""
    flag_id = (
        FlagSignal.objects.filter(practice_id=practice_id, response_id=response_id)
        .values_list("flag_id", flat=True)
        .first()
    )
    return None if flag_id is None else queries.status(practice_id, flag_id)


def status_of(practice_id: uuid.UUID, flag_id: uuid.UUID) -> FlagStatus:
    """One flag as the person is told of it. Raises NotFound. Two statements."""
    return queries.status(practice_id, flag_id)


def note_missed_follow_ups(now: datetime) -> int:
    """Add `missed-follow-up` to flags whose follow-up did not come in time; returns how many."""
    return escalation.note_missed_follow_ups(now)


def statuses(
    practice_id: uuid.UUID, client_id: uuid.UUID, *, only_open: bool = False
) -> list[FlagStatus]:
    """A person's flags, newest first (the newest 100). Two statements."""
    return queries.statuses(practice_id, client_id, only_open=only_open)


def came_to(practice_id: uuid.UUID, client_id: uuid.UUID) -> set[uuid.UUID]:
    """The memberships to which a flag of theirs that is not closed has come. One statement."""
    rows = FlagEvent.objects.filter(
        practice_id=practice_id, flag__client_id=client_id, kind__in=chain.CAME, to_id__isnull=False
    ).exclude(flag__state=State.CLOSED)
    return set(rows.values_list("to_id", flat=True))


def open_flags(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, OpenFlag]:
    """Per client who has one, the flags that are not closed. One statement."""
    rows = Flag.objects.filter(practice_id=practice_id).exclude(state=State.CLOSED)
    if client_ids is not None:
        rows = rows.filter(client_id__in=client_ids)
    found = rows.values_list("client_id", "id", "level", "due_at", "alarm")
    return {
        client_id: OpenFlag(flag_id, 1, engine.LEVELS[level], due_at, alarm)
        for client_id, flag_id, level, due_at, alarm in found
    }


def has_open_flag() -> Exists:
    """For rows with `practice_id` and `client_id`: whether the client has a flag not closed."""
    return Exists(
        Flag.objects.filter(
            ~Q(state=State.CLOSED),
            practice_id=OuterRef("practice_id"),
            client_id=OuterRef("client_id"),
        )
    )


def _open_among(practice_id: uuid.UUID, team: QuerySet[CareTeamMember]) -> QuerySet[Flag]:
    return Flag.objects.filter(
        Exists(team.filter(client_id=OuterRef("client_id"))),
        practice_id=practice_id,
        state__in=[state for state in State if state != State.CLOSED],
    )


def most_pressing(
    practice_id: uuid.UUID, team: QuerySet[CareTeamMember], *, start: int, stop: int
) -> list[uuid.UUID]:
    """Places `start` to `stop` of the clients with a flag not closed, among those of `team`:
    alarms, then by level, then by due time, then what was raised first. One statement.
    """
    rows = _open_among(practice_id, team).order_by(
        "-alarm", "-level", F("due_at").asc(nulls_last=True), "id"
    )
    return list(rows.values_list("client_id", flat=True)[start:stop])


def count_open(practice_id: uuid.UUID, team: QuerySet[CareTeamMember]) -> int:
    """How many clients of `team` have a flag that is not closed. One statement."""
    return _open_among(practice_id, team).count()


def monitored(practice_id: uuid.UUID, now: datetime) -> Monitored:
    """Whether the practice looks at flags now. Three statements."""
    windows = windows_of(practice_id, now)
    current = engine.window_at(windows, now)
    return Monitored(
        now=current is not None,
        opens_at=None if current else engine.next_opening(windows, now),
        closes_at=current.closes if current else None,
    )
