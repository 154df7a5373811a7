"""The only clock. Everything that needs the time calls `now` or is given it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from holdfast.core import moved_clock


def now() -> datetime:
    """The present instant, aware, in UTC.

    Browser tests move time without sleeping: when `HOLDFAST_TEST_CLOCK_FILE` is set, the file holds
    either an ISO 8601 instant or an offset in seconds such as ``+3600``. Settings refuse it outside
    localhost, so it cannot be used against a practice that is live.
    """
    return moved_clock.now(settings.TEST_CLOCK_FILE)
