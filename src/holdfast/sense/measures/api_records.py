"""Endpoints: life events, medications, and a copy of everything to take away."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from django.http import HttpResponseBase
from ninja import Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.actions import record
from holdfast.sense.measures import actions, export, queries, schemas
from holdfast.sense.measures.queries import EventView, MedicationView

router = Router(tags=["measures"])
PERSON = "/practices/{practice_id}/clients/{client_id}"
EVENTS = PERSON + "/events"
MEDICATIONS = PERSON + "/medications"


@router.get(EVENTS, access=Access("life_event", "read"), response=schemas.EventList)
def list_events(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What happened in the person's life, oldest first."""
    rows = queries.life_events(practice_id, client_id)
    return {"items": [queries.event_view(row) for row in rows]}


@router.post(EVENTS, access=Access("life_event", "write"), response={201: EventView})
def create_event(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: schemas.EventIn
) -> Any:
    """Put something on the time axis."""
    row = actions.add_life_event(client=request.client, **data.dict(), by=request.actor)
    return Status(201, queries.event_view(row))


@router.patch(EVENTS + "/{event_id}", access=Access("life_event", "write"), response=EventView)
def change_event(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    event_id: uuid.UUID,
    data: schemas.EventChange,
) -> Any:
    """Change what is named and leave the rest."""
    row = actions.change_life_event(
        client=request.client,
        event_id=event_id,
        changes=data.dict(exclude_unset=True),
        by=request.actor,
    )
    return queries.event_view(row)


@router.delete(EVENTS + "/{event_id}", access=Access("life_event", "write"), response={204: None})
def remove_event(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, event_id: uuid.UUID
) -> Any:
    """Take it off the time axis."""
    actions.remove_life_event(client=request.client, event_id=event_id, by=request.actor)
    return Status(204, None)


@router.get(MEDICATIONS, access=Access("medication", "read"), response=schemas.MedicationList)
def list_medications(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What the person takes or took, present ones first."""
    rows = queries.medications(practice_id, client_id)
    return {"items": [queries.medication_view(row) for row in rows]}


@router.post(MEDICATIONS, access=Access("medication", "write"), response={201: MedicationView})
def create_medication(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: schemas.MedicationIn
) -> Any:
    """Add a medication."""
    row = actions.add_medication(client=request.client, **data.dict(), by=request.actor)
    return Status(201, queries.medication_view(row))


@router.patch(
    MEDICATIONS + "/{medication_id}",
    access=Access("medication", "write"),
    response=MedicationView,
)
def change_medication(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    medication_id: uuid.UUID,
    data: schemas.MedicationChange,
) -> Any:
    """Change what is named and leave the rest."""
    row = actions.change_medication(
        client=request.client,
        medication_id=medication_id,
        changes=data.dict(exclude_unset=True),
        by=request.actor,
    )
    return queries.medication_view(row)


@router.delete(
    MEDICATIONS + "/{medication_id}", access=Access("medication", "write"), response={204: None}
)
def remove_medication(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, medication_id: uuid.UUID
) -> Any:
    """Take it off the list."""
    actions.remove_medication(client=request.client, medication_id=medication_id, by=request.actor)
    return Status(204, None)


@router.get(PERSON + "/export", access=Access("export", "read"))
def export_record(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    format: Literal["fhir", "csv"] = "fhir",  # noqa: A002
) -> HttpResponseBase:
    """Everything measured, as a FHIR R4 bundle or as a zip of CSV files."""
    record(
        "export",
        "export",
        by=request.actor,
        client_id=client_id,
        detail={"format": format},
    )
    return export.response(request.client, format, clock.now())
