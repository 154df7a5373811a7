"""Endpoints: a client's meetings."""

from __future__ import annotations

import uuid
from typing import Any

import ninja
from ninja import Schema

from holdfast.core.api import Access, Request, Router
from holdfast.core.instants import Instant
from holdfast.meet.encounters import actions, queries
from holdfast.meet.encounters.facade import EncounterView, Medium, Settled, view

router = Router(tags=["encounters"])
BASE = "/practices/{practice_id}/clients/{client_id}/encounters"


class EncounterList(Schema):
    items: list[EncounterView]


class NewEncounter(Schema):
    starts_at: Instant
    ended_at: Instant | None = None
    status: Settled
    medium: Medium = "in_person"


class EncounterChange(Schema):
    starts_at: Instant | None = None
    ended_at: Instant | None = None
    status: Settled | None = None
    medium: Medium | None = None


@router.get(BASE, access=Access("encounter", "read"), response=EncounterList)
def list_encounters(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Meetings with this client, newest first."""
    return {"items": [view(row) for row in queries.of_client(practice_id, client_id)]}


@router.post(BASE, access=Access("encounter", "write"), response={201: EncounterView})
def create_encounter(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: NewEncounter
) -> Any:
    """Record a meeting that took place, or plan one."""
    encounter = actions.record_encounter(request.client, **data.dict(), by=request.actor)
    return ninja.Status(201, view(encounter))


@router.patch(BASE + "/{encounter_id}", access=Access("encounter", "write"), response=EncounterView)
def change_encounter(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    encounter_id: uuid.UUID,
    data: EncounterChange,
) -> Any:
    """Change, finish or cancel a meeting."""
    changes = data.dict(exclude_unset=True)
    return view(actions.change_encounter(request.client, encounter_id, **changes, by=request.actor))
