"""The worker: every second it looks for rows whose time has come.

All state is in the database, and every job claims its rows by a conditional UPDATE, so any number
of workers may run and any may be killed.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.db import close_old_connections
from django.utils.module_loading import import_string

from holdfast.core import clock

log = logging.getLogger("holdfast.worker")

#: Functions taking the present instant and returning how much they did.
JOBS: tuple[str, ...] = (
    "holdfast.sense.measures.tasks.notice_missed_follow_ups",
    "holdfast.safety.flags.tasks.escalate_due",
    "holdfast.core.notify.tasks.deliver_due",
)


def tick(now: datetime) -> int:
    """Run every job once. One job's failure is logged and does not keep the others from running."""
    done = 0
    for path in JOBS:
        job: Callable[[datetime], int] = import_string(path)
        try:
            done += job(now)
        except Exception:
            # The worker must outlive any single fault: an escalation may wait behind it.
            log.exception("job %s failed", path)
    return done


def run(*, once: bool, interval: float) -> None:
    """Tick until told to stop."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while True:
        tick(clock.now())
        if once or stopping.wait(interval):
            return
        close_old_connections()
