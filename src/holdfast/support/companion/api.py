"""Endpoints: tickets, and a practice's settings of the companion."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.conf import settings
from ninja import Query, Status

from holdfast.core.api import Access, Request, Router
from holdfast.safety.screening import facade as screening
from holdfast.support.companion import actions, flows, issuing, queries, schemas, worksheets

router = Router(tags=["companion"])
PRACTICE = "/practices/{practice_id}"
PERSON = PRACTICE + "/clients/{client_id}"
COMPANION = PRACTICE + "/companion"
FLOWS = COMPANION + "/flows"
READ, WRITE = Access("companion_flow", "read"), Access("companion_flow", "write")

Language = Annotated[str, Query(max_length=16)]


@router.post(
    PERSON + "/companion/tickets",
    access=Access("companion", "write"),
    response={201: schemas.TicketOut},
)
def issue_ticket(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: schemas.TicketIn
) -> Any:
    """A ticket for a conversation, good for ten minutes, with what the person is to see first; or
    why there is no conversation.
    """
    found = issuing.issue(
        request.client,
        request.practice,
        language=body.language,
        country=body.country,
        by=request.actor,
    )
    return Status(201, found)


@router.get(
    PERSON + "/companion/adult",
    access=Access("companion_adult", "read"),
    response=schemas.AgeOut,
)
def get_age_said(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Whether the person said that they are under 18, so that conversations are off."""
    age = screening.age_said(request.client)
    return {"minor": age.minor, "adult_since": age.adult_since}


@router.post(
    PERSON + "/companion/adult",
    access=Access("companion_adult", "write"),
    response={204: None},
)
def confirm_adult(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """The person is 18 or over after all: conversations are on again."""
    screening.clear_minor(request.client, by=request.actor)
    return Status(204, None)


@router.post(COMPANION + "/previews", access=WRITE, response={201: schemas.PreviewOut})
def preview(request: Request, practice_id: uuid.UUID, body: schemas.PreviewIn) -> Any:
    """A ticket to try the companion with, drafts included; nothing is reported."""
    ticket = issuing.preview(request.practice, language=body.language, by=request.actor)
    found = {"ticket": ticket.sealed, "expires_at": ticket.expires_at}
    return Status(201, found | {"url": settings.LIVE_ORIGIN})


@router.get(
    COMPANION + "/worksheets",
    access=Access("companion_worksheet", "read"),
    response=schemas.WorksheetList,
)
def list_worksheets(request: Request, practice_id: uuid.UUID, language: Language = "en") -> Any:
    """The exercises that are on in the practice, as pages to be filled in together in a visit."""
    return {"items": worksheets.on_offer(practice_id, language)}


@router.get(FLOWS, access=READ, response=schemas.FlowList)
def list_flows(request: Request, practice_id: uuid.UUID, language: Language = "en") -> Any:
    """Every flow, in which languages it is on, and how many comments are open."""
    return {"items": flows.rows(practice_id, language)}


@router.get(FLOWS + "/{flow}", access=READ, response=schemas.FlowPage)
def get_flow(request: Request, practice_id: uuid.UUID, flow: str, language: Language = "en") -> Any:
    """One flow with its texts, its sources, its map and what was said of it."""
    return flows.page(practice_id, flow, language)


@router.put(FLOWS + "/{flow}/languages/{language}", access=WRITE, response=schemas.FlowRow)
def switch_flow(
    request: Request, practice_id: uuid.UUID, flow: str, language: str, body: schemas.SwitchIn
) -> Any:
    """Switch a flow on or off in one language."""
    actions.switch(request.practice, flow=flow, language=language, on=body.on, by=request.actor)
    return flows.rows(practice_id, language, only=flow)[0]


@router.post(FLOWS + "/{flow}/comments", access=WRITE, response={201: schemas.CommentOut})
def comment_flow(
    request: Request, practice_id: uuid.UUID, flow: str, body: schemas.CommentIn
) -> Any:
    """Say something of a flow, or of one of its steps."""
    row = actions.comment(request.practice, flow=flow, **body.dict(), by=request.actor)
    return Status(201, flows.comment_out(row))


@router.post(
    COMPANION + "/comments/{comment_id}/resolve", access=WRITE, response=schemas.CommentOut
)
def resolve_comment(request: Request, practice_id: uuid.UUID, comment_id: uuid.UUID) -> Any:
    """A comment is dealt with."""
    return flows.comment_out(actions.resolve(request.practice, comment_id, by=request.actor))


@router.get(
    COMPANION + "/model", access=Access("companion_model", "read"), response=schemas.ModelOut
)
def get_model(request: Request, practice_id: uuid.UUID) -> Any:
    """The language model that the practice chose, without its key."""
    return queries.model(practice_id)


@router.put(
    COMPANION + "/model", access=Access("companion_model", "write"), response=schemas.ModelOut
)
def put_model(request: Request, practice_id: uuid.UUID, body: schemas.ModelIn) -> Any:
    """Choose the practice's language model. 409 `model-incomplete` without address or name."""
    actions.choose_model(request.practice, **body.dict(), by=request.actor)
    return queries.model(practice_id)
