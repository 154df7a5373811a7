"""Shapes of the companion's endpoints."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from holdfast.safety.flags.facade import Monitored
from holdfast.safety.screening.facade import PolicyOut

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class AgeOut(Schema):
    """`minor`: they said so and nobody of their team cleared it; `adult_since`: when one did."""

    minor: bool
    adult_since: datetime | None


class TicketIn(Schema):
    """The language of the conversation, and where the person is now, where not as recorded."""

    language: Language | None = None
    country: Country | None = None


class OfferedFlow(Schema):
    flow: str
    title: str
    offer: str
    minutes: int


class TicketOut(Schema):
    """`why` says why there is no conversation; then there is no ticket."""

    conversation: bool
    why: Literal["minor", "jurisdiction", "screening"] | None
    ticket: str | None
    expires_at: datetime | None
    url: str
    policy: PolicyOut
    flows: list[OfferedFlow]
    model: bool
    model_name: str | None
    monitored: Monitored
    words_agreed: bool


class WorksheetField(Schema):
    """`name` is the step's; `hint` the question that the companion asks there."""

    name: str
    title: str
    hint: str


class Worksheet(Schema):
    """An exercise as a page with titled fields."""

    flow: str
    language: str
    title: str
    offer: str
    fields: list[WorksheetField]


class WorksheetList(Schema):
    items: list[Worksheet]


class PreviewIn(Schema):
    language: Language | None = None


class PreviewOut(Schema):
    ticket: str
    expires_at: datetime
    url: str


class FlowLanguage(Schema):
    """`by` and `at` are empty where nobody has switched it."""

    language: str
    status: Literal["draft", "reviewed"]
    on: bool
    by: str | None
    at: datetime | None


class FlowRow(Schema):
    flow: str
    title: str
    offer: str
    minutes: int
    version: int
    languages: list[FlowLanguage]
    open_comments: int


class FlowList(Schema):
    items: list[FlowRow]


class FlowSource(Schema):
    key: str
    cite: str
    doi: str | None


class FlowReply(Schema):
    code: str
    label: str


class FlowWay(Schema):
    """`when` is empty for the way that is always open."""

    when: str | None
    to: str


class FlowStep(Schema):
    name: str
    label: str
    say: list[str]
    explain: str | None
    after: list[str]
    answer: str | None
    replies: list[FlowReply]
    summary: list[str]
    source: str | None
    next: list[FlowWay]


class CommentOut(Schema):
    id: uuid.UUID
    flow: str
    version: int
    language: str
    step: str | None
    text: str
    by: str | None
    at: datetime
    resolved_at: datetime | None


class FlowPage(Schema):
    """`map` is a Mermaid diagram of the steps and the ways between them."""

    flow: str
    language: str
    version: int
    title: str
    offer: str
    minutes: int
    status: Literal["draft", "reviewed"]
    reviewed_by: str | None
    languages: list[FlowLanguage]
    sources: list[FlowSource]
    steps: list[FlowStep]
    map: str
    comments: list[CommentOut]


class SwitchIn(Schema):
    on: bool


class CommentIn(Schema):
    language: Language
    step: Annotated[str, Field(max_length=40)] | None = None
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class ModelOut(Schema):
    """The key itself is never shown again."""

    on: bool
    url: str
    name: str
    has_key: bool
    requests_a_day: int
    tokens_a_day: int


class ModelIn(Schema):
    """`key`: null leaves it as it is, empty takes it away."""

    on: bool
    url: Annotated[str, Field(max_length=500)] = ""
    # As endpoints name models; what is written down of its answers holds it.
    name: Annotated[str, Field(max_length=200, pattern=r"^([A-Za-z0-9][A-Za-z0-9_.:+/@-]*)?$")] = ""
    key: Annotated[str, Field(max_length=1000)] | None = None
    requests_a_day: Annotated[int, Field(ge=0, le=1_000_000)] = 500
    tokens_a_day: Annotated[int, Field(ge=0, le=1_000_000_000)] = 200_000
