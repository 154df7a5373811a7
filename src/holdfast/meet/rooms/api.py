"""Endpoints: joining a visit and moving it on."""

from __future__ import annotations

import uuid
from typing import Any

import ninja

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.encounters.engine import Event, Side
from holdfast.meet.rooms import groups, joining
from holdfast.meet.rooms.schemas import (
    Connected,
    DeviceChecks,
    RoomOut,
    VisitCards,
    VisitOut,
    party_out,
    visit_out,
)
from holdfast.meet.rooms.telling import topic_of

router = Router(tags=["visits"])
BASE = "/practices/{practice_id}/clients/{client_id}/encounters/{encounter_id}"
READ = Access("visit", "read")
WRITE = Access("visit", "write")
#: Letting somebody in, and how it ended, is the clinician's to say; of a group, who leads it.
DECIDE = Access("visit_decision", "write", standing=groups.stands_to_visit)


@router.get(
    "/practices/{practice_id}/visits",
    access=Access("visit_list", "read"),
    response=VisitCards,
)
def list_visits(request: Request, practice_id: uuid.UUID) -> Any:
    """The caller's own visits with a room that go on or come next, on whichever side they are."""
    now = clock.now()
    found = joining.near(practice_id, request.actor, now)
    seen = [row.client_id for row, side in found if side == Side.CLINICIAN]
    note_list("visit_list", by=request.actor, people=seen)
    return {"items": [_card(row, side) for row, side in found], "now": now}


def _card(row: Any, side: Side) -> dict[str, Any]:
    other = row.membership.display_name if side == Side.CLIENT else row.client.display_name
    return {
        "visit": visit_out(row),
        "client_id": row.client_id,
        "side": side.value,
        "other_name": other,
        "opens_at": row.starts_at - joining.EARLY,
    }


@router.get(BASE + "/room", access=READ, response=RoomOut)
def get_room(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """What the caller's browser needs: where the visit is, both sides' keys, the relay."""
    room = joining.room(request.client, encounter_id, by=request.actor)
    return {
        "visit": visit_out(room.visit),
        "side": room.side.value,
        "own": party_out(room.own),
        "other": party_out(room.other),
        "ice_servers": room.ice_servers,
        "relay_only": room.relay_only,
        "opens_at": room.opens_at,
        "phone": room.phone,
        "topic": topic_of(encounter_id),
        "now": clock.now(),
        "group": groups.of(room.visit),
    }


@router.post(BASE + "/arrive", access=WRITE, response=VisitOut)
def arrive(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """The caller is here. The person waits until the clinician lets them in."""
    row = joining.move(request.client, encounter_id, Event.ARRIVE, by=request.actor)
    return visit_out(row)


@router.post(BASE + "/leave", access=WRITE, response=VisitOut)
def leave(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """The caller is away for now. The visit stays where it is."""
    row = joining.move(request.client, encounter_id, Event.LEAVE, by=request.actor)
    return visit_out(row)


@router.post(BASE + "/admit", access=DECIDE, response=VisitOut)
def admit(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """Let this one person in. Nothing else does."""
    return visit_out(groups.let_in(request.client, encounter_id, by=request.actor))


@router.post(BASE + "/begin", access=WRITE, response=VisitOut)
def begin(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    encounter_id: uuid.UUID,
    data: Connected,
) -> Any:
    """Media connected, for the first time or again. The first starts the session's clock."""
    row = joining.move(request.client, encounter_id, Event.BEGIN, by=request.actor)
    joining.note(request.client, row, "connect", data.dict(), by=request.actor)
    return visit_out(row)


@router.post(BASE + "/lost", access=WRITE, response={204: None})
def lost(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """Media were lost. Written down; the visit stays where it is."""
    row, _ = joining.found(request.client, encounter_id, request.actor)
    joining.note(request.client, row, "disconnect", {}, by=request.actor)
    return ninja.Status(204, None)


@router.post(BASE + "/checks", access=WRITE, response={204: None})
def checks(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    encounter_id: uuid.UUID,
    data: DeviceChecks,
) -> Any:
    """How the caller's devices fared before the visit."""
    row, _ = joining.found(request.client, encounter_id, request.actor)
    joining.note(request.client, row, "check", data.dict(), by=request.actor)
    return ninja.Status(204, None)


@router.post(BASE + "/finish", access=DECIDE, response=VisitOut)
def finish(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """The visit took place and is over."""
    row = encounters.step(request.client, encounter_id, Event.FINISH, by=request.actor)
    return visit_out(row)


@router.post(BASE + "/no-show", access=DECIDE, response=VisitOut)
def no_show(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID
) -> Any:
    """It did not take place: decided by the clinician, with both sides' clocks beside it."""
    row = encounters.step(request.client, encounter_id, Event.NO_SHOW, by=request.actor)
    return visit_out(row)
