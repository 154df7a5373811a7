"""What the worker calls, each a function of the present instant."""

from __future__ import annotations

from datetime import datetime

from holdfast.meet.scheduling import waiting


def advance_offers(now: datetime) -> int:
    """Earlier times that somebody has not taken in time are offered to the next."""
    return waiting.advance(now)
