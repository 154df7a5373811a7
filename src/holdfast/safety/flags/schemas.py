"""Shapes of the flags' endpoints."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema

from holdfast.core.instants import Instant
from holdfast.core.tenancy.shapes import EmergencyContact, EndOfChain
from holdfast.safety.flags.engine import DueKind, Level, State
from holdfast.safety.flags.queries import FlagStatus, ToldStep

Means = Literal["phone", "message", "visit", "other"]
ContactOutcome = Literal["answered", "not-answered", "left-word"]
Action = Literal["called", "appointment", "safety-plan", "emergency-services", "other"]
Outcome = Literal[
    "safe-and-followed-up",
    "handed-over",
    "emergency-services",
    "no-contact-possible",
    "not-needed",
]


class HeldFlagOut(Schema):
    """Until when somebody must see it or, where somebody has, take the next step."""

    seen: bool
    due_at: datetime | None


class HeldFlags(Schema):
    items: list[HeldFlagOut]


class StepOut(Schema):
    at: datetime
    kind: str
    by: str | None
    to: str | None
    detail: dict[str, Any]


class FlagStatusList(Schema):
    items: list[FlagStatus]


class WorklistRowOut(Schema):
    id: uuid.UUID
    client_id: uuid.UUID
    display_name: str
    level: Level
    reason: str
    state: State
    raised_at: datetime
    answered_at: datetime
    due_at: datetime | None
    due_kind: DueKind | None
    owner_id: uuid.UUID | None
    owner_name: str | None
    seen_by: str | None
    seen_at: datetime | None
    alarm: bool
    historical: bool
    repeats: int
    reachable: bool
    outcome: str | None


class Worklist(Schema):
    items: list[WorklistRowOut]
    next: str | None


class ContactOut(Schema):
    id: uuid.UUID
    display_name: str
    phone: str | None
    email: str | None
    emergency_contact: EmergencyContact | None
    current_location: str | None
    current_location_at: datetime | None
    country: str
    language: str
    time_zone: str
    reachable: bool


class EvidenceOut(Schema):
    code: str
    level: Level
    reason: str
    response_id: uuid.UUID | None
    item: str | None
    scale: str | None
    answered_at: datetime
    received_at: datetime
    follow_up: str | None
    follow_up_awaited_until: datetime | None


class AttemptOut(Schema):
    at: datetime
    by: str | None
    means: Means
    outcome: ContactOutcome


class DeliveryOut(Schema):
    """One attempt to tell one person of the practice; `at` is empty while it waits."""

    notified_at: datetime
    to: str | None
    channel: Literal["in_app", "email"]
    outcome: Literal["waiting", "sent", "failed", "skipped"]
    reason: str | None
    at: datetime | None
    retry_at: datetime | None


class FlagPage(Schema):
    id: uuid.UUID
    level: Level
    state: State
    reason: str
    raised_at: datetime
    answered_at: datetime
    due_at: datetime | None
    due_kind: DueKind | None
    seen_by: str | None
    seen_at: datetime | None
    owner_id: uuid.UUID | None
    owner_name: str | None
    alarm: bool
    reachable: bool
    historical: bool
    outcome: str | None
    closed_at: datetime | None
    repeats: int
    history: list[ToldStep]
    client: ContactOut
    chain_position: int
    evidence: list[EvidenceOut]
    attempts: list[AttemptOut]
    steps: list[StepOut]
    deliveries: list[DeliveryOut]
    end_of_chain: EndOfChain
    #: Whether the reader may open the person's record: not, who only answered for a closed flag.
    record_open: bool


class AcknowledgeIn(Schema):
    """What stood on the screen: nobody acknowledges what they have not seen."""

    level: Level
    repeats: int


class ContactAttemptIn(Schema):
    means: Means
    outcome: ContactOutcome
    at: Instant | None = None


class ActIn(Schema):
    action: Action


class CloseIn(Schema):
    outcome: Outcome


class AssignIn(Schema):
    membership_id: uuid.UUID


class WeekOut(Schema):
    starts_on: date
    flags: int
    clinicians: int
    per_clinician: float | None
    by_level: dict[str, int]


class ClinicianWeeks(Schema):
    membership_id: uuid.UUID
    display_name: str
    flags: int
    per_week: float


class StatisticsOut(Schema):
    weeks: list[WeekOut]
    clinicians: list[ClinicianWeeks]
