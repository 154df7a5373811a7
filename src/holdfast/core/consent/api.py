"""Endpoints: the words that are shown for each purpose, and a person's decisions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema, Status
from pydantic import Field

from holdfast.core.api import PUBLIC, Access, Request, Router
from holdfast.core.consent import actions, texts
from holdfast.core.consent.models import Consent, ConsentText
from holdfast.core.problems import NotFound

router = Router(tags=["consent"])

Purpose = Literal[
    "care_team",
    "screening",
    "message_screening",
    "crisis_contact",
    "crisis_words",
    "research",
    "model_endpoint",
]

BASE = "/practices/{practice_id}/clients/{client_id}/consents"


class TextOut(Schema):
    """`sha256` is sent with the decision. `status` is `draft` until somebody reviewed the words."""

    purpose: Purpose
    version: str
    language: str
    title: str
    text: list[str]
    withdrawing: str
    status: Literal["draft", "reviewed"]
    sha256: str


class TextList(Schema):
    items: list[TextOut]


class ConsentIn(Schema):
    """`text_sha256` is that of the words that were shown; `language` is the language of those."""

    purpose: Purpose
    language: Annotated[str, Field(max_length=16)] = ""
    text_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


class ConsentOut(Schema):
    id: uuid.UUID
    purpose: Purpose
    version: str
    language: str
    text_sha256: str
    given_at: datetime
    withdrawn_at: datetime | None


class ConsentList(Schema):
    items: list[ConsentOut]
    next: str | None


class ShownOut(Schema):
    """What the person had before their eyes: a title and paragraphs. Empty where that was before
    words were kept.
    """

    paragraphs: list[str]


@router.get("/consent-texts", access=PUBLIC, response=TextList)
def consent_texts(
    request: Request, language: Annotated[str, Field(max_length=16)] = ""
) -> dict[str, Any]:
    """The newest words of each purpose, in a language or in English. No SQL statement."""
    return {"items": [texts.current(one, language) for one in texts.PURPOSES]}


@router.get(BASE, access=Access("consent", "read"), response=ConsentList)
def consents(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """Every decision, newest first. One SQL statement."""
    rows = Consent.objects.filter(practice_id=practice_id, client=request.client)
    return {"items": list(rows.order_by("-given_at", "-id")), "next": None}


@router.get(BASE + "/{consent_id}/text", access=Access("consent", "read"), response=ShownOut)
def shown(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, consent_id: uuid.UUID
) -> dict[str, Any]:
    """The exact words of a decision. Two SQL statements."""
    consent = _of_client(request, consent_id)
    kept = ConsentText.objects.filter(pk=consent.text_sha256).first()
    return {"paragraphs": kept.text.split("\n\n") if kept else []}


@router.post(BASE, access=Access("consent", "write"), response={201: ConsentOut})
def give(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: ConsentIn
) -> Status[Consent]:
    """Giving what stands already changes nothing. 409 `consent-text-changed` when the words that
    were shown are not the newest: show those, then ask again.
    """
    given = actions.give(
        request.client,
        body.purpose,
        by=request.actor,
        language=body.language,
        shown=body.text_sha256,
    )
    return Status(201, given)


@router.delete(BASE + "/{consent_id}", access=Access("consent", "write"), response={204: None})
def withdraw(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, consent_id: uuid.UUID
) -> Status[None]:
    """Takes effect at once, for every version of that purpose; the record of it stays."""
    actions.withdraw(_of_client(request, consent_id), by=request.actor)
    return Status(204, None)


def _of_client(request: Request, consent_id: uuid.UUID) -> Consent:
    found = Consent.objects.filter(
        practice_id=request.client.practice_id, client=request.client, pk=consent_id
    ).first()
    if found is None:
        raise NotFound
    return found
