"""Confirm, cancel and move what is booked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from holdfast.core import clock, events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.scheduling import (
    booking,
    groups,
    hindrances,
    holding,
    news,
    slots,
    waiting,
)
from holdfast.meet.scheduling.booking import NewAppointment
from holdfast.meet.scheduling.events import AppointmentCancelled, AppointmentMoved
from holdfast.meet.scheduling.models import Appointment, Medium, Participant
from holdfast.meet.scheduling.problems import (
    AppointmentChanged,
    AppointmentOver,
    SlotNotOffered,
)

_Status = Appointment.Status


def _as_seen(appointment: Appointment, sequence: int | None) -> None:
    if sequence is not None and sequence != appointment.sequence:
        raise AppointmentChanged(sequence=appointment.sequence)


def participant(appointment: Appointment, client_id: uuid.UUID) -> Participant:
    """Raises NotFound for a client who has no part in it. One statement."""
    for found in appointment.participants.select_related("client").filter(client_id=client_id):
        return found
    raise NotFound


def confirm(
    practice_id: uuid.UUID, appointment_id: uuid.UUID, client_id: uuid.UUID, *, by: Actor
) -> None:
    """The client says that they will come."""
    with transaction.atomic():
        appointment = booking.locked(practice_id, appointment_id)
        one = participant(appointment, client_id)
        if one.confirmed_at is not None and one.status == _Status.BOOKED:
            return
        if one.status != _Status.BOOKED:
            raise AppointmentOver
        booking.still_to_come(appointment)
        one.confirmed_at = clock.now()
        one.save(update_fields=["confirmed_at"])
        record("confirm", "appointment", by=by, resource_id=appointment.pk, client_id=client_id)


def cancel(
    practice_id: uuid.UUID,
    appointment_id: uuid.UUID,
    *,
    by: Actor,
    client_id: uuid.UUID | None = None,
    by_client: bool = True,
    reason: str = "",
    sequence: int | None = None,
    offer: bool = False,
    tell: bool = True,
) -> Appointment:
    """For everybody, or for one client: by them, or by staff for them (`by_client=False`).

    The time is offered to who waits for one where the client gives it up, and where staff say so
    (`offer`): whoever is ill themself has no time to offer. Without `tell` the caller says it.
    """
    with transaction.atomic():
        appointment = booking.locked(practice_id, appointment_id)
        here = list(appointment.participants.select_related("client"))
        leaving = [one for one in here if client_id in (None, one.client_id)]
        if client_id is not None and not leaving:
            raise NotFound
        booked = [one for one in leaving if one.status == _Status.BOOKED]
        if appointment.status == _Status.CANCELLED or (client_id is not None and not booked):
            return appointment
        _as_seen(appointment, sequence)
        by_them = client_id is not None and by_client
        if by_them:
            booking.still_to_come(appointment)
        elif appointment.status != _Status.BOOKED:
            raise AppointmentOver
        now = clock.now()
        late = by_them and _is_late(appointment, now)
        for one in booked:
            one.status, one.cancelled_at, one.late = _Status.CANCELLED, now, late
            one.cancelled_by_client = by_them
            one.reason = reason or None
            one.save()
            _leave(appointment, one, by=by, late=late)
        nobody = not any(one.status == _Status.BOOKED for one in here)
        whole = client_id is None or (nobody and not groups.stands_empty(appointment))
        _give_back(appointment, None if whole else client_id, now)
        if whole and appointment.capacity == 1 and (by_them or offer):
            waiting.given_back(_time_of(appointment))
        told = None if whole else client_id
        events.publish(AppointmentCancelled(practice_id, appointment.pk, told))
        if tell:
            news.cancelled(appointment, [one.client for one in booked], by=by)
    return appointment


def _time_of(appointment: Appointment) -> waiting.Freed:
    return waiting.Freed(
        appointment,
        appointment.starts_at,
        appointment.ends_at,
        appointment.zone,
        appointment.medium,
        appointment.place,
    )


def _is_late(appointment: Appointment, now: datetime) -> bool:
    return now > appointment.starts_at - timedelta(hours=appointment.type.cancel_hours)


def _leave(appointment: Appointment, one: Participant, *, by: Actor, late: bool) -> None:
    if one.encounter_id is not None:
        encounters.cancel(appointment.practice_id, one.encounter_id, by=by)
    record(
        "cancel",
        "appointment",
        by=by,
        resource_id=appointment.pk,
        client_id=one.client_id,
        detail={"late": late},
    )


def _give_back(appointment: Appointment, client_id: uuid.UUID | None, now: datetime) -> None:
    holding.release(appointment, client_id=client_id)
    appointment.sequence += 1
    if client_id is None:
        appointment.status, appointment.cancelled_at = _Status.CANCELLED, now
    appointment.save(update_fields=["sequence", "status", "cancelled_at"])


def reschedule(
    practice_id: uuid.UUID,
    appointment_id: uuid.UUID,
    *,
    starts_at: datetime,
    by: Actor,
    client_id: uuid.UUID | None = None,
    sequence: int | None = None,
    medium: str | None = None,
    place_id: uuid.UUID | None = None,
    asset_ids: Sequence[uuid.UUID] = (),
) -> Appointment:
    """To another time (and medium or place). With `client_id`, by that client, to what is offered;
    a group's time is not one client's to change.
    """
    with transaction.atomic():
        appointment = booking.locked(practice_id, appointment_id)
        medium = medium or appointment.medium
        place_id = place_id or (appointment.place_id if medium == Medium.IN_PERSON else None)
        stands = (appointment.starts_at, appointment.medium, appointment.place_id)
        if appointment.status == _Status.BOOKED and stands == (starts_at, medium, place_id):
            return appointment
        _as_seen(appointment, sequence)
        booking.still_to_come(appointment)
        if client_id is not None:
            participant(appointment, client_id)
            if appointment.capacity > 1:
                raise SlotNotOffered
        _move(
            appointment, starts_at, medium, place_id, asset_ids, by=by, online=client_id is not None
        )
    return appointment


def _move(
    appointment: Appointment,
    starts_at: datetime,
    medium: str,
    place_id: uuid.UUID | None,
    asset_ids: Sequence[uuid.UUID],
    *,
    by: Actor,
    online: bool,
) -> None:
    practice_id, kind, who = appointment.practice_id, appointment.type, appointment.membership
    here = [
        one
        for one in appointment.participants.select_related("client")
        if one.status == _Status.BOOKED
    ]
    clients = tuple(one.client_id for one in here)
    new = NewAppointment(
        appointment.pk, who.pk, kind.pk, clients, starts_at, medium, place_id, tuple(asset_ids)
    )
    booking.check(kind, new, len(clients))
    if starts_at <= clock.now():
        raise Invalid(errors=(FieldError("starts_at", "in-past", "This lies in the past."),))
    place = booking.place_of(practice_id, place_id, medium)
    assets = booking.assets_of(practice_id, place, asset_ids)
    before = _time_of(appointment)
    length = appointment.ends_at - appointment.starts_at
    appointment.starts_at, appointment.ends_at = starts_at, starts_at + length
    appointment.medium, appointment.place = medium, place
    appointment.zone = slots.zone_for(who, starts_at)
    holding.line_up([who.pk, *clients, *(one for _, one in assets), *([place.pk] if place else [])])
    if online:
        booking.check_offered(who, kind, appointment, instead_of=appointment.pk)
    hindrances.check(who, [one.client for one in here], appointment)
    holding.release(appointment)
    booking.hold(appointment, kind, clients, assets)
    appointment.sequence += 1
    appointment.save()
    for one in here:
        _follow(appointment, one, by=by)
    if online and appointment.capacity == 1 and before.starts_at != starts_at:
        waiting.given_back(before)
    events.publish(AppointmentMoved(practice_id, appointment.pk))
    news.moved(appointment, [one.client for one in here], by=by)


def _follow(appointment: Appointment, one: Participant, *, by: Actor) -> None:
    """What they said they would come to was another time: they are asked again."""
    one.starts_at, one.confirmed_at = appointment.starts_at, None
    one.save(update_fields=["starts_at", "confirmed_at"])
    if one.encounter_id is not None:
        encounters.move(
            appointment.practice_id,
            one.encounter_id,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            medium=appointment.medium,
            by=by,
        )
    record("move", "appointment", by=by, resource_id=appointment.pk, client_id=one.client_id)
