"""Book, move, confirm and cancel. The only way to and from a reservation.

Every write may be sent again: a booking carries the identifier that its device made, a change says
which `sequence` it saw and is answered with what stands when it has been done already.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from holdfast.core import clock, events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.scheduling import holding, news, slots
from holdfast.meet.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from holdfast.meet.scheduling.models import (
    Appointment,
    AppointmentType,
    Asset,
    Medium,
    Participant,
    Place,
    Series,
)
from holdfast.meet.scheduling.problems import (
    AppointmentChanged,
    AppointmentOver,
    AppointmentTaken,
    GroupFull,
    SlotNotOffered,
    SlotTaken,
)

_Status = Appointment.Status
#: A clock may be a little behind. What took place is recorded as a meeting, and not booked.
TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class NewAppointment:
    """What to book. `id` is the booking device's own (UUIDv7); `asset_ids` are rooms and equipment
    of the place, beside the room that the kind of appointment may need by itself.
    """

    id: uuid.UUID
    membership_id: uuid.UUID
    type_id: uuid.UUID
    client_ids: tuple[uuid.UUID, ...]
    starts_at: datetime
    medium: str
    place_id: uuid.UUID | None = None
    asset_ids: tuple[uuid.UUID, ...] = ()
    #: Of a foreign calendar, where it comes from one; else the identifier.
    uid: str = ""


def takes_part(appointment: Appointment, one: Participant) -> bool:
    """Whether they do, or did until the whole appointment was cancelled."""
    return one.status != _Status.CANCELLED or (
        one.cancelled_at is not None and one.cancelled_at == appointment.cancelled_at
    )


def book(
    practice_id: uuid.UUID,
    new: NewAppointment,
    *,
    by: Actor,
    online: bool = False,
    series: Series | None = None,
) -> Appointment:
    """One appointment with everything it needs, or none of it.

    `online`: by a client, who gets what is offered and nothing else. Raises SlotTaken,
    SlotNotOffered, GroupFull, AppointmentTaken, Invalid, NotFound.
    """
    known = Appointment.objects.filter(pk=new.id).first()
    if known is not None:
        return _same(practice_id, known, new)
    try:
        with transaction.atomic():
            return _book(practice_id, new, by=by, online=online, series=series)
    except IntegrityError:
        # The same request twice at one moment: one of them wrote it.
        known = Appointment.objects.filter(pk=new.id).first()
        if known is None:
            raise
        return _same(practice_id, known, new)


def _same(practice_id: uuid.UUID, known: Appointment, new: NewAppointment) -> Appointment:
    there = set(known.participants.values_list("client_id", flat=True))
    same = (
        known.practice_id == practice_id
        and known.membership_id == new.membership_id
        and known.type_id == new.type_id
        and set(new.client_ids) <= there
    )
    if not same:
        raise AppointmentTaken
    return known


def _book(
    practice_id: uuid.UUID, new: NewAppointment, *, by: Actor, online: bool, series: Series | None
) -> Appointment:
    who = slots.member(practice_id, new.membership_id)
    kind = slots.type_of(practice_id, new.type_id)
    clients = _clients(practice_id, new.client_ids)
    place = _place(practice_id, new.place_id, new.medium)
    _check(kind, new, len(clients))
    now = clock.now()
    appointment = Appointment(
        id=new.id,
        practice_id=practice_id,
        membership=who,
        type=kind,
        series=series,
        starts_at=new.starts_at,
        ends_at=new.starts_at + timedelta(minutes=kind.minutes),
        zone=slots.zone_for(who, new.starts_at),
        medium=new.medium,
        place=place,
        uid=new.uid or str(new.id),
        capacity=kind.capacity,
        booked_by=by.user_id,
        booked_at=now,
    )
    assets = _assets(practice_id, place, new.asset_ids)
    holding.line_up(
        [who.pk, *new.client_ids, *(one for _, one in assets), *([place.pk] if place else [])]
    )
    if online:
        check_offered(who, kind, appointment)
    elif new.starts_at < now - TOLERANCE:
        raise Invalid(errors=(FieldError("starts_at", "in-past", "This lies in the past."),))
    appointment.save(force_insert=True)
    _hold(appointment, kind, new.client_ids, assets)
    for client in clients:
        _take_in(appointment, who, client, by=by, now=now)
    events.publish(AppointmentBooked(practice_id, appointment.pk))
    news.booked(appointment, clients, by=by)
    return appointment


def _check(kind: AppointmentType, new: NewAppointment, count: int) -> None:
    if new.medium not in kind.media:
        raise Invalid(errors=(FieldError("medium", "medium", "Not for this kind."),))
    if new.starts_at.second or new.starts_at.microsecond:
        raise Invalid(errors=(FieldError("starts_at", "minute", "It begins at a full minute."),))
    if count > kind.capacity:
        raise GroupFull
    if count == 0 and kind.capacity == 1:
        raise Invalid(errors=(FieldError("client_ids", "missing", "Somebody takes part."),))


def _clients(practice_id: uuid.UUID, client_ids: Sequence[uuid.UUID]) -> list[Client]:
    rows = Client.objects.filter(practice_id=practice_id, pk__in=client_ids, left_at__isnull=True)
    found = list(rows.order_by("pk"))
    if len(found) != len(set(client_ids)):
        raise NotFound
    return found


def _place(practice_id: uuid.UUID, place_id: uuid.UUID | None, medium: str) -> Place | None:
    """Only who meets in person needs one."""
    if place_id is None or medium != Medium.IN_PERSON:
        return None
    for found in Place.objects.filter(practice_id=practice_id, pk=place_id, active=True):
        return found
    raise NotFound


def _assets(
    practice_id: uuid.UUID, place: Place | None, asset_ids: Sequence[uuid.UUID]
) -> list[tuple[str, uuid.UUID]]:
    if not asset_ids:
        return []
    rows = Asset.objects.filter(practice_id=practice_id, pk__in=asset_ids, active=True)
    found = list(rows.filter(place=place).values_list("kind", "id")) if place else []
    if len(found) != len(set(asset_ids)):
        raise NotFound
    return found


def check_offered(
    who: Membership,
    kind: AppointmentType,
    appointment: Appointment,
    *,
    instead_of: uuid.UUID | None = None,
) -> None:
    """What a client books is what is offered at this moment, to the minute, medium and place.

    Raises SlotTaken where it would be offered but for who is there already, else SlotNotOffered.
    """
    at = appointment.starts_at
    offered = slots.free(who, kind, at, at + timedelta(minutes=1), instead_of=instead_of)
    wanted = str(appointment.place_id) if appointment.place_id else None
    for slot in offered if kind.online else ():
        here = slot.place == wanted or appointment.medium != Medium.IN_PERSON
        if slot.starts_at == at and appointment.medium in slot.media and here:
            return
    if slots.is_taken(who, kind, appointment, instead_of=instead_of):
        raise SlotTaken(holder="membership")
    raise SlotNotOffered


def _hold(
    appointment: Appointment,
    kind: AppointmentType,
    client_ids: Sequence[uuid.UUID],
    assets: list[tuple[str, uuid.UUID]],
) -> None:
    """Reserve everything. A room that the kind needs by itself is any free one of the place."""
    before, after = kind.before_minutes, kind.after_minutes
    has_room = any(one == Asset.Kind.ROOM for one, _ in assets)
    if kind.needs_room and appointment.place_id is not None and not has_room:
        start = appointment.starts_at - timedelta(minutes=before)
        end = appointment.ends_at + timedelta(minutes=after)
        rooms = slots.free_rooms(appointment.practice_id, appointment.place_id, start, end)
        if not rooms:
            raise SlotTaken(holder="room")
        assets = [*assets, (Asset.Kind.ROOM, rooms[0])]
    wanted = holding.holds(
        appointment, before=before, after=after, clients=client_ids, assets=assets
    )
    holding.reserve(appointment, wanted)


def _take_in(
    appointment: Appointment, who: Membership, client: Client, *, by: Actor, now: datetime
) -> Participant:
    encounter_id = encounters.plan(
        client,
        who,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        medium=appointment.medium,
        appointment_id=appointment.pk,
        by=by,
    )
    record("create", "appointment", by=by, resource_id=appointment.pk, client_id=client.pk)
    return Participant.objects.create(
        practice_id=appointment.practice_id,
        appointment=appointment,
        client=client,
        encounter_id=encounter_id,
        starts_at=appointment.starts_at,
        joined_at=now,
    )


def locked(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Appointment:
    """The row, until the caller's transaction ends. Raises NotFound. One statement."""
    rows = Appointment.objects.select_for_update(of=("self",)).select_related(
        "type", "membership", "membership__practice", "membership__user"
    )
    for found in rows.filter(practice_id=practice_id, pk=appointment_id):
        return found
    raise NotFound


def join(
    practice_id: uuid.UUID, appointment_id: uuid.UUID, client: Client, *, by: Actor
) -> Appointment:
    """One more in a group's appointment. Safe to repeat. Raises GroupFull, SlotTaken,
    AppointmentOver, NotFound.
    """
    with transaction.atomic():
        appointment = locked(practice_id, appointment_id)
        holding.line_up([client.pk])
        here = {one.client_id: one for one in appointment.participants.all()}
        known = here.pop(client.pk, None)
        if known is not None and known.status != _Status.CANCELLED:
            return appointment
        _still_to_come(appointment)
        if sum(one.status != _Status.CANCELLED for one in here.values()) >= appointment.capacity:
            raise GroupFull
        if known is not None:
            known.delete()
        wanted = holding.holds(appointment, before=0, after=0, clients=[client.pk], assets=[])
        holding.reserve(appointment, [one for one in wanted if one.kind == "client"])
        _take_in(appointment, appointment.membership, client, by=by, now=clock.now())
        events.publish(AppointmentBooked(practice_id, appointment.pk))
        news.booked(appointment, [client], by=by)
    return appointment


def _still_to_come(appointment: Appointment) -> None:
    if appointment.status != _Status.BOOKED or appointment.starts_at <= clock.now():
        raise AppointmentOver


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
        appointment = locked(practice_id, appointment_id)
        one = participant(appointment, client_id)
        if one.confirmed_at is not None and one.status == _Status.BOOKED:
            return
        if one.status != _Status.BOOKED:
            raise AppointmentOver
        _still_to_come(appointment)
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
) -> Appointment:
    """For everybody, or for one client: by them, or by staff for them (`by_client=False`)."""
    with transaction.atomic():
        appointment = locked(practice_id, appointment_id)
        here = list(appointment.participants.select_related("client"))
        leaving = [one for one in here if client_id in (None, one.client_id)]
        if client_id is not None and not leaving:
            raise NotFound
        booked = [one for one in leaving if one.status == _Status.BOOKED]
        if appointment.status == _Status.CANCELLED or (client_id is not None and not booked):
            return appointment
        _as_seen(appointment, sequence)
        if client_id is not None and by_client:
            _still_to_come(appointment)
        elif appointment.status != _Status.BOOKED:
            raise AppointmentOver
        now = clock.now()
        late = client_id is not None and by_client and _is_late(appointment, now)
        for one in booked:
            one.status, one.cancelled_at, one.late = _Status.CANCELLED, now, late
            one.cancelled_by_client = client_id is not None and by_client
            one.reason = reason or None
            one.save()
            _leave(appointment, one, by=by, late=late)
        whole = client_id is None or (
            appointment.capacity == 1 or not any(o.status == _Status.BOOKED for o in here)
        )
        _give_back(appointment, None if whole else client_id, now)
        told = None if whole else client_id
        events.publish(AppointmentCancelled(practice_id, appointment.pk, told))
        news.cancelled(appointment, [one.client for one in booked], by=by)
    return appointment


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
        appointment = locked(practice_id, appointment_id)
        medium = medium or appointment.medium
        place_id = place_id or (appointment.place_id if medium == Medium.IN_PERSON else None)
        stands = (appointment.starts_at, appointment.medium, appointment.place_id)
        if appointment.status == _Status.BOOKED and stands == (starts_at, medium, place_id):
            return appointment
        _as_seen(appointment, sequence)
        _still_to_come(appointment)
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
    _check(kind, new, len(clients))
    if starts_at <= clock.now():
        raise Invalid(errors=(FieldError("starts_at", "in-past", "This lies in the past."),))
    place = _place(practice_id, place_id, medium)
    assets = _assets(practice_id, place, asset_ids)
    length = appointment.ends_at - appointment.starts_at
    appointment.starts_at, appointment.ends_at = starts_at, starts_at + length
    appointment.medium, appointment.place = medium, place
    appointment.zone = slots.zone_for(who, starts_at)
    holding.line_up([who.pk, *clients, *(one for _, one in assets), *([place.pk] if place else [])])
    if online:
        check_offered(who, kind, appointment, instead_of=appointment.pk)
    holding.release(appointment)
    _hold(appointment, kind, clients, assets)
    appointment.sequence += 1
    appointment.save()
    for one in here:
        _follow(appointment, one, by=by)
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
