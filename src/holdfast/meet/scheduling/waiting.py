"""Earlier times: who waits is asked in order when one becomes free; the first to accept gets it.

A time that is given back is offered in the transaction that gives it back: no offer is lost with a
process. Each has `OFFER_FOR` to themself; then the next is asked as well, and whoever accepts first
has it. Nothing is held meanwhile: an offer says that a time is free, not that it stays so.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.notify import facade as notify
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.meet.scheduling import hindrances, slots
from holdfast.meet.scheduling.engine.days import zone_of
from holdfast.meet.scheduling.models import Appointment, Place, SlotOffer, WaitingEntry
from holdfast.meet.scheduling.problems import Hindered

OFFER_FOR = timedelta(hours=2)
#: Less notice than this is no offer.
SHORTEST_NOTICE = timedelta(hours=1)
_State = SlotOffer.State


@dataclass(frozen=True)
class Freed:
    """A time that an appointment gave back."""

    appointment: Appointment
    starts_at: datetime
    ends_at: datetime
    zone: str
    medium: str
    place: Place | None


@dataclass(frozen=True)
class NewEntry:
    """`appointment_id`: what they would give up for it. `weekdays` (ISO), `media`: empty is any."""

    id: uuid.UUID
    membership_id: uuid.UUID
    type_id: uuid.UUID
    until: date
    appointment_id: uuid.UUID | None = None
    media: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()


def wait(client: Client, new: NewEntry, *, by: Actor) -> WaitingEntry:
    """Begin to wait. Safe to repeat. Raises NotFound."""
    known = WaitingEntry.objects.filter(pk=new.id).first()
    if known is not None:
        if known.client_id != client.pk:
            raise NotFound
        return known
    who = slots.member(client.practice_id, new.membership_id)
    kind = slots.type_of(client.practice_id, new.type_id)
    given_up = None
    if new.appointment_id is not None:
        own = Appointment.objects.filter(
            practice_id=client.practice_id,
            pk=new.appointment_id,
            membership=who,
            participants__client=client,
        )
        given_up = own.first()
        if given_up is None:
            raise NotFound
    with transaction.atomic():
        entry = WaitingEntry.objects.create(
            id=new.id,
            practice_id=client.practice_id,
            client=client,
            membership=who,
            type=kind,
            appointment=given_up,
            media=list(new.media),
            weekdays=list(new.weekdays),
            until=new.until,
            created_at=clock.now(),
        )
        record("create", "waiting_entry", by=by, resource_id=entry.pk, client_id=client.pk)
    return entry


def change(
    client: Client,
    entry_id: uuid.UUID,
    media: tuple[str, ...],
    weekdays: tuple[int, ...],
    *,
    by: Actor,
) -> WaitingEntry:
    """Other wishes, for what becomes free from now on. Raises NotFound, also where they wait no
    longer.
    """
    with transaction.atomic():
        entry = _entry(client, entry_id)
        if entry.state != WaitingEntry.State.WAITING:
            raise NotFound
        entry.media, entry.weekdays = list(media), list(weekdays)
        entry.save(update_fields=["media", "weekdays"])
        record("update", "waiting_entry", by=by, resource_id=entry.pk, client_id=client.pk)
    return entry


def stop(client: Client, entry_id: uuid.UUID, *, by: Actor) -> None:
    """Wait no longer. Safe to repeat. Raises NotFound."""
    with transaction.atomic():
        entry = _entry(client, entry_id)
        if entry.state != WaitingEntry.State.WAITING:
            return
        _end(entry, WaitingEntry.State.ENDED)
        record("end", "waiting_entry", by=by, resource_id=entry.pk, client_id=client.pk)
        for offer in entry.offers.filter(state=_State.OPEN):
            _close(offer, _State.DECLINED)
            _offer_next(_freed_of(offer), clock.now())


def _entry(client: Client, entry_id: uuid.UUID) -> WaitingEntry:
    rows = WaitingEntry.objects.select_for_update().filter(
        practice_id=client.practice_id, client=client, pk=entry_id
    )
    for found in rows:
        return found
    raise NotFound


def _end(entry: WaitingEntry, state: str) -> None:
    entry.state, entry.ended_at = state, clock.now()
    entry.save(update_fields=["state", "ended_at"])


def _close(offer: SlotOffer, state: str) -> None:
    offer.state = state
    offer.save(update_fields=["state"])


def given_back(freed: Freed) -> None:
    """Ask the first who waits for such a time, in the transaction that gives it back."""
    _offer_next(freed, clock.now())


def _freed_of(offer: SlotOffer) -> Freed:
    return Freed(offer.freed, offer.starts_at, offer.ends_at, offer.zone, offer.medium, offer.place)


def _offer_next(freed: Freed, now: datetime) -> SlotOffer | None:
    """An offer to the next in order who has had none of this time; two statements and more where
    there is somebody.
    """
    if freed.starts_at < now + SHORTEST_NOTICE:
        return None
    entry = _next_in_order(freed)
    if entry is None:
        return None
    expires = min(now + OFFER_FOR, now + (freed.starts_at - now) / 2)
    offer = SlotOffer.objects.create(
        practice_id=entry.practice_id,
        entry=entry,
        freed=freed.appointment,
        starts_at=freed.starts_at,
        ends_at=freed.ends_at,
        zone=freed.zone,
        medium=freed.medium,
        place=freed.place,
        offered_at=now,
        expires_at=expires,
    )
    if entry.client.user_id is not None:
        notify.send(
            practice_id=entry.practice_id,
            recipients=[entry.client.user_id],
            kind="earlier-time",
            subject_id=offer.pk,
            now=now,
            expires_at=freed.starts_at,
        )
    return offer


def _next_in_order(freed: Freed) -> WaitingEntry | None:
    day = freed.starts_at.astimezone(zone_of(freed.zone)).date()
    rows = WaitingEntry.objects.filter(
        Q(appointment__isnull=True)
        | Q(appointment__starts_at__gt=freed.starts_at)
        | ~Q(appointment__status=Appointment.Status.BOOKED),
        practice_id=freed.appointment.practice_id,
        membership_id=freed.appointment.membership_id,
        type_id=freed.appointment.type_id,
        state=WaitingEntry.State.WAITING,
        until__gte=day,
    )
    rows = rows.exclude(offers__freed=freed.appointment, offers__starts_at=freed.starts_at).exclude(
        client__participant__appointment=freed.appointment
    )
    for entry in rows.select_related("client").order_by("created_at", "id"):
        fits = not entry.weekdays or day.isoweekday() in entry.weekdays
        if fits and (not entry.media or freed.medium in entry.media) and _may_have(entry, freed):
            return entry
    return None


def _may_have(entry: WaitingEntry, freed: Freed) -> bool:
    """Whether nothing but who is there already could stand in their way."""
    wanted = Appointment(starts_at=freed.starts_at, zone=freed.zone, medium=freed.medium)
    try:
        hindrances.check(freed.appointment.membership, [entry.client], wanted)
    except Hindered:
        return False
    return True


def still_free(offer: SlotOffer) -> bool:
    """Whether nobody has taken the time meanwhile. One statement."""
    return not slots.reserved(
        offer.practice_id, offer.freed.membership_id, offer.starts_at, offer.ends_at,
        besides=offer.entry.appointment_id,
    )  # fmt: skip


def decline(client: Client, offer_id: uuid.UUID, *, by: Actor) -> SlotOffer:
    """Not this one; the next is asked. They go on waiting. Safe to repeat. Raises NotFound."""
    with transaction.atomic():
        offer = offer_of(client, offer_id)
        if offer.state in {_State.OPEN, _State.EXPIRED}:
            was_open = offer.state == _State.OPEN
            _close(offer, _State.DECLINED)
            record("decline", "waiting_entry", by=by, resource_id=offer.pk, client_id=client.pk)
            if was_open and still_free(offer):
                _offer_next(_freed_of(offer), clock.now())
    return offer


def offer_of(client: Client, offer_id: uuid.UUID) -> SlotOffer:
    """Locked until the caller's transaction ends. Raises NotFound. One statement."""
    rows = SlotOffer.objects.select_for_update(of=("self",)).select_related(
        "entry", "freed", "place"
    )
    for found in rows.filter(practice_id=client.practice_id, entry__client=client, pk=offer_id):
        return found
    raise NotFound


def served(offer: SlotOffer, appointment: Appointment) -> None:
    """They took it: nobody else is asked any more. Three statements."""
    offer.state, offer.appointment = _State.ACCEPTED, appointment
    offer.save(update_fields=["state", "appointment"])
    _end(offer.entry, WaitingEntry.State.SERVED)
    others = SlotOffer.objects.filter(
        practice_id=offer.practice_id, freed=offer.freed, starts_at=offer.starts_at
    )
    others.filter(state__in=[_State.OPEN, _State.EXPIRED]).update(state=_State.GONE)


def advance(now: datetime) -> int:
    """Offers whose time to themself is over: the next is asked. How many. Safe in several
    processes; one statement when nothing is due.
    """
    due = list(
        SlotOffer.objects.filter(state=_State.OPEN, expires_at__lte=now)
        .order_by("expires_at")
        .values_list("pk", flat=True)[:200]
    )
    return sum(_advance_one(pk, now) for pk in due)


def _advance_one(pk: uuid.UUID, now: datetime) -> int:
    with transaction.atomic():
        mine = SlotOffer.objects.filter(pk=pk, state=_State.OPEN).update(state=_State.EXPIRED)
        if not mine:
            return 0
        offer = SlotOffer.objects.select_related("entry", "freed", "place").get(pk=pk)
        if not still_free(offer) or offer.starts_at <= now:
            _close(offer, _State.GONE)
        else:
            _offer_next(_freed_of(offer), now)
    return 1
