"""What needs a human first, and what the caseload sorts and filters by. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from holdfast.safety.flags.engine import LEVELS, Level

Sort = Literal["attention", "name", "last_met", "last_answer"]
Filter = Literal["", "flags", "deteriorated", "silent", "unreachable", "delivery"]

#: A person with no answer for this long counts as silent. A working convention of this project,
#: about two weekly questionnaires missed; it says nothing about why.
SILENT_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class Standing:
    """What one row of the caseload is sorted and filtered by. Instants are aware UTC.

    Instants that neither the order nor the filter at hand asks for may be left empty.
    """

    client_id: uuid.UUID
    name: str
    reachable: bool
    open_flags: int
    highest_level: Level | None
    flag_due_at: datetime | None
    alarm: bool
    last_response_at: datetime | None
    last_encounter_at: datetime | None
    missed_deliveries: int
    deteriorated: bool = False


def _attention(one: Standing, now: datetime) -> tuple[object, ...]:
    """Alarms, then flags by level and due time, then broken deliveries, then the longest silent."""
    level = LEVELS.index(one.highest_level) if one.highest_level else 0
    return (
        not one.alarm,
        -level,
        _stamp(one.flag_due_at, last=True),
        one.missed_deliveries == 0,
        _stamp(one.last_response_at),
        one.name.casefold(),
    )


def _stamp(at: datetime | None, *, last: bool = False) -> float:
    """A sortable instant; nothing sorts first, or last where `last` says so."""
    if at is None:
        return float("inf") if last else float("-inf")
    return at.timestamp()


def _key(sort: Sort, now: datetime) -> Callable[[Standing], tuple[object, ...]]:
    if sort == "name":
        return lambda one: (one.name.casefold(), one.client_id)
    if sort == "last_met":
        return lambda one: (_stamp(one.last_encounter_at), one.name.casefold())
    if sort == "last_answer":
        return lambda one: (_stamp(one.last_response_at), one.name.casefold())
    return lambda one: _attention(one, now)


def is_silent(one: Standing, now: datetime) -> bool:
    """No answer for `SILENT_AFTER`, or none ever."""
    return one.last_response_at is None or now - one.last_response_at > SILENT_AFTER


def _passes(one: Standing, wanted: Filter, now: datetime) -> bool:
    if wanted == "flags":
        return one.open_flags > 0
    if wanted == "deteriorated":
        return one.deteriorated
    if wanted == "silent":
        return is_silent(one, now)
    if wanted == "unreachable":
        return not one.reachable
    if wanted == "delivery":
        return one.missed_deliveries > 0
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
    return sorted(kept, key=_key(sort, now))
