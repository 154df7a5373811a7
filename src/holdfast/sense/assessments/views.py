"""What the capability shows of its rows: frozen dataclasses, never a model."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from holdfast.sense.assessments.models import Assessment, TalkRequest

State = Literal["planned", "running", "finished", "left"]


@dataclass(frozen=True)
class AssessmentView:
    """Dates are the person's own; `day` is today's number, None before the first and at the end."""

    id: uuid.UUID
    assignment_id: uuid.UUID
    plan: str
    version: str
    state: State
    starts_on: date
    ends_on: date
    day: int | None
    days: int
    times: list[str]
    by_person: bool
    left_at: datetime | None


@dataclass(frozen=True)
class AskedView:
    """What an answered prompt put: a device needs it to know what the next one puts."""

    day: int
    prompt: str
    items: list[str]


@dataclass(frozen=True)
class AssessmentDetail(AssessmentView):
    """With how it goes. `undelivered` are missed prompts of which the person was never told."""

    prompts: int
    answered: int
    missed: int
    undelivered: int
    asked: list[AskedView]


@dataclass(frozen=True)
class TalkView:
    """A request for a talk; `answered_by` is the shown name of who took it on."""

    id: uuid.UUID
    asked_at: datetime
    told: int
    answered_at: datetime | None
    answered_by: str | None


@dataclass(frozen=True)
class TalkRow(TalkView):
    """In a clinician's list: whose it is."""

    client_id: uuid.UUID
    client: str


def state_of(row: Assessment, today: date) -> State:
    """How it stands on the person's date."""
    if row.left_at is not None:
        return "left"
    if today < row.starts_on:
        return "planned"
    return "running" if today <= row.ends_on else "finished"


def local_today(zone: str, now: datetime) -> date:
    """The person's date at an instant."""
    return now.astimezone(ZoneInfo(zone)).date()


def view(row: Assessment, today: date) -> AssessmentView:
    state = state_of(row, today)
    return AssessmentView(
        id=row.pk,
        assignment_id=row.assignment_id,
        plan=row.plan,
        version=row.version,
        state=state,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        day=(today - row.starts_on).days + 1 if state == "running" else None,
        days=(row.ends_on - row.starts_on).days + 1,
        times=list(row.times),
        by_person=row.by_person,
        left_at=row.left_at,
    )


def talk_view(row: TalkRequest) -> TalkView:
    """Costs a statement where `answered_by` is set and not loaded."""
    return TalkView(
        id=row.pk,
        asked_at=row.asked_at,
        told=row.told,
        answered_at=row.answered_at,
        answered_by=row.answered_by.display_name if row.answered_by else None,
    )
