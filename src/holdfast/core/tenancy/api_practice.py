"""Endpoints: a practice's settings, hours, on-call order and readiness."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, model_validator

from holdfast.core.api import Access, Request, Router
from holdfast.core.instants import WallTime
from holdfast.core.tenancy import actions, readiness
from holdfast.core.tenancy.hours import OpenHours
from holdfast.core.tenancy.models import Closure, MonitoredHours, OnCall, Practice
from holdfast.core.tenancy.shapes import EndOfChain, Phone, PracticeKind, PracticeStatus, Short

router = Router(tags=["practice"])

BASE = "/practices/{practice_id}"


class PracticeOut(Schema):
    id: uuid.UUID
    name: str
    slug: str
    kind: PracticeKind
    status: PracticeStatus
    time_zone: str
    country: str
    countries: list[str]
    self_registration: bool
    contact_phone: str
    end_of_chain: EndOfChain
    created_at: datetime


class PracticeIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    self_registration: bool | None = None
    contact_phone: Phone | None = None


class OpenHoursBody(Schema):
    weekday: Annotated[int, Field(ge=1, le=7)]
    opens: WallTime
    closes: WallTime

    @model_validator(mode="after")
    def _in_order(self) -> OpenHoursBody:
        if self.opens >= self.closes or self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("opens before it closes, in local time")
        return self


class ClosureBody(Schema):
    on: date
    reason: Short = ""


class HoursBody(Schema):
    hours: Annotated[list[OpenHoursBody], Field(max_length=100)]
    closures: Annotated[list[ClosureBody], Field(max_length=1000)] = []


class HoursOut(HoursBody):
    time_zone: str


class OnCallEntry(Schema):
    membership_id: uuid.UUID


class OnCallEntryOut(OnCallEntry):
    position: int
    display_name: str
    role: str
    active: bool


class OnCallIn(Schema):
    entries: Annotated[list[OnCallEntry], Field(max_length=100)]
    end_of_chain: EndOfChain


class OnCallOut(Schema):
    entries: list[OnCallEntryOut]
    end_of_chain: EndOfChain


class RequirementOut(Schema):
    code: str
    met: bool
    detail: str


class ReadinessOut(Schema):
    status: PracticeStatus
    requirements: list[RequirementOut]


def _end_of_chain(practice: Practice) -> dict[str, str]:
    return {
        "name": practice.end_of_chain_name,
        "phone": practice.end_of_chain_phone,
        "instructions": practice.end_of_chain_instructions,
    }


def _practice(practice: Practice) -> dict[str, Any]:
    names = PracticeOut.model_fields.keys() - {"end_of_chain"}
    values = {name: getattr(practice, name) for name in names}
    return values | {"end_of_chain": _end_of_chain(practice)}


@router.get(BASE, access=Access("practice", "read"), response=PracticeOut)
def practice(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """The practice's settings."""
    return _practice(request.practice)


@router.patch(BASE, access=Access("practice", "write"), response=PracticeOut)
def change_practice(request: Request, practice_id: uuid.UUID, body: PracticeIn) -> dict[str, Any]:
    """Only what is sent changes."""
    changes = body.dict(exclude_unset=True, exclude_none=True)
    return _practice(actions.change_practice(request.practice, changes, by=request.actor))


def _hours(practice: Practice) -> dict[str, Any]:
    return {
        "time_zone": practice.time_zone,
        "hours": list(
            MonitoredHours.objects.filter(practice=practice).values("weekday", "opens", "closes")
        ),
        "closures": list(
            Closure.objects.filter(practice=practice).order_by("on").values("on", "reason")
        ),
    }


@router.get(BASE + "/monitored-hours", access=Access("monitored_hours", "read"), response=HoursOut)
def monitored_hours(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """In the practice's time zone. Two SQL statements."""
    return _hours(request.practice)


@router.put(BASE + "/monitored-hours", access=Access("monitored_hours", "write"), response=HoursOut)
def set_monitored_hours(
    request: Request, practice_id: uuid.UUID, body: HoursBody
) -> dict[str, Any]:
    """Replaces the week and the closed days."""
    actions.set_monitored_hours(
        request.practice,
        [OpenHours(row.weekday, row.opens, row.closes) for row in body.hours],
        [(row.on, row.reason) for row in body.closures],
        by=request.actor,
    )
    return _hours(request.practice)


def _on_call(practice: Practice) -> dict[str, Any]:
    rows = OnCall.objects.filter(practice=practice).select_related("membership")
    return {
        "entries": [
            {
                "membership_id": row.membership_id,
                "position": row.position,
                "display_name": row.membership.display_name,
                "role": row.membership.role,
                "active": row.membership.active,
            }
            for row in rows.order_by("position")
        ],
        "end_of_chain": _end_of_chain(practice),
    }


@router.get(BASE + "/on-call", access=Access("on_call", "read"), response=OnCallOut)
def on_call(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """Who a flag comes to, in order, and what stands at the end. One SQL statement."""
    return _on_call(request.practice)


@router.put(BASE + "/on-call", access=Access("on_call", "write"), response=OnCallOut)
def set_on_call(request: Request, practice_id: uuid.UUID, body: OnCallIn) -> dict[str, Any]:
    """Replaces the order and its written end."""
    actions.set_on_call(
        request.practice,
        [entry.membership_id for entry in body.entries],
        body.end_of_chain.dict(),
        by=request.actor,
    )
    return _on_call(request.practice)


def _readiness(practice: Practice) -> dict[str, Any]:
    return {"status": practice.status, "requirements": readiness.requirements(practice)}


@router.get(BASE + "/readiness", access=Access("readiness", "read"), response=ReadinessOut)
def readiness_of(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """What must stand before the practice goes live, and whether it does."""
    return _readiness(request.practice)


@router.post(BASE + "/go-live", access=Access("readiness", "write"), response=ReadinessOut)
def go_live(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """409 `not-ready` names what is missing."""
    return _readiness(readiness.go_live(request.practice, by=request.actor))
