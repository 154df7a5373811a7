"""Endpoints behind the page /l: look at what a link is about, and do what it offers.

Both are POST with the token in the body. A scanner that follows the link gets the page and no more:
it neither runs the client nor has its CSRF token, and looking changes nothing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from holdfast.core import clock
from holdfast.core.api import PUBLIC, Router
from holdfast.core.identity import limits
from holdfast.core.instants import Instant
from holdfast.core.links import facade, purposes

router = Router(tags=["links"])

Token = Annotated[str, Field(min_length=1, max_length=100)]


class LinkLook(Schema):
    token: Token


class LinkDeed(Schema):
    token: Token
    action: Annotated[str, Field(max_length=32)]
    version: Annotated[str, Field(max_length=64)]
    starts_at: Instant | None = None


class LinkSlot(Schema):
    starts_at: datetime
    ends_at: datetime


class LinkOut(Schema):
    purpose: str
    state: str
    version: str
    language: str
    zone: str
    starts_at: datetime | None
    ends_at: datetime | None
    with_name: str
    place: str
    actions: list[str]
    slots: list[LinkSlot]


def _limited(request: HttpRequest, token: str) -> None:
    """Per address and per token: a link is opened by hand."""
    limits.consume(request, "link", hashlib.sha256(token.encode()).hexdigest())


@router.post("/links/look", access=PUBLIC, response=LinkOut)
def look(request: HttpRequest, body: LinkLook) -> Any:
    """What the link is about, in neutral words. Changes nothing."""
    _limited(request, body.token)
    now = clock.now()
    claims = facade.opened(body.token, now)
    return purposes.find(claims.purpose).look(claims.subject, now)


@router.post("/links/use", access=PUBLIC, response=LinkOut)
def use(request: HttpRequest, body: LinkDeed) -> Any:
    """Do one of the things that the link offers; answers with what is so then. Done again, it stays
    as it is.
    """
    _limited(request, body.token)
    now = clock.now()
    claims = facade.opened(body.token, now)
    deed = purposes.Deed(body.action, body.version, body.starts_at)
    return purposes.find(claims.purpose).act(claims.subject, deed, now)
