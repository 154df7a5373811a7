"""Appointments of a group that is there before anybody takes part: a programme's sessions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Membership
from holdfast.meet.scheduling import booking, slots, terms
from holdfast.meet.scheduling.booking import NewAppointment
from holdfast.meet.scheduling.engine.days import zone_of
from holdfast.meet.scheduling.models import Appointment, Asset, Series
from holdfast.meet.scheduling.problems import Hindered, SlotTaken

#: Whether an appointment goes on though nobody takes part any more.
Stands = Callable[[uuid.UUID, uuid.UUID], bool]
_stands: list[Stands] = []


def register_standing(stands: Stands) -> None:
    """Let a capability say which appointments are its groups'; called from `AppConfig.ready`."""
    _stands.append(stands)


def stands_empty(appointment: Appointment) -> bool:
    """A group's session is held for whoever comes next. One statement for each who registered."""
    if appointment.capacity == 1:
        return False
    return any(stands(appointment.practice_id, appointment.pk) for stands in _stands)


@dataclass(frozen=True)
class NewGroup:
    """`starts`: of every session, in order. `id` is the series'; the kind of appointment that it
    brings along is not offered online.
    """

    id: uuid.UUID
    membership_id: uuid.UUID
    name: str
    minutes: int
    capacity: int
    medium: str
    place_id: uuid.UUID | None
    starts: tuple[datetime, ...]
    every_weeks: int


@dataclass(frozen=True)
class Booked:
    """The appointments in order, or what stands in the way of some: nothing is booked then."""

    appointments: list[Appointment]
    taken: list[dict[str, str]]


def book(practice_id: uuid.UUID, new: NewGroup, *, by: Actor) -> Booked:
    """All sessions, or none. `taken`: [{"starts_at": ISO 8601, "reason": a code, or "closed"}].

    In the caller's transaction, which has to undo it where something is taken. Raises Invalid,
    NotFound.
    """
    who = slots.member(practice_id, new.membership_id)
    length = timedelta(minutes=new.minutes)
    closed = slots.closed(who, new.starts[0], new.starts[-1] + length)
    with transaction.atomic():
        kind = terms.put_type(practice_id, uuid7(), _terms(practice_id, new), by=by, new=True)
        series = _series(practice_id, who, new)
        found, taken = [], []
        for number, start in enumerate(new.starts):
            one = NewAppointment(
                id=uuid.uuid5(new.id, str(number)),
                membership_id=new.membership_id,
                type_id=kind.pk,
                client_ids=(),
                starts_at=start,
                medium=new.medium,
                place_id=new.place_id,
            )
            if any(low < start + length and high > start for low, high in closed):
                taken.append({"starts_at": start.isoformat(), "reason": "closed"})
                continue
            try:
                with transaction.atomic():
                    found.append(booking.book(practice_id, one, by=by, series=series))
            except (SlotTaken, Hindered) as problem:
                taken.append({"starts_at": start.isoformat(), "reason": problem.code})
        record("create", "appointment_series", by=by, resource_id=series.pk)
    return Booked(found, taken)


def _terms(practice_id: uuid.UUID, new: NewGroup) -> dict[str, Any]:
    rooms = Asset.objects.filter(practice_id=practice_id, kind=Asset.Kind.ROOM, active=True)
    has_rooms = new.place_id is not None and rooms.filter(place_id=new.place_id).exists()
    return {
        "name": new.name,
        "minutes": new.minutes,
        "media": [new.medium],
        "online": False,
        "capacity": new.capacity,
        "needs_room": has_rooms,
    }


def _series(practice_id: uuid.UUID, who: Membership, new: NewGroup) -> Series:
    zone = slots.zone_for(who, new.starts[0])
    local = new.starts[0].astimezone(zone_of(zone)).replace(tzinfo=None)
    return Series.objects.create(
        id=new.id,
        practice_id=practice_id,
        membership=who,
        every_weeks=new.every_weeks,
        first_local=local.isoformat(timespec="minutes"),
        time_zone=zone,
        count=len(new.starts),
        created_at=clock.now(),
    )
