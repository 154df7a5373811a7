"""What the worker calls; every function takes the present instant and returns how much it did."""

from __future__ import annotations

from datetime import datetime

from holdfast.safety.flags import facade as flags
from holdfast.sense.measures import unread


def read_kept_entries(now: datetime) -> int:
    """Take in what was handed in in a form that only an upgrade since then understands."""
    return unread.read_kept(now)


def notice_missed_follow_ups(now: datetime) -> int:
    """Tell a human where the questions that follow a worrying answer were not answered in time."""
    return flags.note_missed_follow_ups(now)
