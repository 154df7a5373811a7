"""What must hold for this installation to do its work, as /readyz and the metrics see it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min, Q

from holdfast.core.heartbeat import facade as heartbeat
from holdfast.core.notify.models import DeliveryAttempt
from holdfast.safety.flags.models import Flag, State
from holdfast.safety.screening import facade as screening
from holdfast.sense.measures import unread

OK = "ok"
UNKNOWN = "unknown"
#: Below this the next write may be the one that does not fit.
LEAST_FREE_BYTES = 128 << 20
#: Clocks of machines that are kept in step are well under a second apart.
CLOCK_TOLERANCE = timedelta(seconds=60)

_known_complete = False


def unapplied_migrations() -> list[str]:
    """The names of migrations that the database has not seen."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def look(now: datetime) -> dict[str, str]:
    """Per check `ok`, a word for what is wrong, or `unknown` where the database did not answer.

    At most four SQL statements once the migrations were found complete.
    """
    asked: dict[str, Callable[[datetime], str]] = {
        "database": _database,
        "migrations": _migrations,
        "worker": _worker,
        "clock": _clock,
    }
    found: dict[str, str] = {}
    for name, ask in asked.items():
        try:
            found[name] = UNKNOWN if found.get("database", OK) != OK else ask(now)
        except Error:
            found[name] = UNKNOWN if found else "unreachable"
    return found | {"disk": _disk()}


def _database(now: datetime) -> str:
    with connection.cursor() as cursor:
        # Not SELECT 1: SQLite answers that without looking at its file.
        cursor.execute("SELECT count(*) FROM django_migrations")
        cursor.fetchone()
    return OK


def _migrations(now: datetime) -> str:
    global _known_complete
    # A process that found them complete never sees them become fewer.
    _known_complete = _known_complete or not unapplied_migrations()
    return OK if _known_complete else "missing"


def _worker(now: datetime) -> str:
    seen = heartbeat.last_seen()
    if seen is None:
        return "never-seen"
    return "silent" if heartbeat.is_stale(seen, now) else OK


def seconds_from_database() -> float:
    """How far this clock is from the database server's; SQLite runs on this one."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXTRACT(EPOCH FROM clock_timestamp())")
        return abs(float(cursor.fetchone()[0]) - time.time())


def _clock(now: datetime) -> str:
    seen = heartbeat.last_seen()
    set_back = seen is not None and seen > now + CLOCK_TOLERANCE
    apart = seconds_from_database() > CLOCK_TOLERANCE.total_seconds()
    return "wrong" if set_back or apart else OK


def _disk() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    return OK if free >= LEAST_FREE_BYTES else "full"


@dataclass(frozen=True)
class Waiting:
    """What should not be there for long. Ages in seconds."""

    messages: int
    oldest_message: float
    overdue_flags: int
    alarming_flags: int
    failed_deliveries: int
    unread_answers: int
    unscreened_texts: int


def waiting(now: datetime) -> Waiting:
    """Messages past their time, flags past theirs, deliveries given up and texts that could not be
    screened in the last day, answers in a form that nobody can read yet.

    Seven SQL statements.
    """
    outcome = DeliveryAttempt.Outcome
    due = DeliveryAttempt.objects.filter(
        Q(outcome=outcome.WAITING) | Q(outcome=outcome.CLAIMED), next_attempt_at__lte=now
    )
    oldest = due.aggregate(at=Min("next_attempt_at"))["at"]
    failed = DeliveryAttempt.objects.filter(
        outcome=outcome.FAILED,
        next_attempt_at__isnull=True,
        finished_at__gte=now - timedelta(days=1),
    )
    return Waiting(
        messages=due.count(),
        oldest_message=0.0 if oldest is None else (now - oldest).total_seconds(),
        overdue_flags=Flag.objects.filter(state=State.OPEN, due_at__lt=now).count(),
        alarming_flags=Flag.objects.exclude(state=State.CLOSED).filter(alarm=True).count(),
        failed_deliveries=failed.count(),
        unread_answers=unread.waiting(),
        unscreened_texts=screening.failed_since(now - timedelta(days=1)),
    )
