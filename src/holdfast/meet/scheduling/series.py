"""Series: booked one by one at the same time on the wall; what does not fit is named."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid, Problem
from holdfast.meet.scheduling import booking, changing, engine, slots
from holdfast.meet.scheduling.booking import NewAppointment
from holdfast.meet.scheduling.engine.days import zone_of
from holdfast.meet.scheduling.models import Appointment, Series
from holdfast.meet.scheduling.problems import (
    AppointmentOver,
    AppointmentTaken,
    Hindered,
    SlotTaken,
)


@dataclass(frozen=True)
class NewSeries:
    """`first`: the first appointment, whose `id` is the series' own, too."""

    first: NewAppointment
    every_weeks: int
    count: int


@dataclass(frozen=True)
class Outcome:
    """`skipped`: [{"starts_at": ISO 8601, "reason": a problem's code, or "closed"}]."""

    series: Series
    skipped: list[dict[str, Any]]


def book_series(practice_id: uuid.UUID, new: NewSeries, *, by: Actor) -> Outcome:
    """All that fit, in one transaction. Sent again, it answers with what was booked.

    Raises SlotTaken or what hinders where none fits, AppointmentTaken, Invalid, NotFound.
    """
    first = new.first
    known = Series.objects.filter(pk=first.id).first()
    if known is not None:
        if known.practice_id != practice_id or known.membership_id != first.membership_id:
            raise AppointmentTaken
        return Outcome(known, known.skipped)
    who = slots.member(practice_id, first.membership_id)
    kind = slots.type_of(practice_id, first.type_id)
    zone = slots.zone_for(who, first.starts_at)
    local = first.starts_at.astimezone(zone_of(zone)).replace(tzinfo=None)
    try:
        starts = engine.series_starts(local, zone, new.every_weeks, new.count)
    except ValueError:
        raise Invalid(
            errors=(FieldError("count", "series", "1 to 60, every 1 to 8 weeks."),)
        ) from None
    with transaction.atomic():
        series = Series.objects.create(
            id=first.id,
            practice_id=practice_id,
            membership=who,
            every_weeks=new.every_weeks,
            first_local=local.isoformat(timespec="minutes"),
            time_zone=zone,
            count=new.count,
            created_at=clock.now(),
        )
        length = timedelta(minutes=kind.minutes)
        closed = slots.closed(who, starts[0], starts[-1] + length)
        problems: list[Problem] = []
        for number, start in enumerate(starts):
            if _closed_then(closed, start, start + length):
                reason = "closed"
            else:
                problem = _book_one(practice_id, first, series, number, start, by)
                problems += [problem] if problem else []
                reason = problem.code if problem else ""
            if reason:
                series.skipped.append({"starts_at": start.isoformat(), "reason": reason})
        if len(series.skipped) == len(starts):
            hindered = [one for one in problems if isinstance(one, Hindered)]
            raise hindered[0] if hindered else SlotTaken(holder="membership")
        series.save()
        record("create", "appointment_series", by=by, resource_id=series.pk)
    return Outcome(series, series.skipped)


def _closed_then(
    closed: list[tuple[datetime, datetime]], starts_at: datetime, ends_at: datetime
) -> bool:
    return any(low < ends_at and high > starts_at for low, high in closed)


def _book_one(
    practice_id: uuid.UUID,
    first: NewAppointment,
    series: Series,
    number: int,
    starts_at: datetime,
    by: Actor,
) -> Problem | None:
    """Why it could not be booked."""
    one = NewAppointment(
        id=uuid.uuid5(first.id, str(number)),
        membership_id=first.membership_id,
        type_id=first.type_id,
        client_ids=first.client_ids,
        starts_at=starts_at,
        medium=first.medium,
        place_id=first.place_id,
        asset_ids=first.asset_ids,
    )
    try:
        with transaction.atomic():
            booking.book(practice_id, one, by=by, series=series)
    except (SlotTaken, Hindered) as problem:
        return problem
    return None


@dataclass(frozen=True)
class Following:
    """How a change of one and those after it went: `kept` stand as before, each with why."""

    changed: list[uuid.UUID]
    kept: list[dict[str, str]]


def move_following(
    practice_id: uuid.UUID,
    appointment_id: uuid.UUID,
    *,
    starts_at: datetime,
    sequence: int | None,
    by: Actor,
) -> Following:
    """Move this one, and those after it by as many days and to the same time on the wall.

    This one must fit, or nothing moves; of the others each moves if it fits. Those that come last
    go first where the series moves forward, so that it does not stand in its own way.
    """
    with transaction.atomic():
        this = booking.locked(practice_id, appointment_id)
        if sequence is not None and this.sequence != sequence and this.starts_at == starts_at:
            return Following([], [])
        later = _later(this)
        old, zone = this.starts_at, this.zone
        targets = engine.later_starts([one.starts_at for one in later], old, starts_at, zone)
        plan = list(zip(later, targets, strict=True))
        if starts_at > old:
            plan.reverse()
        changed, kept = [], []
        if starts_at <= old:
            _must(this, starts_at, sequence, by)
        for one, target in plan:
            reason = _try(one, target, by)
            if reason:
                kept.append({"id": str(one.pk), "reason": reason})
            else:
                changed.append(one.pk)
        if starts_at > old:
            _must(this, starts_at, sequence, by)
    return Following([this.pk, *changed], kept)


def _must(one: Appointment, starts_at: datetime, sequence: int | None, by: Actor) -> None:
    changing.reschedule(one.practice_id, one.pk, starts_at=starts_at, by=by, sequence=sequence)


def _try(one: Appointment, starts_at: datetime, by: Actor) -> str:
    try:
        with transaction.atomic():
            changing.reschedule(one.practice_id, one.pk, starts_at=starts_at, by=by)
    except Problem as problem:
        return problem.code
    return ""


def _later(this: Appointment) -> list[Appointment]:
    """Those of its series that are booked after it, in order."""
    if this.series_id is None:
        return []
    rows = Appointment.objects.filter(
        practice_id=this.practice_id,
        series_id=this.series_id,
        starts_at__gt=this.starts_at,
        status=Appointment.Status.BOOKED,
    )
    return list(rows.order_by("starts_at"))


def cancel_following(
    practice_id: uuid.UUID,
    appointment_id: uuid.UUID,
    *,
    by: Actor,
    sequence: int | None,
    reason: str = "",
) -> Following:
    """Cancel this one and those of its series after it. Staff do that."""
    with transaction.atomic():
        this = changing.cancel(practice_id, appointment_id, by=by, sequence=sequence, reason=reason)
        changed = [this.pk]
        for one in _later(this):
            try:
                with transaction.atomic():
                    changing.cancel(practice_id, one.pk, by=by, reason=reason)
            except AppointmentOver:
                continue
            changed.append(one.pk)
    return Following(changed, [])
