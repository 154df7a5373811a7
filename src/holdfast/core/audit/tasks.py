"""Work that waits."""

from __future__ import annotations

from datetime import datetime

from holdfast.core.audit.chaining import chain_waiting


def chain_entries(now: datetime) -> int:
    """Give the entries that came since the last tick their places; returns how many."""
    return chain_waiting()
