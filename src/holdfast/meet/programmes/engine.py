"""Group programmes without Django: when sessions are, who gets a place, who was there.

Pure: takes data and a `now`, returns data.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from holdfast.meet.scheduling.engine.days import local_instant

MOST_SESSIONS: Final = 40
MOST_WEEKS_BETWEEN: Final = 8
#: Whoever comes more than so long after the beginning is late. A custom of groups, no finding.
LATE_AFTER: Final = timedelta(minutes=10)


class Presence(StrEnum):
    """What is said of one person at one session."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"


def rhythm(
    first_local: datetime,
    zone: str,
    every_weeks: int,
    count: int,
    left_out: Collection[date] = (),
) -> list[datetime]:
    """The UTC instants of `count` sessions at the same time on the wall of `zone`.

    A week whose day is left out (a holiday) is not lost: the programme ends that much later. Raises
    ValueError for a time with an offset, for numbers that no programme has, and where more is left
    out than held.
    """
    if first_local.tzinfo is not None:
        raise ValueError("a time on the clock on the wall, without an offset")
    if not 1 <= count <= MOST_SESSIONS or not 1 <= every_weeks <= MOST_WEEKS_BETWEEN:
        raise ValueError("1 to 40 sessions, every 1 to 8 weeks")
    without = frozenset(left_out)
    if len(without) > MOST_SESSIONS:
        raise ValueError("more is left out than held")
    found: list[datetime] = []
    step, day = timedelta(weeks=every_weeks), first_local.date()
    while len(found) < count:
        if day not in without:
            found.append(local_instant(day, first_local.time(), zone))
        day += step
    return found


# --- places


@dataclass(frozen=True)
class Asker:
    """Somebody whom a facilitator accepted and who waits for a place."""

    id: uuid.UUID
    asked_at: datetime


def free_places(capacity: int, taken: int) -> int:
    """Never below none: a facilitator may have made the group smaller."""
    return max(0, capacity - taken)


def next_in(waiting: Iterable[Asker], capacity: int, taken: int) -> list[uuid.UUID]:
    """Who gets a place now: in the order in which they asked."""
    line = sorted(waiting, key=lambda one: (one.asked_at, one.id))
    return [one.id for one in line[: free_places(capacity, taken)]]


def lets_in(starts: Sequence[datetime], open_until: int, now: datetime) -> bool:
    """Whether somebody new may still come in: until the session of that number begins.

    `open_until` 1 is a closed group. `starts` are those of the sessions that are held, in order.
    """
    if not starts or open_until < 1:
        return False
    return now < starts[min(open_until, len(starts)) - 1]


# --- attendance


@dataclass(frozen=True)
class Visited:
    """What a visit's record says of one session: its status, and when the person came."""

    status: str
    starts_at: datetime
    arrived_at: datetime | None


_OPEN: Final = frozenset({"admitted", "in_session", "finished"})


def presence(visit: Visited | None, corrected: Presence | None = None) -> Presence | None:
    """What a visit says, unless a facilitator said otherwise; None while nothing is known.

    Who called off is excused, whoever was let in was there, whoever was written down as missing was
    not. A session that nobody has decided stays open: nobody is absent by themself.
    """
    if corrected is not None:
        return corrected
    if visit is None:
        return None
    if visit.status == "cancelled":
        return Presence.EXCUSED
    if visit.status == "no_show":
        return Presence.ABSENT
    if visit.status not in _OPEN:
        return None
    late = visit.arrived_at is not None and visit.arrived_at > visit.starts_at + LATE_AFTER
    return Presence.LATE if late else Presence.PRESENT


#: How a visit stands after what a facilitator says of it.
SETTLED: Final[dict[Presence, str]] = {
    Presence.PRESENT: "finished",
    Presence.LATE: "finished",
    Presence.ABSENT: "no_show",
    Presence.EXCUSED: "cancelled",
}


# --- names


def distinct(names: Iterable[tuple[uuid.UUID, str]]) -> dict[uuid.UUID, str]:
    """Each one's name in the group; who came later under a name that is there has a number to it.

    So nobody is taken for somebody else, and nobody is told at the door which names are in use.
    """
    found: dict[uuid.UUID, str] = {}
    used: set[str] = set()
    for key, name in names:
        shown, number = name, 1
        while shown.casefold() in used:
            number += 1
            shown = f"{name} {number}"
        used.add(shown.casefold())
        found[key] = shown
    return found
