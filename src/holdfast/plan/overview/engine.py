"""What needs a human first, and what the caseload sorts and filters by. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from holdfast.safety.flags.engine import LEVELS, Level
from holdfast.sense.measures.engine.change.person import Verdict

Sort = Literal["attention", "name", "last_met", "last_answer"]
Filter = Literal["", "flags", "deteriorated", "silent", "unreachable", "delivery"]

#: A person with no answer for this long counts as silent. A working convention of this project,
#: about two weekly questionnaires missed; it says nothing about why.
SILENT_AFTER = timedelta(days=14)


#: Of several scores, a line shows the one that asks for most.
_TELLING: dict[Verdict, int] = {
    "deteriorated": 0,
    "improved": 1,
    "unchanged": 2,
    "insufficient": 3,
}


def notable(verdict: Verdict, at: datetime) -> tuple[int, float]:
    """A key that puts the score that says most first: reliably worse, better, no reliable change,
    not to be judged; of two alike the newer.
    """
    return _TELLING[verdict], -at.timestamp()


@dataclass(frozen=True)
class Standing:
    """What one person of the caseload is sorted and filtered by. Instants are aware UTC.

    `flag_id` is that of the flag that is not closed (there is at most one). `undelivered_at` is
    when the newest message that did not arrive was given up, where that still counts. `name` may
    be left empty where neither the order nor a search asks for it.
    """

    client_id: uuid.UUID
    reachable: bool
    flag_id: uuid.UUID | None = None
    highest_level: Level | None = None
    flag_due_at: datetime | None = None
    alarm: bool = False
    last_response_at: datetime | None = None
    last_encounter_at: datetime | None = None
    undelivered_at: datetime | None = None
    deteriorated: bool = False
    name: str = ""


_Key = Callable[[Standing], tuple[object, ...]]


def _attention(one: Standing) -> tuple[object, ...]:
    """Alarms, then flags by level, due time and age; then broken deliveries, the newest first;
    then the longest silent. Who came to the practice first breaks a tie.
    """
    if one.flag_id is not None:
        level = LEVELS.index(one.highest_level) if one.highest_level else 0
        return (0, not one.alarm, -level, _stamp(one.flag_due_at, none=_LAST), one.flag_id)
    undelivered = -_stamp(one.undelivered_at, none=_FIRST)
    return (1, undelivered, _stamp(one.last_response_at, none=_FIRST), one.client_id)


_FIRST, _LAST = float("-inf"), float("inf")


def _stamp(at: datetime | None, *, none: float) -> float:
    """A sortable instant."""
    return none if at is None else at.timestamp()


def _key(sort: Sort) -> _Key:
    if sort == "name":
        return lambda one: (one.name.casefold(), one.client_id)
    if sort == "last_met":
        return lambda one: (_stamp(one.last_encounter_at, none=_FIRST), one.client_id)
    if sort == "last_answer":
        return lambda one: (_stamp(one.last_response_at, none=_FIRST), one.client_id)
    return _attention


def is_silent(one: Standing, now: datetime) -> bool:
    """No answer for `SILENT_AFTER`, or none ever."""
    return one.last_response_at is None or now - one.last_response_at > SILENT_AFTER


def _passes(one: Standing, wanted: Filter, now: datetime) -> bool:
    if wanted == "flags":
        return one.flag_id is not None
    if wanted == "deteriorated":
        return one.deteriorated
    if wanted == "silent":
        return is_silent(one, now)
    if wanted == "unreachable":
        return not one.reachable
    if wanted == "delivery":
        return one.undelivered_at is not None
    return True


def arrange(
    standings: Iterable[Standing], *, sort: Sort, wanted: Filter, q: str, now: datetime
) -> list[Standing]:
    """Those that pass the filter and whose name holds `q`, in the wanted order."""
    text = q.strip().casefold()
    kept = [
        one
        for one in standings
        if _passes(one, wanted, now) and (not text or text in one.name.casefold())
    ]
    return sorted(kept, key=_key(sort))
