"""Endpoints: consents of a person."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema, Status
from pydantic import Field

from holdfast.core.api import Access, Request, Router
from holdfast.core.consent import actions
from holdfast.core.consent.models import Consent
from holdfast.core.problems import NotFound

router = Router(tags=["consent"])

Purpose = Literal["care_team", "research", "crisis_contact", "model_endpoint"]

BASE = "/practices/{practice_id}/clients/{client_id}/consents"


class ConsentIn(Schema):
    purpose: Purpose
    version: Annotated[str, Field(min_length=1, max_length=16)] = "1"


class ConsentOut(Schema):
    id: uuid.UUID
    purpose: Purpose
    version: str
    given_at: datetime
    withdrawn_at: datetime | None


class ConsentList(Schema):
    items: list[ConsentOut]
    next: str | None


@router.get(BASE, access=Access("consent", "read"), response=ConsentList)
def consents(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """Every decision, newest first. One SQL statement."""
    rows = Consent.objects.filter(practice=request.practice, client=request.client)
    return {"items": list(rows.order_by("-given_at", "-id")), "next": None}


@router.post(BASE, access=Access("consent", "write"), response={201: ConsentOut})
def give(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: ConsentIn
) -> Status[Consent]:
    """Giving what stands already changes nothing."""
    given = actions.give(request.client, body.purpose, version=body.version, by=request.actor)
    return Status(201, given)


@router.delete(BASE + "/{consent_id}", access=Access("consent", "write"), response={204: None})
def withdraw(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, consent_id: uuid.UUID
) -> Status[None]:
    """Takes effect at once; the record of it stays."""
    consent = Consent.objects.filter(
        practice=request.practice, client=request.client, pk=consent_id
    ).first()
    if consent is None:
        raise NotFound
    actions.withdraw(consent, by=request.actor)
    return Status(204, None)
