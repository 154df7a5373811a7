"""How long a practice keeps each kind of data, and the nightly run that removes what is older."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from holdfast.core.actor import Actor, system
from holdfast.core.audit.actions import record
from holdfast.core.identity import erasure
from holdfast.core.leaving import engine
from holdfast.core.leaving.models import KeptRecord, RetentionRun, RetentionSetting
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy.models import Practice

#: The wall-clock hour, in the practice's zone, from which a day's run may begin.
NIGHT = 3
#: Rows in one transaction: nobody who answers at night waits for long.
BATCH = 500
LONGEST_DAYS = 366 * engine.LONGEST_YEARS
#: What the law makes a practice keep, once its time is over.
LEGAL = "kept-records"

Count = Callable[[uuid.UUID, datetime], int]
#: Removes at most so many of the things older than an instant; returns how many it removed.
Remove = Callable[[uuid.UUID, datetime, int], int]


@dataclass(frozen=True)
class Kind:
    """Data that has a period. `default_days` None: for as long as the record is there."""

    code: str
    default_days: int | None
    shortest_days: int
    count: Count
    remove: Remove


@dataclass(frozen=True)
class Due:
    """What one run removes, or would: `before` is empty where nothing has a period."""

    kind: str
    days: int | None
    before: datetime | None
    count: int


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Give data a period; called from `AppConfig.ready`."""
    _kinds[kind.code] = kind


def register_rows(
    code: str,
    rows: Callable[[uuid.UUID, datetime], QuerySet],  # type: ignore[type-arg]
    *,
    default_days: int | None,
    shortest_days: int,
) -> None:
    """A kind that is the rows of one query set (of a practice, older than an instant)."""

    def remove(practice_id: uuid.UUID, before: datetime, most: int) -> int:
        some = list(rows(practice_id, before).order_by("pk").values_list("pk", flat=True)[:most])
        rows(practice_id, before).filter(pk__in=some).delete()
        return len(some)

    def count(practice_id: uuid.UUID, before: datetime) -> int:
        return rows(practice_id, before).count()

    register(Kind(code, default_days, shortest_days, count, remove))


def kinds() -> list[Kind]:
    """By code."""
    return [_kinds[code] for code in sorted(_kinds)]


def days_of(setting: RetentionSetting | None, kind: Kind) -> int | None:
    """The practice's period of a kind, or the default."""
    own: dict[str, int | None] = setting.days if setting else {}
    return own.get(kind.code, kind.default_days)


def change(
    practice: Practice, *, legal_years: int | None, days: dict[str, int | None], by: Actor
) -> RetentionSetting:
    """Set a practice's periods; kinds that are not named go back to their default.

    Raises Invalid for an unknown kind and for a period shorter than the kind allows.
    """
    errors = []
    for code, value in days.items():
        kind = _kinds.get(code)
        if kind is None:
            errors.append(FieldError("days", "kind", "There is no such kind of data."))
        elif value is not None and not kind.shortest_days <= value <= LONGEST_DAYS:
            errors.append(FieldError(f"days.{code}", "period", "Shorter or longer than it may be."))
    if errors:
        raise Invalid(errors=tuple(errors))
    with transaction.atomic():
        setting, _ = RetentionSetting.objects.update_or_create(
            practice=practice, defaults={"legal_years": legal_years, "days": days}
        )
        record(
            "change",
            "retention",
            by=by,
            resource_id=practice.pk,
            detail={"legal_years": legal_years, "days": days},
        )
    return setting


def due(practice: Practice, now: datetime) -> list[Due]:
    """What a run at this instant would remove; reads only. Two statements, and one per kind."""
    setting = RetentionSetting.objects.filter(practice=practice).first()
    found = []
    for kind in kinds():
        days = days_of(setting, kind)
        before = None if days is None else now - timedelta(days=days)
        count = 0 if before is None else kind.count(practice.pk, before)
        found.append(Due(kind.code, days, before, count))
    found.append(Due(LEGAL, None, None, _expired(practice, now).count()))
    return found


def _today(practice: Practice, now: datetime) -> date:
    return now.astimezone(ZoneInfo(practice.time_zone)).date()


def _expired(practice: Practice, now: datetime) -> QuerySet[KeptRecord]:
    return KeptRecord.objects.filter(
        practice=practice, erased_at=None, kept_until__lt=_today(practice, now)
    )


def apply(practice: Practice, now: datetime) -> dict[str, int]:
    """Remove what is older than its period, some rows at a time, and what the law kept long enough.

    Returns how many of each kind went; each that went has its audit event.
    """
    removed: dict[str, int] = {}
    for one in due(practice, now):
        if one.before is None or not one.count:
            continue
        kind, total = _kinds[one.kind], 0
        while True:
            with transaction.atomic():
                went = kind.remove(practice.pk, one.before, BATCH)
            total += went
            if went < BATCH:
                break
        removed[one.kind] = total
        _note(practice, one.kind, total, one.before, now)
    expired = list(_expired(practice, now).select_related("departure", "client"))
    for kept in expired:
        erasure.forget_kept(kept, now)
    if expired:
        removed[LEGAL] = len(expired)
        _note(practice, LEGAL, len(expired), None, now)
    return removed


def _note(
    practice: Practice, kind: str, removed: int, before: datetime | None, now: datetime
) -> None:
    detail = {"removed": removed} | ({"before": before.isoformat()} if before else {})
    by = system(practice.pk, "retention")
    record("expire", kind, by=by, resource_id=practice.pk, detail=detail, at=now)


def apply_nightly(now: datetime) -> int:
    """Run for each practice whose night has come; returns for how many.

    A row per practice and day, made first, keeps a second worker from running it too. What a run
    that was killed left over is as old tomorrow.
    """
    ran = 0
    for practice in _whose_night_it_is(now):
        day = _today(practice, now)
        try:
            with transaction.atomic():
                run = RetentionRun.objects.create(practice=practice, day=day, ran_at=now)
        except IntegrityError:
            continue
        run.removed = apply(practice, now)
        run.save(update_fields=["removed"])
        ran += 1
    return ran


def _whose_night_it_is(now: datetime) -> list[Practice]:
    """Two statements, whatever the number of practices."""
    seen = RetentionRun.objects.filter(ran_at__gt=now - timedelta(days=2))
    ran = set(seen.values_list("practice_id", "day"))
    found = []
    for practice in Practice.objects.all():
        local = now.astimezone(ZoneInfo(practice.time_zone))
        if local.time() >= time(NIGHT) and (practice.pk, local.date()) not in ran:
            found.append(practice)
    return found


def last_run(practice: Practice) -> RetentionRun | None:
    """The newest, or None before the first night. One statement."""
    return RetentionRun.objects.filter(practice=practice).order_by("-day").first()
