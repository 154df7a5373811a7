"""Calendar texts (RFC 5545) in and out. Pure: no Django, no clock, no network."""

from holdfast.meet.calendars.engine.reading import (
    Entry,
    NotACalendar,
    busy_times,
    read_entries,
    stripped,
)
from holdfast.meet.calendars.engine.writing import Booking, Party, event, feed, invitation

__all__ = [
    "Booking",
    "Entry",
    "NotACalendar",
    "Party",
    "busy_times",
    "event",
    "feed",
    "invitation",
    "read_entries",
    "stripped",
]
