"""From the clock on the wall to instants.

A wall-clock time that a zone skips is the instant that an unchanged clock would have shown it, so
02:30 in a spring gap is 03:30 after it; one that comes twice is its first occurrence. RFC 5545
(3.3.5) says the same, so that a feed and a screen agree.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

#: Most that two zones' wall clocks are apart (UTC-12 to UTC+14), and room for a day left out.
WIDEST = timedelta(days=2)


@lru_cache(maxsize=700)
def zone_of(name: str) -> ZoneInfo:
    """Raises ZoneInfoNotFoundError or ValueError for a name that is no zone."""
    return ZoneInfo(name)


def fits_zone(name: str) -> bool:
    """Whether this is the name of a zone."""
    try:
        zone_of(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def local_instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall-clock time on a local day."""
    return datetime.combine(day, at, tzinfo=zone_of(zone)).replace(fold=0).astimezone(UTC)


def whole_day(day: date, zone: str) -> tuple[datetime, datetime]:
    """From when to when a local day lasts: 23, 24 or 25 hours, or none where a zone left it out."""
    return (
        local_instant(day, time(0), zone),
        local_instant(day + timedelta(days=1), time(0), zone),
    )


def span(day: date, from_: time, until: time, zone: str) -> tuple[datetime, datetime] | None:
    """The instants between two wall-clock times of a day; `until` 00:00 is the day's end.

    None where nothing is left of it, or where the zone left the whole day out.
    """
    start = local_instant(day, from_, zone)
    last = day + timedelta(days=1) if until == time(0) else day
    end = local_instant(last, until, zone)
    if end <= start or start.astimezone(zone_of(zone)).date() != day:
        return None
    return start, end
