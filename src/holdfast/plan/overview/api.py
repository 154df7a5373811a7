"""Endpoints: the caseload and the person's page."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.core.instants import Instant
from holdfast.core.problems import FieldError, Invalid
from holdfast.meet.encounters.facade import EncounterView
from holdfast.meet.notes.facade import LastPlan
from holdfast.plan.overview.caseload import Page, Row, caseload
from holdfast.plan.overview.day import SinceLine, since_lines
from holdfast.plan.overview.engine import Filter, Sort
from holdfast.plan.overview.facts import note_facts
from holdfast.plan.overview.person import MissedDelivery, ScoreChange, overview
from holdfast.safety.flags.facade import FlagStatus
from holdfast.sense.measures.facade import Adherence, EventView, MedicationView, Series

router = Router(tags=["overview"])


class CaseloadOut(Schema):
    items: list[Row]
    next: str | None
    total: int


class SinceOut(Schema):
    items: list[SinceLine]


#: An agenda is read by the day or the week; a month holds both.
WIDEST = timedelta(days=31)


class OverviewClient(Schema):
    """Who the page is about; contact details are under the client's own address."""

    id: uuid.UUID
    display_name: str
    country: str
    language: str
    time_zone: str
    sex: str | None
    reachable: bool
    has_account: bool
    synthetic: bool


class OverviewOut(Schema):
    client: OverviewClient
    since: datetime | None
    scores: list[ScoreChange]
    flags: list[FlagStatus]
    adherence: Adherence
    missed_deliveries: list[MissedDelivery]
    events: list[EventView]
    series: list[Series]
    medications: list[MedicationView]
    encounters: list[EncounterView]


@router.get(
    "/practices/{practice_id}/caseload",
    access=Access("caseload", "read"),
    response=CaseloadOut,
)
def list_caseload(
    request: Request,
    practice_id: uuid.UUID,
    sort: Sort = "attention",
    filter: Filter = "",  # noqa: A002 (the name in the address)
    cursor: str | None = None,
) -> Any:
    """Everybody the signed-in clinician answers for; by default what needs a human first."""
    return _shown(
        request.actor,
        caseload(request.actor, sort=sort, wanted=filter, q="", cursor=cursor, now=clock.now()),
    )


class CaseloadSearch(Schema):
    """What is looked for. A name belongs in a body: addresses end in logs and histories."""

    q: Annotated[str, Field(max_length=100)]
    sort: Sort = "attention"
    filter: Filter = ""
    cursor: str | None = None


@router.post(
    "/practices/{practice_id}/caseload/search",
    access=Access("caseload", "read"),
    response=CaseloadOut,
)
def search_caseload(request: Request, practice_id: uuid.UUID, data: CaseloadSearch) -> Any:
    """Those of the caseload whose name holds the text, in any case."""
    found = caseload(
        request.actor,
        sort=data.sort,
        wanted=data.filter,
        q=data.q,
        cursor=data.cursor,
        now=clock.now(),
    )
    return _shown(request.actor, found)


def _shown(actor: Actor, found: Page) -> Page:
    note_list("caseload", by=actor, people=(row.client_id for row in found.items))
    return found


@router.get(
    "/practices/{practice_id}/agenda/since",
    access=Access("agenda", "read"),
    response=SinceOut,
)
def agenda_since(request: Request, practice_id: uuid.UUID, since: Instant, until: Instant) -> Any:
    """What became of each person of one's agenda since the last meeting, of those who share it:
    six SQL statements however many, one more for a supervisor.
    """
    if not timedelta(0) < until - since <= WIDEST:
        detail = f"From `since` to `until` more than nothing and at most {WIDEST.days} days."
        raise Invalid(errors=(FieldError("until", "window", detail),))
    found = since_lines(request.actor, since, until, clock.now())
    note_list("caseload", by=request.actor, people=(one.client_id for one in found))
    return {"items": found}


@router.get(
    "/practices/{practice_id}/clients/{client_id}/overview",
    access=Access("overview", "read"),
    response=OverviewOut,
)
def person_overview(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What changed since the last finished encounter, with the whole course."""
    client = request.client
    found = overview(client, clock.now())
    return {
        "client": {
            "id": client.pk,
            "display_name": client.display_name,
            "country": client.country,
            "language": client.language,
            "time_zone": client.time_zone,
            "sex": client.sex or None,
            "reachable": client.reachable,
            "has_account": client.user_id is not None,
            "synthetic": client.synthetic,
        },
        "since": found.since,
        "scores": found.scores,
        "flags": found.flags,
        "adherence": found.adherence,
        "missed_deliveries": found.missed_deliveries,
        "events": found.progress.events,
        "series": found.progress.series,
        "medications": found.medications,
        "encounters": found.encounters,
    }


class NoteFactsOut(Schema):
    """What a note may begin with; see `plan.overview.facts`."""

    visit: EncounterView | None
    since: datetime | None
    scores: list[ScoreChange]
    answers: Adherence
    events: list[EventView]
    medications: list[MedicationView]
    plan: LastPlan | None


@router.get(
    "/practices/{practice_id}/clients/{client_id}/note-facts",
    access=Access("note_facts", "read"),
    response=NoteFactsOut,
)
def facts_for_note(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    encounter: uuid.UUID | None = None,
) -> Any:
    """Facts of a visit, what the person shares with their team, and what was planned last."""
    return note_facts(request.client, encounter, clock.now())
