"""The clock on the wall, read hour by hour: what the schedules are held against.

It knows of windows only what somebody with a watch would: that a window is open from this reading
of the clock until that one. Nothing here turns a local time into an instant.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from holdfast.sense.measures.engine.schedule import Window

#: Minutes between two readings: every offset and every change of every zone is a multiple of it.
GRID = 15
DAY = 24 * 60

#: A year in which the zone does what it is here for.
ZONES = (
    ("UTC", 2026),
    ("Europe/Berlin", 2026),
    ("America/New_York", 2026),
    ("America/St_Johns", 2026),  # half an hour off, changes at a quarter past an hour of UTC
    ("Asia/Kolkata", 2026),
    ("Asia/Kathmandu", 2026),  # +05:45
    ("Australia/Adelaide", 2026),
    ("Australia/Lord_Howe", 2026),  # its summer time is half an hour
    ("Pacific/Chatham", 2026),  # +12:45 and summer time
    ("Pacific/Apia", 2026),
    ("Pacific/Apia", 2011),  # without 30 December: it moved over the date line
    ("Africa/Casablanca", 2026),  # goes back for Ramadan
    ("America/Sao_Paulo", 2018),  # leaps over midnight
    ("America/Sao_Paulo", 2026),
    ("Asia/Tehran", 2021),  # leaps over midnight
    ("Asia/Tehran", 2026),
    ("Africa/Cairo", 2026),  # leaps over midnight on a Friday
    ("Antarctica/Troll", 2026),  # its summer time is two hours
)

Minutes = NDArray[np.int64]


def minutes(instant: datetime) -> int:
    """Minutes since 1970, of UTC."""
    whole, rest = divmod(int(instant.timestamp()), 60)
    assert rest == 0
    return whole


class Year:
    """A year of one zone: `utc` and what the clock on the wall reads then (`wall`), in minutes."""

    def __init__(self, zone: str, year: int) -> None:
        self.name, self.zone = zone, ZoneInfo(zone)
        self.starts = datetime(year, 1, 1, tzinfo=UTC)
        self.ends = datetime(year + 1, 1, 1, tzinfo=UTC)
        self.utc: Minutes = np.arange(minutes(self.starts), minutes(self.ends), GRID)
        offsets = [
            datetime.fromtimestamp(minute * 60, self.zone).utcoffset()
            for minute in self.utc.tolist()
        ]
        shift = np.array([int(one.total_seconds()) // 60 for one in offsets if one is not None])
        self.wall: Minutes = self.utc + shift
        changes = np.flatnonzero(np.diff(shift))
        #: Whether the clocks change nowhere near: no sooner than two days before or after.
        self.calm = np.ones(len(self.utc), dtype=bool)
        for change in changes:
            margin = 2 * DAY // GRID
            self.calm[max(0, change - margin) : change + margin + 1] = False
        self.changes = len(changes)

    @property
    def day(self) -> Minutes:
        """The local date at each reading, in days since 1970."""
        return self.wall // DAY

    @property
    def time(self) -> Minutes:
        """The local time at each reading, in minutes since midnight."""
        return self.wall % DAY

    def open_count(self, found: list[Window]) -> Minutes:
        """How many of the windows are open at each reading."""
        last = int(self.utc[-1]) + GRID
        opens = [minutes(one.opens_at) for one in found]
        closes = [last if one.closes_at is None else minutes(one.closes_at) for one in found]
        counts = np.zeros(len(self.utc) + 1, dtype=np.int64)
        np.add.at(counts, np.searchsorted(self.utc, opens), 1)
        np.subtract.at(counts, np.searchsorted(self.utc, closes), 1)
        return np.cumsum(counts)[:-1]

    def reads(self, instant: datetime) -> datetime:
        """What the clock on the wall reads."""
        return instant.astimezone(self.zone).replace(tzinfo=None)


@lru_cache(maxsize=64)
def year_of(zone: str, year: int) -> Year:
    """The same readings for every rule."""
    return Year(zone, year)


def of_day(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute
