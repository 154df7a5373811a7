"""Work that waits for the night."""

from __future__ import annotations

from datetime import datetime

from holdfast.core.leaving import retention


def apply_retention(now: datetime) -> int:
    """Remove what is older than its period; returns for how many practices it ran."""
    return retention.apply_nightly(now)
