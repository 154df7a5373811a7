"""Endpoints: calling the person on an ordinary phone. The clinician's, of their own visit."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ninja import Schema, Status

from holdfast.core.api import Access, Request, Router
from holdfast.meet.rooms import phone
from holdfast.meet.rooms.phone import Why
from holdfast.meet.rooms.schemas import VisitOut, visit_out

router = Router(tags=["visits"])
PHONE = "/practices/{practice_id}/clients/{client_id}/encounters/{encounter_id}/phone"
#: What lets somebody in is what may call them.
DECIDE = Access("encounter", "write")


class PhoneOut(Schema):
    """`why` says why the person cannot be called; `ending` are the number's last two digits."""

    why: Why | None
    ending: str


class PhoneTicketOut(Schema):
    """The first frame of a socket to `url`. The number is sealed in it."""

    ticket: str
    url: str
    expires_at: datetime


@router.post(PHONE, access=DECIDE, response=PhoneOut)
def look_at_phone(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """Whether the person can be called from here. 409 `visit-not-by-phone`, `visit-of-another`."""
    found = phone.reachable(request.client, encounter_id, by=request.actor)
    return {"why": found.why, "ending": found.ending}


@router.post(PHONE + "/calls", access=DECIDE, response={201: PhoneTicketOut})
def call_phone(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """A ticket to have the person's phone called, once. It stands in their access log."""
    return Status(201, vars(phone.call(request.client, encounter_id, by=request.actor)))


@router.post(PHONE + "/answered", access=DECIDE, response=VisitOut)
def phone_answered(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """The person picked up: the visit begins, or goes on."""
    return visit_out(phone.answered(request.client, encounter_id, by=request.actor))
