"""Say that the worker lives, and ask when it last did."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from holdfast.core.heartbeat.models import Heartbeat

#: Older than this, nobody may rely on escalation: the banner shows and the alarm sounds.
STALE_AFTER = timedelta(seconds=60)
#: A beat is a write; this often is often enough to notice within `STALE_AFTER`.
BEAT_EVERY = timedelta(seconds=5)
_WORKER = "worker"


def beat(now: datetime) -> None:
    """Write that the worker lives at `now`, at most every `BEAT_EVERY`. Two SQL statements at most,
    three the first time.

    A row from the future (a clock that was set back) is written over.
    """
    row = Heartbeat.objects.filter(process=_WORKER)
    due = row.filter(Q(seen_at__lte=now - BEAT_EVERY) | Q(seen_at__gt=now))
    if not due.update(seen_at=now) and not row.exists():
        Heartbeat.objects.bulk_create(
            [Heartbeat(process=_WORKER, seen_at=now)], ignore_conflicts=True
        )


def last_seen() -> datetime | None:
    """When a worker last lived; None where none ever ran. One SQL statement."""
    return Heartbeat.objects.filter(process=_WORKER).values_list("seen_at", flat=True).first()


def is_stale(seen: datetime | None, now: datetime) -> bool:
    """Whether a worker last seen then cannot be relied on now.

    A beat far in the future is as bad as an old one: the clocks disagree and neither is to be
    believed.
    """
    return seen is None or abs(now - seen) > STALE_AFTER
