"""Instants as they come in: with an offset, and within what every part of us can hold; times of day
without one.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

FIRST = datetime(1900, 1, 1, tzinfo=UTC)
#: A year before the last that Python can tell: no zone's offset leads out of it.
LAST = datetime(9998, 12, 31, tzinfo=UTC)


def _within(value: datetime) -> datetime:
    if not FIRST <= value <= LAST:
        raise ValueError("an instant between 1900 and 9998")
    return value


Instant = Annotated[AwareDatetime, AfterValidator(_within)]


def _on_the_wall(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a time on the clock on the wall, without an offset")
    return value


WallTime = Annotated[time, AfterValidator(_on_the_wall)]
