"""Endpoints: what a clinician's caseload is, by name alone, and handing it over."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from holdfast.core.api import Access, Request, Router
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy import actions, handing_over
from holdfast.core.tenancy.models import CareTeamMember

router = Router(tags=["people"])

PATH = "/practices/{practice_id}/people/{membership_id}/hand-over"


class PlaceOut(Schema):
    """One person of the caseload, by name: nothing of anybody's health stands here."""

    client_id: uuid.UUID
    display_name: str
    purpose: CareTeamMember.Purpose
    primary: bool
    starts_on: date
    ends_on: date | None


class CaseloadToHandOver(Schema):
    """`on_call`: their turn, 1 is first; empty where they have none."""

    people: list[PlaceOut]
    on_call: int | None


class PassedElsewhere(Schema):
    client_id: uuid.UUID
    to: uuid.UUID


class HandOverIn(Schema):
    """`to` takes over all that `people` does not give to somebody else."""

    to: uuid.UUID
    people: Annotated[list[PassedElsewhere], Field(max_length=10_000)] = []


class HandedOver(Schema):
    clients: int
    on_call: bool


@router.get(PATH, access=Access("handing_over", "read"), response=CaseloadToHandOver)
def what_passes(
    request: Request, practice_id: uuid.UUID, membership_id: uuid.UUID
) -> dict[str, Any]:
    """Whom somebody cares for, today and from a later day, and their turn on call."""
    member = actions.staff_member(request.practice, membership_id)
    found = handing_over.caseload_of(member)
    people = [
        {
            "client_id": place.client_id,
            "display_name": place.client.display_name,
            "purpose": place.purpose,
            "primary": place.primary,
            "starts_on": place.starts_on,
            "ends_on": place.ends_on,
        }
        for place in found.places
    ]
    return {"people": people, "on_call": found.on_call}


@router.post(PATH, access=Access("people", "write"), response=HandedOver)
def hand_over(
    request: Request, practice_id: uuid.UUID, membership_id: uuid.UUID, body: HandOverIn
) -> handing_over.HandedOver:
    """All that somebody cares for, their open flags and their turn on call pass to colleagues."""
    member = actions.staff_member(request.practice, membership_id)
    others = {each.client_id: each.to for each in body.people}
    if len(others) != len(body.people):
        raise Invalid(errors=(FieldError("people", "twice", "Each person once."),))
    return handing_over.hand_over(member, body.to, others, by=request.actor)
