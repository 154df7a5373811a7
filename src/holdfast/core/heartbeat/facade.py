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
    """Write that the worker lives at `now`, at most every `BEAT_EVERY`."""
    mark(_WORKER, now, every=BEAT_EVERY)


def mark(process: str, now: datetime, *, every: timedelta) -> bool:
    """Write that this kind of process did its work at `now`, unless one did less than `every` ago.

    Of several at once one gets True. A row from the future (a clock that was set back) is written
    over. Two SQL statements at most, but for the first time.
    """
    row = Heartbeat.objects.filter(process=process)
    if row.filter(Q(seen_at__lte=now - every) | Q(seen_at__gt=now)).update(seen_at=now):
        return True
    return Heartbeat.objects.get_or_create(process=process, defaults={"seen_at": now})[1]


def last_seen() -> datetime | None:
    """When a worker last lived; None where none ever ran. One SQL statement."""
    return Heartbeat.objects.filter(process=_WORKER).values_list("seen_at", flat=True).first()


def is_stale(seen: datetime | None, now: datetime) -> bool:
    """Whether a worker last seen then cannot be relied on now.

    A beat far in the future is as bad as an old one: the clocks disagree and neither is to be
    believed.
    """
    return seen is None or abs(now - seen) > STALE_AFTER
