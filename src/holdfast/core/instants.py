"""Instants as they come in: with an offset, and within what every part of us can hold."""

from __future__ import annotations

from datetime import UTC, datetime
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
