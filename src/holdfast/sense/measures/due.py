"""When a questionnaire falls due, in the person's own dates. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Schedule:
    """Once on `starts_on`, or from then on every so many days, up to and including `ends_on`."""

    starts_on: date
    every_days: int | None = None
    ends_on: date | None = None


def current_occurrence(schedule: Schedule, today: date) -> date | None:
    """The latest day up to `today` on which it fell due; None before the first.

    A last occurrence stays due until `ends_on` has passed; once is due until it is answered.
    """
    if today < schedule.starts_on:
        return None
    if schedule.ends_on is not None and today > schedule.ends_on:
        return None
    if schedule.every_days is None:
        return schedule.starts_on
    passed = (today - schedule.starts_on).days // schedule.every_days
    return schedule.starts_on + timedelta(days=passed * schedule.every_days)


def due_on(schedule: Schedule, today: date, last_answered: date | None) -> date | None:
    """The day since which it is due, or None when nothing is due today.

    It is answered by any response to the same questionnaire on or after that day.
    """
    occurrence = current_occurrence(schedule, today)
    if occurrence is None or (last_answered is not None and last_answered >= occurrence):
        return None
    return occurrence
