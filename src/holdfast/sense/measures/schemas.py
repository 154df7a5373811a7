"""Shapes of the measures' endpoints."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    StringConstraints,
    Tag,
    model_validator,
)

from holdfast.core.instants import Instant
from holdfast.safety.flags.facade import FlagStatus, Monitored
from holdfast.sense.measures import entries
from holdfast.sense.measures.engine.instrument import Level
from holdfast.sense.measures.engine.schedule import MOST_REMINDERS, When
from holdfast.sense.measures.progress import Series
from holdfast.sense.measures.prompting.queries import PromptView
from holdfast.sense.measures.queries import EventKind, EventView, MedicationView
from holdfast.sense.measures.submission import Submission
from holdfast.sense.measures.summaries import Adherence

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Language = Annotated[str, StringConstraints(min_length=2, max_length=16)]
Answer = int | float | Annotated[str, StringConstraints(max_length=32)] | None


class ResponseIn(Schema):
    id: uuid.UUID
    instrument: Code
    version: Annotated[str, StringConstraints(max_length=32)]
    language: Language
    answers: Annotated[dict[Code, Answer], Field(max_length=500)]
    answered_at: Instant
    started_at: Instant | None = None
    time_zone: Code
    parent: uuid.UUID | None = None
    prompt_id: uuid.UUID | None = None
    schema_version: Literal[1] = Field(alias="schema")

    def submission(self) -> Submission:
        """The same, without its form."""
        return Submission(**{one.name: getattr(self, one.name) for one in fields(Submission)})


class UnreadIn(BaseModel):
    """An entry of a form that is newer than this server; whatever else it says is kept."""

    model_config = ConfigDict(extra="allow")

    id: uuid.UUID
    schema_version: Annotated[int, Field(alias="schema", ge=1, le=9999)]

    def as_came(self) -> dict[str, Any]:
        return {"id": str(self.id), "schema": self.schema_version, **(self.model_extra or {})}


def _form(entry: object) -> str:
    return "newer" if isinstance(entry, UnreadIn) or entries.is_newer(entry) else "known"


class HandedIn(
    RootModel[
        Annotated[
            Annotated[ResponseIn, Tag("known")] | Annotated[UnreadIn, Tag("newer")],
            Discriminator(_form),
        ]
    ]
):
    """A response in any form that was ever released, or one newer than this server."""

    @model_validator(mode="before")
    @classmethod
    def _convert(cls, entry: object) -> object:
        return entries.converted(entry)


class AlertOut(Schema):
    code: str
    level: Level
    item: str | None
    scale: str | None
    reason: str
    follow_up: str | None


class ReceiptOut(Schema):
    id: uuid.UUID
    scores: dict[str, float | None]
    band: str | None
    missing: list[str]
    alerts: list[AlertOut]
    answered_at: datetime
    received_at: datetime
    flag: FlagStatus | None


class ResponseRow(Schema):
    id: uuid.UUID
    instrument: str
    version: str
    language: str
    answered_at: datetime
    received_at: datetime
    local_date: date
    scores: dict[str, float | None]
    band: str | None
    missing: list[str]
    historical: bool
    source: Literal["app", "import", "clinician"]
    parent: uuid.UUID | None


class ResponseList(Schema):
    items: list[ResponseRow]
    next: str | None


class ResponseDetail(ResponseRow):
    answers: dict[str, int | float | None]
    alerts: list[AlertOut]
    claimed_at: datetime | None
    started_at: datetime | None
    time_zone: str


class PromptList(Schema):
    items: list[PromptView]


class TodayOut(Schema):
    #: By the server's clock, so that a device whose clock is wrong still knows what is open.
    now: datetime
    due: list[PromptView]
    upcoming: list[PromptView]
    open_flags: list[FlagStatus]
    monitored: Monitored


class RuleIn(Schema):
    """When to ask: local dates and times, windows and reminders in minutes."""

    when: When
    starts_on: date
    ends_on: date | None = None
    window_minutes: int | None = None
    reminders: Annotated[tuple[int, ...], Field(max_length=MOST_REMINDERS)] = ()
    snoozes: int = 0
    snooze_minutes: int = 15


class AssignmentIn(RuleIn):
    instrument: Code


class AssignmentOut(RuleIn):
    id: uuid.UUID
    instrument: str
    title: str
    last_28_days: Adherence
    #: Why it is not asked although it is assigned: the practice took its acceptance of the terms
    #: back, or the questionnaire is no longer here.
    not_asked: Literal["terms-withdrawn", "gone"] | None


class AssignmentList(Schema):
    items: list[AssignmentOut]


class LanguageOut(Schema):
    tag: str
    status: Literal["official", "verified", "draft"]


class LicenceOut(Schema):
    name: str
    notice: str | None
    source_url: str | None


class InstrumentRow(Schema):
    id: str
    title: str
    topic: str
    version: str
    versions: list[str]
    languages: list[LanguageOut]
    items: int
    acceptance: Literal["none", "practice"]
    licence: LicenceOut
    accepted_at: datetime | None
    active: bool
    available: bool
    #: For administrators: how many people are assigned it and not asked, as its terms do not stand.
    not_asked: int | None


class InstrumentList(Schema):
    items: list[InstrumentRow]


Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Unit = Annotated[str, StringConstraints(max_length=32)]


class EventIn(Schema):
    kind: EventKind
    label: Label
    at: Instant
    end: Instant | None = None
    dose: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    unit: Unit | None = None
    medication_id: uuid.UUID | None = None


class EventChange(Schema):
    kind: EventKind | None = None
    label: Label | None = None
    at: Instant | None = None
    end: Instant | None = None
    dose: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    unit: Unit | None = None


class EventList(Schema):
    items: list[EventView]


class MedicationIn(Schema):
    name: Label
    dose: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    unit: Unit | None = None
    frequency: Annotated[str, StringConstraints(max_length=64)] | None = None
    started_on: date | None = None
    ended_on: date | None = None


class MedicationChange(Schema):
    name: Label | None = None
    dose: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    unit: Unit | None = None
    frequency: Annotated[str, StringConstraints(max_length=64)] | None = None
    started_on: date | None = None
    ended_on: date | None = None


class MedicationList(Schema):
    items: list[MedicationView]


class ProgressOut(Schema):
    series: list[Series]
    events: list[EventView]
