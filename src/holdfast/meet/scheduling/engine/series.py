"""Series: the same wall-clock time week after week, whatever the zone's offset does between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from holdfast.meet.scheduling.engine import days

MOST = 60


def series_starts(first_local: datetime, zone: str, every_weeks: int, count: int) -> list[datetime]:
    """The UTC instants of `count` starts; `first_local` is on the wall of `zone`.

    A start in a gap of the clock moves as `days` says; the next ones are back at their time. Raises
    ValueError for a number that no series has, and for a `first_local` with an offset.
    """
    if first_local.tzinfo is not None:
        raise ValueError("a time on the clock on the wall, without an offset")
    if not 1 <= count <= MOST or not 1 <= every_weeks <= 8:
        raise ValueError("1 to 60 appointments, every 1 to 8 weeks")
    step = timedelta(weeks=every_weeks)
    return [
        days.local_instant((first_local + step * n).date(), first_local.time(), zone)
        for n in range(count)
    ]


def moved_wall(old: datetime, new: datetime, zone: str) -> tuple[timedelta, datetime]:
    """How a change of one start shifts those after it: whole days, and the new wall-clock time."""
    before, after = (at.astimezone(days.zone_of(zone)).replace(tzinfo=None) for at in (old, new))
    return timedelta(days=(after.date() - before.date()).days), after


def later_starts(starts: list[datetime], old: datetime, new: datetime, zone: str) -> list[datetime]:
    """Where the starts of a series go when one of them goes from `old` to `new`: by as many days,
    and to its time on the wall.
    """
    shift, wall = moved_wall(old, new, zone)
    local = [at.astimezone(days.zone_of(zone)).date() + shift for at in starts]
    return [days.local_instant(day, wall.time(), zone).astimezone(UTC) for day in local]
