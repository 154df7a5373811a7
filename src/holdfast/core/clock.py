"""The only clock. Everything that needs the time calls `now` or is given it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    """The present instant, aware, in UTC.

    Browser tests move time without sleeping: when `HOLDFAST_TEST_CLOCK_FILE` is set, the file holds
    either an ISO 8601 instant or an offset in seconds such as ``+3600``. Settings refuse it outside
    localhost, so it cannot be used against a practice that is live.
    """
    real = datetime.now(UTC)
    path: str | None = settings.TEST_CLOCK_FILE
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
