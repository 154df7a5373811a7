"""Tell a watchdog elsewhere each minute that the worker lives: who watches when all of this is off?

Any service that raises an alarm when a ping stays away will do (a dead man's snitch). The address
often holds a token, so it stands in no log.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import urllib3
from django.conf import settings

from holdfast.core.heartbeat import facade

_log = logging.getLogger(__name__)

PING_EVERY = timedelta(seconds=60)
_PROCESS = "watchdog"
_http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=3, read=5))


def ping_due(now: datetime) -> bool:
    """Ping when a minute has passed since any worker did; whether it was answered well.

    Says nothing while escalation does not run: silence is what the watchdog listens for. A ping
    that fails is logged and not tried again before the next minute.
    """
    if not settings.WATCHDOG_URL or facade.is_stale(facade.last_seen(), now):
        return False
    # Of several workers one pings in a minute.
    if not facade.mark(_PROCESS, now, every=PING_EVERY):
        return False
    try:
        answer = _http.request("GET", settings.WATCHDOG_URL, redirect=False)
    except urllib3.exceptions.HTTPError as error:
        _log.warning("The watchdog could not be reached", extra={"fault": type(error).__name__})
        return False
    if not 200 <= answer.status < 300:
        _log.warning("The watchdog refused the ping", extra={"status": answer.status})
        return False
    return True
