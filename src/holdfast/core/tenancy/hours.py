"""Monitored hours as pure functions: wall-clock rules of a practice, asked about at an instant.

Hours are local times on ISO weekdays in the practice's IANA zone; instants are aware datetimes,
answers are in UTC. On the day a clock jumps over a time, that time means the instant an unchanged
clock would have shown it; where a time comes twice, an opening is the first and a closing the
second, so that nobody who was promised an hour of watching loses it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: How far `next_opening` looks; a practice closed for longer has no opening to promise.
HORIZON = timedelta(days=400)


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


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def _around(
    at: datetime, hours: Collection[OpenHours], closures: Collection[date], zone: ZoneInfo
) -> list[Interval]:
    # An hour that comes twice at midnight can leave yesterday's interval open today.
    today = at.astimezone(zone).date()
    days = _days(today - timedelta(days=1), today)
    return [interval for day in days for interval in intervals_on(day, hours, closures, zone)]


def closes_at(
    hours: Collection[OpenHours], closures: Collection[date], zone: ZoneInfo, at: datetime
) -> datetime | None:
    """When the interval that `at` lies in ends; None outside monitored hours."""
    for interval in _around(at, hours, closures, zone):
        if interval.opens_at <= at < interval.closes_at:
            return interval.closes_at
    return None


def is_open(
    hours: Collection[OpenHours], closures: Collection[date], zone: ZoneInfo, at: datetime
) -> bool:
    """Whether somebody looks at flags at this instant. Opening counts as open, closing does not."""
    return closes_at(hours, closures, zone, at) is not None


def next_opening(
    hours: Collection[OpenHours], closures: Collection[date], zone: ZoneInfo, at: datetime
) -> datetime | None:
    """The first opening after `at`; None when there is none within `HORIZON`."""
    first = at.astimezone(zone).date()
    for day in _days(first, first + HORIZON):
        for interval in intervals_on(day, hours, closures, zone):
            if interval.opens_at > at:
                return interval.opens_at
    return None


def closing_of_day(
    hours: Collection[OpenHours], closures: Collection[date], zone: ZoneInfo, at: datetime
) -> datetime | None:
    """The last closing of the local day that `at` lies in; None on a day without hours."""
    day = at.astimezone(zone).date()
    found = intervals_on(day, hours, closures, zone)
    return found[-1].closes_at if found else None
