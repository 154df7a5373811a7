"""Calendars of others: what of them says when somebody is busy, and nothing else.

Titles, places, notes and people of a foreign calendar are none of our business: they are dropped
before anything is kept (`stripped`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

#: What of an event is kept: when it is, how it repeats, and whether it blocks.
KEPT: Final = (
    "uid", "sequence", "dtstamp", "dtstart", "dtend", "duration", "rrule", "rdate", "exdate",
    "recurrence-id", "status", "transp",
)  # fmt: skip
#: More events than any person has; what repeats each minute is an attack or a mistake.
MOST_EVENTS: Final = 20_000
_TOO_OFTEN: Final = frozenset({"SECONDLY", "MINUTELY"})


class NotACalendar(Exception):
    """The text is no calendar that we could read."""


@dataclass(frozen=True)
class Entry:
    """A single event as a calendar elsewhere has it now."""

    uid: str
    starts_at: datetime
    cancelled: bool


def _parsed(text: bytes) -> Calendar:
    try:
        found = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        # The parser meets malformed texts with whichever of these they lead it to.
        raise NotACalendar from error
    if not isinstance(found, Calendar):
        raise NotACalendar
    return found


def stripped(text: bytes) -> bytes:
    """The calendar with its zones and, of each event, what `KEPT` names. Raises NotACalendar."""
    calendar = _parsed(text)
    slim = Calendar()
    slim.add("prodid", "-//Holdfast//Holdfast//EN")
    slim.add("version", "2.0")
    for zone in calendar.walk("VTIMEZONE"):
        slim.add_component(zone)
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise NotACalendar
    for found in events:
        if "dtstart" in found and not _too_often(found):
            slim.add_component(_slim(found))
    return bytes(slim.to_ical())


def _slim(found: Any) -> Event:
    event = Event()
    for name in KEPT:
        if name in found:
            event[name] = found[name]
    return event


def _too_often(found: Any) -> bool:
    rules = found.get("rrule", [])
    rules = rules if isinstance(rules, list) else [rules]
    return any(str(f).upper() in _TOO_OFTEN for rule in rules for f in rule.get("FREQ", []))


def read_entries(text: bytes, zone: ZoneInfo) -> list[Entry]:
    """The events that do not repeat, as they are now. Raises NotACalendar."""
    return [
        Entry(str(found["uid"]), _instant(found.decoded("dtstart"), zone), _is_off(found))
        for found in _parsed(text).walk("VEVENT")
        if "uid" in found and "dtstart" in found
    ]


def _is_off(found: Any) -> bool:
    return str(found.get("status", "")).upper() == "CANCELLED"


def busy_times(
    texts: Iterable[bytes], zone: ZoneInfo, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When somebody is busy within [since, until) by these calendars, in order, run together where
    they touch. What repeats is expanded by the rule and the zone of the event, so that nine o'clock
    stays nine o'clock over a change of clocks. All-day events and times without a zone are taken by
    `zone`; what is marked as free (TRANSP) or cancelled does not block. Raises NotACalendar.
    """
    found: list[tuple[datetime, datetime]] = []
    for text in texts:
        series = recurring_ical_events.of(_parsed(text), skip_bad_series=True)
        # A day more at both ends: what has no zone, or lasts all day, is asked for in UTC.
        for event in series.between(since - timedelta(days=1), until + timedelta(days=1)):
            if _is_off(event) or str(event.get("transp", "")).upper() == "TRANSPARENT":
                continue
            begins, ends = _span(event, zone)
            begins, ends = max(begins, since), min(ends, until)
            if begins < ends:
                found.append((begins, ends))
    return _run_together(found)


def _span(event: Any, zone: ZoneInfo) -> tuple[datetime, datetime]:
    begins = event.decoded("dtstart")
    if "dtend" in event:
        ends = event.decoded("dtend")
    elif "duration" in event:
        ends = begins + event.decoded("duration")
    else:
        # RFC 5545, 3.6.1: a day for a date, no time at all for a time.
        ends = begins if isinstance(begins, datetime) else begins + timedelta(days=1)
    return _instant(begins, zone), _instant(ends, zone)


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=zone).astimezone(UTC)
    aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
    return aware.astimezone(UTC)


def _run_together(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(spans):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return merged
