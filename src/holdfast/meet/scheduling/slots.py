"""What is free: the rows that the engine's question needs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q

from holdfast.core import clock
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import CLINICAL_ROLES, Client, Closure, Membership
from holdfast.meet.scheduling import engine, hindrances
from holdfast.meet.scheduling.engine.days import zone_of
from holdfast.meet.scheduling.models import (
    Appointment,
    AppointmentType,
    Asset,
    AvailabilityException,
    AvailabilityRule,
    Medium,
    Reservation,
)

Find = Callable[[uuid.UUID, datetime, datetime], Iterable[tuple[datetime, datetime]]]

_busy_elsewhere: list[Find] = []
#: Exceptions and closures are dates: a day to each side of an instant's date, and its zone's width.
_AROUND = timedelta(days=2)


def register_busy(find: Find) -> None:
    if find not in _busy_elsewhere:
        _busy_elsewhere.append(find)


def member(practice_id: uuid.UUID, membership_id: uuid.UUID) -> Membership:
    """Somebody who meets clients here. Raises NotFound. One statement."""
    rows = Membership.objects.select_related("practice", "user").filter(
        practice_id=practice_id, pk=membership_id, active=True, role__in=CLINICAL_ROLES
    )
    for found in rows:
        return found
    raise NotFound


def type_of(practice_id: uuid.UUID, type_id: uuid.UUID) -> AppointmentType:
    """A kind of appointment that can be booked. Raises NotFound. One statement."""
    for found in AppointmentType.objects.filter(practice_id=practice_id, pk=type_id, active=True):
        return found
    raise NotFound


def offered(
    practice_id: uuid.UUID,
    membership_id: uuid.UUID,
    type_id: uuid.UUID,
    since: datetime,
    until: datetime,
    *,
    instead_of: uuid.UUID | None = None,
) -> list[engine.Slot]:
    """What a client could book online now, without the time that they would give up for it."""
    kind = type_of(practice_id, type_id)
    if not kind.online:
        return []
    return free(member(practice_id, membership_id), kind, since, until, instead_of=instead_of)


def free(
    who: Membership,
    kind: AppointmentType,
    since: datetime,
    until: datetime,
    *,
    by_staff: bool = False,
    instead_of: uuid.UUID | None = None,
    clients: Sequence[Client] = (),
) -> list[engine.Slot]:
    """Free starts in [since, until) for these clients, or for whoever comes. Staff need no notice
    and see no horizon.

    Four statements, one for each place's rooms where a room is needed, and those of the registered.
    """
    now = clock.now()
    rules = _rules(who, kind)
    slots = engine.free_slots(
        rules,
        _exceptions(who, since, until),
        _busy(who, kind, since, until, instead_of),
        _terms(kind, by_staff),
        since,
        until,
        now=now,
        closures=_closures(who, since, until),
    )
    if kind.needs_room:
        slots = _with_a_room(slots, who, kind, instead_of)
    return hindrances.without_hindered(slots, who, clients)


def _rules(who: Membership, kind: AppointmentType) -> list[engine.Rule]:
    rows = AvailabilityRule.objects.filter(practice_id=who.practice_id, membership=who)
    return [
        engine.Rule(
            weekday=row.weekday,
            from_time=row.from_time,
            until_time=row.until_time,
            zone=row.time_zone,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            media=tuple(row.media),
            place=str(row.place_id) if row.place_id else None,
        )
        for row in rows
        if not row.types or str(kind.pk) in row.types
    ]


def _exceptions(who: Membership, since: datetime, until: datetime) -> list[engine.ExceptionDay]:
    rows = AvailabilityException.objects.filter(
        practice_id=who.practice_id,
        membership=who,
        on__range=((since - _AROUND).date(), (until + _AROUND).date()),
    )
    return [
        engine.ExceptionDay(
            on=row.on,
            zone=row.time_zone,
            open=row.open,
            from_time=row.from_time,
            until_time=row.until_time,
            media=tuple(row.media),
            place=str(row.place_id) if row.place_id else None,
        )
        for row in rows
    ]


def _closures(who: Membership, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The practice's own, on its days."""
    rows = Closure.objects.filter(
        practice_id=who.practice_id,
        on__range=((since - _AROUND).date(), (until + _AROUND).date()),
    )
    zone = who.practice.time_zone
    return [engine.whole_day(day, zone) for day in rows.values_list("on", flat=True)]


def _busy(
    who: Membership,
    kind: AppointmentType,
    since: datetime,
    until: datetime,
    instead_of: uuid.UUID | None,
) -> list[engine.Busy]:
    reach = timedelta(minutes=kind.minutes + kind.before_minutes + kind.after_minutes)
    low, high = since - reach, until + reach
    rows = Reservation.objects.filter(
        practice_id=who.practice_id,
        holder_id=who.pk,
        active=True,
        starts_at__lt=high,
        ends_at__gt=low,
    )
    if instead_of is not None:
        rows = rows.exclude(appointment_id=instead_of)
    found = [engine.Busy(*one) for one in rows.values_list("starts_at", "ends_at")]
    for find in _busy_elsewhere:
        found += [engine.Busy(start, end) for start, end in find(who.pk, low, high)]
    return found


def _terms(kind: AppointmentType, by_staff: bool) -> engine.Kind:
    terms = engine.Kind(
        minutes=kind.minutes,
        before=kind.before_minutes,
        after=kind.after_minutes,
        step=kind.step_minutes,
        media=tuple(kind.media),
    )
    if by_staff:
        return terms
    return engine.Kind(
        **{
            **vars(terms),
            "notice": timedelta(minutes=kind.notice_minutes),
            "horizon": timedelta(days=kind.horizon_days),
        }
    )


def _with_a_room(
    slots: list[engine.Slot], who: Membership, kind: AppointmentType, instead_of: uuid.UUID | None
) -> list[engine.Slot]:
    """Without meeting in person where the place has no free room then."""
    places = {slot.place for slot in slots if slot.place}
    if not places:
        return slots
    rooms = Asset.objects.filter(
        practice_id=who.practice_id, place_id__in=places, kind=Asset.Kind.ROOM, active=True
    )
    of_place: dict[str, list[uuid.UUID]] = {place: [] for place in places}
    for room_id, place_id in rooms.values_list("id", "place_id"):
        of_place[str(place_id)].append(room_id)
    every = [room for some in of_place.values() for room in some]
    reach = timedelta(minutes=kind.before_minutes + kind.after_minutes)
    taken = Reservation.objects.filter(
        practice_id=who.practice_id,
        holder_id__in=every,
        active=True,
        starts_at__lt=slots[-1].ends_at + reach,
        ends_at__gt=slots[0].starts_at - reach,
    )
    if instead_of is not None:
        taken = taken.exclude(appointment_id=instead_of)
    rows = list(taken.values_list("holder_id", "starts_at", "ends_at"))
    before, after = timedelta(minutes=kind.before_minutes), timedelta(minutes=kind.after_minutes)

    def has_room(slot: engine.Slot) -> bool:
        low, high = slot.starts_at - before, slot.ends_at + after
        busy = {room for room, start, end in rows if start < high and end > low}
        return any(room not in busy for room in of_place[str(slot.place)])

    without = (
        slot
        if slot.place is None or has_room(slot)
        else replace(slot, media=_elsewhere(slot.media))
        for slot in slots
    )
    return [slot for slot in without if slot.media]


def _elsewhere(media: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in media if one != Medium.IN_PERSON)


def zone_for(who: Membership, at: datetime) -> str:
    """Whose wall clock an appointment at this instant is booked by: that of the rules that hold on
    the day, else the clinician's own, else the practice's. One statement.
    """
    rows = AvailabilityRule.objects.filter(practice_id=who.practice_id, membership=who)
    for row in rows.order_by("-valid_from", "id"):
        day = at.astimezone(zone_of(row.time_zone)).date()
        if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until):
            return str(row.time_zone)
    return str(getattr(who.user, "time_zone", "") or who.practice.time_zone)


def free_rooms(
    practice_id: uuid.UUID, place_id: uuid.UUID, starts_at: datetime, ends_at: datetime
) -> list[uuid.UUID]:
    """Rooms of a place that nobody has then, in a fixed order. One statement."""
    taken = Reservation.objects.filter(
        practice_id=practice_id, active=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    rooms = Asset.objects.filter(
        Q(practice_id=practice_id, place_id=place_id, kind=Asset.Kind.ROOM, active=True)
    ).exclude(pk__in=taken.values("holder_id"))
    return list(rooms.order_by("name", "id").values_list("id", flat=True))


def closed(who: Membership, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """When the practice is closed, or somebody is away, between two instants. Two statements."""
    away = [one for one in _exceptions(who, since, until) if not one.open]
    return [*_closures(who, since, until), *engine.closed_spans(away)]


def reserved(
    practice_id: uuid.UUID,
    holder_id: uuid.UUID,
    starts_at: datetime,
    ends_at: datetime,
    *,
    besides: uuid.UUID | None = None,
) -> bool:
    """Whether a holder has something then, besides one appointment. One statement."""
    rows = Reservation.objects.filter(
        practice_id=practice_id,
        holder_id=holder_id,
        active=True,
        starts_at__lt=ends_at,
        ends_at__gt=starts_at,
    )
    if besides is not None:
        rows = rows.exclude(appointment_id=besides)
    return rows.exists()


def is_taken(
    who: Membership,
    kind: AppointmentType,
    appointment: Appointment,
    *,
    instead_of: uuid.UUID | None = None,
) -> bool:
    """Whether the clinician has another appointment in the way. One statement."""
    return reserved(
        who.practice_id,
        who.pk,
        appointment.starts_at - timedelta(minutes=kind.before_minutes),
        appointment.ends_at + timedelta(minutes=kind.after_minutes),
        besides=instead_of,
    )


def online_of_any_kind(
    practice_id: uuid.UUID, membership_id: uuid.UUID, since: datetime, until: datetime
) -> list[engine.Slot]:
    """What could be booked with somebody online, of every kind for one person, in order.

    Two statements and those of `free` for each kind.
    """
    who = member(practice_id, membership_id)
    kinds = AppointmentType.objects.filter(
        practice_id=practice_id, active=True, online=True, capacity=1
    )
    found = [slot for kind in kinds for slot in free(who, kind, since, until)]
    return sorted(found, key=lambda slot: slot.starts_at)
