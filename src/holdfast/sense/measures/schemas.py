"""Shapes of the measures' endpoints."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field, StringConstraints

from holdfast.safety.flags.facade import FlagStatus, Monitored

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Language = Annotated[str, StringConstraints(min_length=2, max_length=16)]
Answer = int | float | Annotated[str, StringConstraints(max_length=32)] | None
Level = Literal["none", "watch", "concern", "urgent", "emergency"]


class ResponseIn(Schema):
    id: uuid.UUID
    instrument: Code
    version: Annotated[str, StringConstraints(max_length=32)]
    language: Language
    answers: Annotated[dict[Code, Answer], Field(max_length=500)]
    answered_at: AwareDatetime
    started_at: AwareDatetime | None = None
    time_zone: Code
    parent: uuid.UUID | None = None
    schema_version: Literal[1] = Field(alias="schema")


class AlertOut(Schema):
    code: str
    level: Level
    item: str | None = None
    scale: str | None = None
    reason: str = ""
    follow_up: str | None = None


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
    source: str
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


class DueOut(Schema):
    assignment_id: uuid.UUID
    instrument: str
    version: str
    title: str
    due_on: date
    items: int


class TodayOut(Schema):
    """`next_encounter` is left to the encounters' own endpoint and always empty here."""

    due: list[DueOut]
    open_flags: list[FlagStatus]
    next_encounter: None = None
    monitored: Monitored


class AssignmentIn(Schema):
    instrument: Code
    every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    starts_on: date
    ends_on: date | None = None


class AssignmentOut(Schema):
    id: uuid.UUID
    instrument: str
    title: str
    every_days: int | None
    starts_on: date
    ends_on: date | None


class AssignmentList(Schema):
    items: list[AssignmentOut]


class LanguageOut(Schema):
    tag: str
    status: str


class InstrumentRow(Schema):
    id: str
    title: str
    topic: str
    version: str
    versions: list[str]
    languages: list[LanguageOut]
    items: int
    acceptance: Literal["none", "practice"]
    licence: dict[str, Any]
    accepted_at: datetime | None
    active: bool
    available: bool


class InstrumentList(Schema):
    items: list[InstrumentRow]


Kind = Literal["life", "medication", "treatment", "meeting"]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Unit = Annotated[str, StringConstraints(max_length=32)]


class EventIn(Schema):
    kind: Kind
    label: Label
    at: AwareDatetime
    end: AwareDatetime | None = None
    dose: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    unit: Unit | None = None
    medication_id: uuid.UUID | None = None


class EventChange(Schema):
    kind: Kind | None = None
    label: Label | None = None
    at: AwareDatetime | None = None
    end: AwareDatetime | None = None
    dose: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    unit: Unit | None = None


class EventOut(Schema):
    id: uuid.UUID
    kind: str
    label: str
    at: datetime
    end: datetime | None
    dose: float | None
    unit: str | None
    medication_id: uuid.UUID | None


class EventList(Schema):
    items: list[EventOut]


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


class MedicationOut(Schema):
    id: uuid.UUID
    name: str
    dose: float | None
    unit: str | None
    frequency: str | None
    started_on: date | None
    ended_on: date | None


class MedicationList(Schema):
    items: list[MedicationOut]


class BandOut(Schema):
    id: str
    min: float
    max: float


class PointOut(Schema):
    response_id: uuid.UUID
    at: datetime
    value: float
    band: str | None
    historical: bool


class ChangeOut(Schema):
    """The newest score against the first. `basis`: published-points, index or no-figures."""

    first: float
    now: float
    points: float
    index: float | None
    reliable_points: float | None
    verdict: Literal["improved", "unchanged", "deteriorated", "insufficient"]
    basis: str


class ChangePointOut(Schema):
    at: datetime
    first_after: datetime
    level_before: float
    level_after: float
    earliest: datetime
    latest: datetime


class TrendOut(Schema):
    """Points per week, robustly (Theil and Sen), with a 95 % interval."""

    per_week: float
    low: float
    high: float
    n: int


class SeriesOut(Schema):
    instrument: str
    version: str
    scale: str
    main: bool
    title: str
    direction: Literal["lower", "higher", "none"]
    range: tuple[float, float]
    bands: list[BandOut]
    points: list[PointOut]
    change: ChangeOut | None
    changepoint: ChangePointOut | None
    trend: TrendOut | None


class ProgressOut(Schema):
    series: list[SeriesOut]
    events: list[EventOut]
