"""Monitored hours as pure functions: a practice's wall-clock rules as intervals of instants.

Hours are local times on ISO weekdays in the practice's IANA zone; instants are aware datetimes,
answers are in UTC. On the day a clock jumps over a time, that time means the instant an unchanged
clock would have shown it; where a time comes twice, an opening is the first and a closing the
second, so that nobody who was promised an hour of watching loses it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class OpenHours:
    """One weekly interval. `weekday` is ISO (1 Monday to 7 Sunday); opens < closes."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class Interval:
    """From when to when (UTC) somebody looks at flags."""

    opens_at: datetime
    closes_at: datetime


def _instant(day: date, at: time, zone: ZoneInfo, *, fold: int) -> datetime:
    return datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC)


def intervals_on(
    day: date, hours: Collection[OpenHours], closures: Collection[date], zone: ZoneInfo
) -> list[Interval]:
    """The monitored intervals of one local day, in order, overlapping ones as one."""
    if day in closures:
        return []
    spans = sorted((h.opens, h.closes) for h in hours if h.weekday == day.isoweekday())
    found: list[Interval] = []
    for opens, closes in spans:
        # In a gap fold=0 means the offset before the jump: the instant of an unchanged clock.
        start = _instant(day, opens, zone, fold=0)
        end = _last_instant(day, closes, zone)
        if start >= end:
            continue
        if found and start <= found[-1].closes_at:
            start, end = found[-1].opens_at, max(end, found[-1].closes_at)
            found.pop()
        found.append(Interval(start, end))
    return found


def _last_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The later of the instants that a wall time has; in a gap the unchanged clock's."""
    first, second = (_instant(day, at, zone, fold=fold) for fold in (0, 1))
    return max(first, second)
