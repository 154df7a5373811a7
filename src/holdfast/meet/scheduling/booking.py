"""Book, and join a group. With `changing` the only way to and from a reservation.

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
from holdfast.core.authz.relationships import active_on
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.scheduling import hindrances, holding, news, slots
from holdfast.meet.scheduling.events import AppointmentBooked
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
    SlotNotOffered, GroupFull, AppointmentTaken, Invalid, NotFound, and what `hindrances` raise.
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
    place = place_of(practice_id, new.place_id, new.medium)
    check(kind, new, len(clients))
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
    assets = assets_of(practice_id, place, new.asset_ids)
    holding.line_up(
        [who.pk, *new.client_ids, *(one for _, one in assets), *([place.pk] if place else [])]
    )
    if online:
        _check_team(who, clients)
        check_offered(who, kind, appointment)
    elif new.starts_at < now - TOLERANCE:
        raise Invalid(errors=(FieldError("starts_at", "in-past", "This lies in the past."),))
    hindrances.check(who, clients, appointment)
    appointment.save(force_insert=True)
    hold(appointment, kind, new.client_ids, assets)
    for client in clients:
        _take_in(appointment, who, client, by=by, now=now)
    events.publish(AppointmentBooked(practice_id, appointment.pk))
    news.booked(appointment, clients, by=by)
    return appointment


def check(kind: AppointmentType, new: NewAppointment, count: int) -> None:
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


def place_of(practice_id: uuid.UUID, place_id: uuid.UUID | None, medium: str) -> Place | None:
    """Only who meets in person needs one."""
    if place_id is None or medium != Medium.IN_PERSON:
        return None
    for found in Place.objects.filter(practice_id=practice_id, pk=place_id, active=True):
        return found
    raise NotFound


def assets_of(
    practice_id: uuid.UUID, place: Place | None, asset_ids: Sequence[uuid.UUID]
) -> list[tuple[str, uuid.UUID]]:
    if not asset_ids:
        return []
    rows = Asset.objects.filter(practice_id=practice_id, pk__in=asset_ids, active=True)
    found = list(rows.filter(place=place).values_list("kind", "id")) if place else []
    if len(found) != len(set(asset_ids)):
        raise NotFound
    return found


def _check_team(who: Membership, clients: list[Client]) -> None:
    """A client books with who treats them. Raises NotFound."""
    team = CareTeamMember.objects.filter(active_on(clock.now().date()), membership=who)
    if set(team.filter(client__in=clients).values_list("client_id", flat=True)) != {
        one.pk for one in clients
    }:
        raise NotFound


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


def hold(
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
    practice_id: uuid.UUID,
    appointment_id: uuid.UUID,
    client: Client,
    *,
    by: Actor,
    tell: bool = True,
) -> Appointment:
    """One more in a group's appointment. Safe to repeat. Raises GroupFull, SlotTaken,
    AppointmentOver, NotFound. Without `tell` the caller says it, once for many.
    """
    with transaction.atomic():
        appointment = locked(practice_id, appointment_id)
        holding.line_up([client.pk])
        here = {one.client_id: one for one in appointment.participants.all()}
        known = here.pop(client.pk, None)
        if known is not None and known.status != _Status.CANCELLED:
            return appointment
        still_to_come(appointment)
        if sum(one.status != _Status.CANCELLED for one in here.values()) >= appointment.capacity:
            raise GroupFull
        hindrances.check(appointment.membership, [client], appointment)
        if known is not None:
            known.delete()
        wanted = holding.holds(appointment, before=0, after=0, clients=[client.pk], assets=[])
        holding.reserve(appointment, [one for one in wanted if one.kind == "client"])
        _take_in(appointment, appointment.membership, client, by=by, now=clock.now())
        events.publish(AppointmentBooked(practice_id, appointment.pk))
        if tell:
            news.booked(appointment, [client], by=by)
    return appointment


def still_to_come(appointment: Appointment) -> None:
    if appointment.status != _Status.BOOKED or appointment.starts_at <= clock.now():
        raise AppointmentOver
