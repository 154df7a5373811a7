"""Endpoints: waiting for an earlier time, and the times offered."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Status

from holdfast.core.api import Access, Request, Router
from holdfast.meet.scheduling import accepting, queries, waiting
from holdfast.meet.scheduling.models import WaitingEntry
from holdfast.meet.scheduling.schemas import (
    AppointmentOut,
    WaitingEntriesOut,
    WaitingEntryOut,
    WaitingIn,
    WaitingWishesIn,
    appointment_out,
    offers_out,
)

router = Router(tags=["appointments"])

CLIENT = "/practices/{practice_id}/clients/{client_id}"
ENTRIES = CLIENT + "/waiting-entries"
OFFER = CLIENT + "/slot-offers/{offer_id}"

_write = Access("waiting_entry", "write")


def _out(entry: WaitingEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "membership_id": entry.membership_id,
        "with_name": entry.membership.display_name,
        "type_id": entry.type_id,
        "type_name": entry.type.name,
        "appointment_id": entry.appointment_id,
        "until": entry.until,
        "media": entry.media,
        "weekdays": entry.weekdays,
        "created_at": entry.created_at,
        "offers": offers_out(entry.offers.all()),
    }


@router.get(ENTRIES, access=Access("waiting_entry", "read"), response=WaitingEntriesOut)
def waiting_entries(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What somebody waits for, and what they were offered. Two SQL statements of its own."""
    return {"items": [_out(one) for one in queries.waiting_of(practice_id, client_id)]}


@router.post(ENTRIES, access=_write, response={201: WaitingEntryOut})
def wait(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: WaitingIn
) -> Status[Any]:
    """Tell me of earlier times. Sent again it is answered with what is there."""
    new = waiting.NewEntry(
        id=body.id,
        membership_id=body.membership_id,
        type_id=body.type_id,
        until=body.until,
        appointment_id=body.appointment_id,
        media=tuple(body.media),
        weekdays=tuple(body.weekdays),
    )
    entry = waiting.wait(request.client, new, by=request.actor)
    return Status(201, _out(entry))


@router.put(ENTRIES + "/{waiting_id}", access=_write, response=WaitingEntryOut)
def change_waiting(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    waiting_id: uuid.UUID,
    body: WaitingWishesIn,
) -> Any:
    """Wait for other days or other ways to meet; their place in the order stays."""
    wishes = tuple(body.media), tuple(body.weekdays)
    return _out(waiting.change(request.client, waiting_id, *wishes, by=request.actor))


@router.delete(ENTRIES + "/{waiting_id}", access=_write, response={204: None})
def stop_waiting(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, waiting_id: uuid.UUID
) -> Status[None]:
    """Safe to repeat."""
    waiting.stop(request.client, waiting_id, by=request.actor)
    return Status(204, None)


@router.post(OFFER + "/accept", access=_write, response=AppointmentOut)
def accept(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, offer_id: uuid.UUID
) -> Any:
    """Take the time; what they had is given up for it. The first to accept has it."""
    taken = accepting.accept(request.client, offer_id, by=request.actor)
    return appointment_out(queries.one(practice_id, taken.pk), client_id)


@router.post(OFFER + "/decline", access=_write, response={204: None})
def decline(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, offer_id: uuid.UUID
) -> Status[None]:
    """Not this one. They go on waiting."""
    waiting.decline(request.client, offer_id, by=request.actor)
    return Status(204, None)
