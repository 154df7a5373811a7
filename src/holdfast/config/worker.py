"""The work that waits, ticked: every capability's due tasks, one after the other."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.db import Error as DatabaseFault
from django.db import close_old_connections
from django.utils.module_loading import import_string

from holdfast.core import clock
from holdfast.core.heartbeat import facade as heartbeat

_log = logging.getLogger(__name__)

Task = Callable[[datetime], object]

#: Each takes the present instant, finds what is due by itself and may run in several processes.
#: Escalation first: a flag's clock waits for nothing.
ESCALATION = "holdfast.safety.flags.tasks.escalate_due"
TASKS = (
    ESCALATION,
    "holdfast.core.audit.tasks.chain_entries",
    "holdfast.sense.measures.tasks.read_kept_entries",
    "holdfast.sense.measures.tasks.notice_missed_follow_ups",
    "holdfast.sense.measures.prompting.tasks.plan_prompts",
    "holdfast.sense.measures.prompting.tasks.advance_prompts",
    "holdfast.sense.assessments.tasks.announce_finished",
    "holdfast.meet.reminders.tasks.plan_missing",
    "holdfast.meet.reminders.tasks.send_due",
    "holdfast.core.notify.tasks.judge_due",
    "holdfast.core.notify.tasks.deliver_due",
    "holdfast.core.notify.standing.forget_old",
    "holdfast.meet.calendars.tasks.invite_missing",
    "holdfast.meet.calendars.tasks.synchronise_due",
    "holdfast.meet.matching.tasks.let_lapse",
    "holdfast.meet.matching.tasks.keep_profiles",
    "holdfast.meet.matching.tasks.tell_waiting",
    "holdfast.core.audit.tasks.look_after_chains",
    "holdfast.core.heartbeat.watchdog.ping_due",
    "holdfast.core.identity.tasks.retry_erasures",
    "holdfast.core.leaving.tasks.apply_retention",
    "holdfast.core.vault.announcements.tell_of_ended",
    "holdfast.meet.scheduling.tasks.advance_offers",
)

#: Seconds. On a full disk a complaint per task and second would take the room that somebody makes.
PAUSE_AFTER_TROUBLE = 5.0


def tick(now: datetime) -> bool:
    """Run every task once, and beat when escalation went well. Whether every task came to its end.

    The heartbeat vouches for escalation and for nothing else: a worker that runs but cannot
    escalate must look dead. What comes after it may be slow, so the beat is written before.
    """
    well = True
    for path in TASKS:
        done = _run(import_string(path), path, now)
        if done and path == ESCALATION:
            done = _run(heartbeat.beat, "the heartbeat", now)
        well = well and done
    return well


def _run(task: Task, name: str, now: datetime) -> bool:
    """Whether a task came to its end. A broken database is logged and met again next time."""
    try:
        task(now)
    except DatabaseFault as error:
        fields = {"task": name, "fault": type(error).__name__}
        _log.error("a task failed and runs again later", extra=fields)
        return False
    return True


class _Stop:
    """Set by the first SIGTERM or SIGINT; the running tick is finished."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def run(*, once: bool = False, interval: float = 1.0) -> None:
    """Tick until told to stop, or once."""
    if once:
        tick(clock.now())
        return
    stop = _Stop()
    while not stop.asked:
        well = tick(clock.now())
        # A connection that broke is left here, and the next tick opens another.
        close_old_connections()
        time.sleep(interval if well else max(interval, PAUSE_AFTER_TROUBLE))
