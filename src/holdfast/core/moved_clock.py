"""Time that tests move without sleeping. Knows no Django: the live process reads it as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


def now(path: str | None) -> datetime:
    """The present instant, aware, in UTC; moved as the file at `path` says, if there is one.

    The file holds either an ISO 8601 instant or an offset in seconds such as ``+3600``.
    """
    real = datetime.now(UTC)
    if path is None:
        return real
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return real
    if not text:
        return real
    if text[0] in "+-":
        return real + timedelta(seconds=float(text))
    return datetime.fromisoformat(text).astimezone(UTC)
