"""Work that waits."""

from __future__ import annotations

from datetime import datetime

from holdfast.core.identity import erasure


def retry_erasures(now: datetime) -> int:
    """Try again what a deletion could not clear; returns how many steps are still open."""
    return erasure.run_pending(until=now)
