"""Endpoints: joining a group's visit. Each client is let in by their own visit's endpoints."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.meet.encounters.engine import Event
from holdfast.meet.rooms import groups, sfu
from holdfast.meet.rooms.problems import GroupWithoutServer
from holdfast.meet.rooms.schemas import GroupRoomOut, RoomTicketOut, group_out

router = Router(tags=["visits"])
BASE = "/practices/{practice_id}/groups/{appointment_id}"
READ = Access("group_room", "read")
WRITE = Access("group_room", "write")


@router.get(BASE, access=READ, response=GroupRoomOut)
def get_group(request: Request, practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Any:
    """What the caller's browser needs: who belongs to the group as far as they may know, all their
    public keys, the relay, and whether there is a media server.
    """
    found = groups.group(practice_id, appointment_id, by=request.actor)
    if found.role != "member":
        people = [one.visit.client_id for one in found.people]
        note_list("group_room", by=request.actor, people=people)
    return group_out(found, clock.now())


@router.post(BASE + "/arrive", access=WRITE, response={204: None})
def arrive_at_group(request: Request, practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Any:
    """The caller is here. A client waits until they are let in, each by themselves."""
    groups.come_or_go(practice_id, appointment_id, Event.ARRIVE, by=request.actor)
    return Status(204, None)


@router.post(BASE + "/leave", access=WRITE, response={204: None})
def leave_group(request: Request, practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Any:
    """The caller is away for now. Every visit stays where it is."""
    groups.come_or_go(practice_id, appointment_id, Event.LEAVE, by=request.actor)
    return Status(204, None)


@router.post(BASE + "/finish", access=WRITE, response={204: None})
def finish_group(request: Request, practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Any:
    """It took place and is over, for everybody who was let in."""
    groups.finish(practice_id, appointment_id, by=request.actor)
    return Status(204, None)


@router.post(BASE + "/tickets", access=WRITE, response={201: RoomTicketOut})
def make_group_ticket(request: Request, practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Any:
    """For one socket to the media server's room of this group; ten minutes to open it."""
    try:
        made = groups.ticket(practice_id, appointment_id, by=request.actor)
    except sfu.NoSfu as error:
        raise GroupWithoutServer from error
    return Status(201, {"ticket": made.ticket, "url": made.url, "expires_at": made.expires_at})
