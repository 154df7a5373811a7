"""Endpoints: the instruments a practice has, their terms, and what a person is asked."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import fields
from datetime import timedelta
from typing import Any

import orjson
from django.http import HttpResponse
from ninja import Status

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.api import Access, Request, Router
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import Role
from holdfast.sense.measures import actions, packs, queries, schemas
from holdfast.sense.measures.engine.catalogue import UnknownInstrument, version_key
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.engine.schedule import Rule, RuleError
from holdfast.sense.measures.models import Assignment, InstrumentActivation
from holdfast.sense.measures.prompting.queries import usable
from holdfast.sense.measures.summaries import Adherence, adherence_by_assignment

router = Router(tags=["measures"])
PRACTICE = "/practices/{practice_id}"
ASSIGNMENTS = PRACTICE + "/clients/{client_id}/assignments"
FOUR_WEEKS = timedelta(days=27)  # today is a day of them


def _row(
    latest: Instrument,
    versions: list[str],
    activation: InstrumentActivation | None,
    assigned: dict[str, int] | None,
) -> dict[str, Any]:
    active = bool(activation and activation.active) or not packs.needs_acceptance(latest)
    licence = latest.licence
    return {
        "id": latest.id,
        "title": latest.title,
        "topic": latest.topic,
        "version": latest.version,
        "versions": versions,
        "languages": [{"tag": tag, "status": text.status} for tag, text in latest.texts.items()],
        "items": len(latest.items),
        "acceptance": licence.acceptance,
        "licence": {
            "name": licence.name,
            "notice": licence.notice,
            "source_url": licence.source_url,
        },
        "accepted_at": activation.accepted_terms_at if activation and activation.active else None,
        "active": active,
        "available": active,
        "not_asked": None if assigned is None or active else assigned.get(latest.id, 0),
    }


def _rows(practice_id: uuid.UUID, actor: Actor) -> list[dict[str, Any]]:
    administers = Role.ADMINISTRATOR in actor.roles
    assigned = queries.people_assigned(practice_id, clock.now().date()) if administers else None
    by_id: dict[str, list[Instrument]] = {}
    for one in packs.catalogue():
        by_id.setdefault(one.id, []).append(one)
    activations = packs.activations(practice_id)
    found = []
    for name, versions in by_id.items():
        ordered = sorted(versions, key=lambda one: version_key(one.version))
        names = [one.version for one in ordered]
        found.append(_row(ordered[-1], names, activations.get(name), assigned))
    return found


@router.get(
    PRACTICE + "/instruments",
    access=Access("instrument", "read"),
    response=schemas.InstrumentList,
)
def list_instruments(request: Request, practice_id: uuid.UUID) -> Any:
    """Every instrument of the installation, and whether this practice may use it."""
    return {"items": _rows(practice_id, request.actor)}


# Before the path with a version, which would match these too.
@router.post(
    PRACTICE + "/instruments/{instrument_id}/accept-terms",
    access=Access("instrument_terms", "write"),
    response=schemas.InstrumentRow,
)
def accept_terms(request: Request, practice_id: uuid.UUID, instrument_id: str) -> Any:
    """Accept a questionnaire's licence for the practice, which switches it on."""
    row = actions.accept_terms(
        practice=request.practice, instrument=instrument_id, by=request.actor
    )
    rows = _rows(practice_id, request.actor)
    return next(one for one in rows if one["id"] == row.instrument)


@router.delete(
    PRACTICE + "/instruments/{instrument_id}/accept-terms",
    access=Access("instrument_terms", "write"),
    response={204: None},
)
def withdraw_terms(request: Request, practice_id: uuid.UUID, instrument_id: str) -> Any:
    """Switch the questionnaire off; what was answered stays."""
    actions.withdraw_terms(practice=request.practice, instrument=instrument_id, by=request.actor)
    return Status(204, None)


@router.get(
    PRACTICE + "/instruments/{instrument_id}/{version}", access=Access("instrument", "read")
)
def get_instrument(
    request: Request, practice_id: uuid.UUID, instrument_id: str, version: str
) -> Any:
    """The pack as it was published, with its content hash as the entity tag.

    404 also for one whose terms the practice never accepted.
    """
    try:
        instrument = packs.catalogue().get(instrument_id, version)
    except UnknownInstrument:
        raise NotFound from None
    accepted = packs.activations(practice_id) if packs.needs_acceptance(instrument) else None
    if accepted is not None and instrument.id not in accepted:
        raise NotFound
    tag = f'"{instrument.content_hash}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(
        orjson.dumps(dict(instrument.document)),
        content_type="application/json",
        headers={"ETag": tag, "Cache-Control": "private, no-cache"},
    )


def _assignment(
    row: Assignment, adherence: dict[uuid.UUID, Adherence], asked: Collection[str]
) -> dict[str, Any]:
    try:
        title = packs.catalogue().get(row.instrument).title
        not_asked = None if row.instrument in asked else "terms-withdrawn"
    except UnknownInstrument:
        # A pack that was taken away: its name is all that is left.
        title, not_asked = row.instrument, "gone"
    return {
        "id": row.pk,
        "instrument": row.instrument,
        "title": title,
        "last_28_days": adherence.get(row.pk, Adherence(0, 0)),
        "not_asked": not_asked,
        **{field.name: getattr(row.schedule, field.name) for field in fields(Rule)},
    }


@router.get(ASSIGNMENTS, access=Access("assignment", "read"), response=schemas.AssignmentList)
def list_assignments(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What the person is asked to answer, when, and what became of it in the last four weeks."""
    rows = queries.assignments(practice_id, client_id)
    today = clock.now().date()
    counts = adherence_by_assignment(
        practice_id, [row.pk for row in rows], today - FOUR_WEEKS, today + timedelta(days=1)
    )
    asked = usable([row.instrument for row in rows], practice_id)
    return {"items": [_assignment(row, counts, asked) for row in rows]}


@router.post(
    ASSIGNMENTS, access=Access("assignment", "write"), response={201: schemas.AssignmentOut}
)
def create_assignment(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: schemas.AssignmentIn
) -> Any:
    """Ask the person to answer a questionnaire by a rule in their own dates and times."""
    parts = {field.name: getattr(data, field.name) for field in fields(Rule)}
    try:
        rule = Rule(**parts)
    except RuleError as error:
        raise Invalid(errors=(FieldError(error.field, error.code, error.detail),)) from None
    row = actions.assign(
        client=request.client, instrument=data.instrument, rule=rule, by=request.actor
    )
    return Status(201, _assignment(row, {}, [row.instrument]))


@router.delete(
    ASSIGNMENTS + "/{assignment_id}",
    access=Access("assignment", "write"),
    response={204: None},
)
def cancel_assignment(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, assignment_id: uuid.UUID
) -> Any:
    """Stop asking."""
    actions.cancel_assignment(client=request.client, assignment_id=assignment_id, by=request.actor)
    return Status(204, None)
