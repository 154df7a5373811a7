"""Take an earlier time that was offered: the old appointment moves there, or one is booked."""

from __future__ import annotations

import uuid

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client
from holdfast.meet.scheduling import booking, changing, waiting
from holdfast.meet.scheduling.booking import NewAppointment
from holdfast.meet.scheduling.models import Appointment, SlotOffer
from holdfast.meet.scheduling.problems import OfferOver, SlotTaken


def accept(client: Client, offer_id: uuid.UUID, *, by: Actor) -> Appointment:
    """The appointment as it stands then. Safe to repeat.

    Raises OfferOver once somebody else has it, NotFound.
    """
    try:
        with transaction.atomic():
            return _accept(client, offer_id, by=by)
    except SlotTaken:
        SlotOffer.objects.filter(practice_id=client.practice_id, pk=offer_id).exclude(
            state=SlotOffer.State.ACCEPTED
        ).update(state=SlotOffer.State.GONE)
        raise OfferOver from None


def _accept(client: Client, offer_id: uuid.UUID, *, by: Actor) -> Appointment:
    offer = waiting.offer_of(client, offer_id)
    if offer.state == SlotOffer.State.ACCEPTED and offer.appointment_id is not None:
        return Appointment.objects.get(practice_id=client.practice_id, pk=offer.appointment_id)
    if offer.state not in {SlotOffer.State.OPEN, SlotOffer.State.EXPIRED}:
        raise OfferOver
    if offer.starts_at <= clock.now():
        raise OfferOver
    taken = _move_or_book(client, offer, by=by)
    waiting.served(offer, taken)
    record("accept", "waiting_entry", by=by, resource_id=offer.pk, client_id=client.pk)
    return taken


def _move_or_book(client: Client, offer: SlotOffer, *, by: Actor) -> Appointment:
    """What they had is given up for it, if it is still to come."""
    entry, practice_id = offer.entry, client.practice_id
    if entry.appointment_id is not None:
        had = booking.locked(practice_id, entry.appointment_id)
        if had.status == Appointment.Status.BOOKED and had.starts_at > clock.now():
            return changing.reschedule(
                practice_id,
                had.pk,
                starts_at=offer.starts_at,
                by=by,
                medium=offer.medium,
                place_id=offer.place_id,
            )
    new = NewAppointment(
        id=offer.pk,
        membership_id=entry.membership_id,
        type_id=entry.type_id,
        client_ids=(client.pk,),
        starts_at=offer.starts_at,
        medium=offer.medium,
        place_id=offer.place_id,
    )
    return booking.book(practice_id, new, by=by)
