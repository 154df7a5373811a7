"""Endpoints: how many people somebody treats, and how many they want to."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.meet.matching import capacity

router = Router(tags=["matching"])
PATH = "/practices/{practice_id}/capacity"


class CapacityRow(Schema):
    """`capacity` is empty where somebody has not said."""

    membership_id: uuid.UUID
    name: str
    people: int
    capacity: int | None
    listed: bool


class CapacitiesOut(Schema):
    items: list[CapacityRow]


class CapacityIn(Schema):
    capacity: Annotated[int, Field(ge=0, le=1000)]


@router.get(PATH, access=Access("capacity", "read"), response=CapacitiesOut)
def rooms(request: Request, practice_id: uuid.UUID) -> Any:
    """One's own; for an administrator everybody's. Two SQL statements."""
    today = clock.now().date()
    return {"items": capacity.rooms(practice_id, by=request.actor, today=today)}


@router.put(PATH, access=Access("capacity", "write"), response=CapacitiesOut)
def say(request: Request, practice_id: uuid.UUID, body: CapacityIn) -> Any:
    """How many people one wants to treat; suggestions heed it at once."""
    capacity.say(practice_id, body.capacity, by=request.actor)
    today = clock.now().date()
    return {"items": capacity.rooms(practice_id, by=request.actor, today=today)}
