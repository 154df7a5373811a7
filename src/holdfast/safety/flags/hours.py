"""A practice's monitored hours as windows of instants."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from holdfast.core.tenancy.hours import OpenHours, intervals_on
from holdfast.core.tenancy.models import Closure, MonitoredHours, Practice
from holdfast.safety.flags.engine import Window

#: Far enough to find the next opening after a long closure.
DAYS_AHEAD = 60


def windows_around(
    hours: Collection[OpenHours], closures: Collection[date], zone: ZoneInfo, now: datetime
) -> list[Window]:
    """Windows from the day before `now` on, in order."""
    first = now.astimezone(zone).date() - timedelta(days=1)
    found = []
    for offset in range(DAYS_AHEAD + 2):
        intervals = intervals_on(first + timedelta(days=offset), hours, closures, zone)
        for interval in intervals:
            last = interval is intervals[-1]
            found.append(Window(interval.opens_at, interval.closes_at, last_of_day=last))
    return found


def windows_of(practice_id: uuid.UUID, now: datetime) -> list[Window]:
    """The practice's windows around and after `now`. Three statements."""
    zone = Practice.objects.values_list("time_zone", flat=True).get(pk=practice_id)
    rows = MonitoredHours.objects.filter(practice_id=practice_id)
    closures = Closure.objects.filter(
        practice_id=practice_id, on__gte=now.date() - timedelta(days=2)
    )
    return windows_around(
        [OpenHours(*row) for row in rows.values_list("weekday", "opens", "closes")],
        set(closures.values_list("on", flat=True)),
        ZoneInfo(zone),
        now,
    )
