"""The endpoint that gives tickets for live news."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from ninja import Schema, Status
from pydantic import Field, StringConstraints

from holdfast.core.api import Access, Request, Router
from holdfast.core.fanout import issuing, wire
from holdfast.core.instants import Instant

router = Router(tags=["live"])

Topic = Annotated[str, StringConstraints(max_length=64)]


class TopicTicketIn(Schema):
    """Topics read `kind:uuid`."""

    topics: list[Topic] = Field(max_length=wire.MOST_TOPICS)


class TopicTicketOut(Schema):
    """What the socket is opened with, and the topics that were allowed."""

    ticket: str
    url: str
    expires_at: Instant
    topics: dict[str, Literal["r", "rw"]]


@router.post(
    "/practices/{practice_id}/topic-tickets",
    access=Access("topic", "write"),
    response={201: TopicTicketOut},
)
def issue_topic_ticket(request: Request, practice_id: uuid.UUID, body: TopicTicketIn) -> Any:
    """A ticket to follow topics with, good for ten minutes. One that is not allowed is left out."""
    return Status(201, issuing.issue(request.actor, practice_id, body.topics))
