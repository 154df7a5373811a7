"""Endpoints: how one wishes to be reminded, and what became of a person's reminders."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from ninja import Schema
from pydantic import AfterValidator, Field

from holdfast.core import events
from holdfast.core.api import SIGNED_IN, Access, Request, Router
from holdfast.core.notify.events import WishesChanged
from holdfast.meet.reminders import engine, facade
from holdfast.meet.reminders.models import Reminder, ReminderWishes

router = Router(tags=["reminders"])

ReminderChannel = Literal["web_push", "email", "sms"]
SHOWN = 50


def _leads(value: list[int]) -> list[int]:
    if not set(value) <= set(engine.LEADS):
        raise ValueError("minutes that can be chosen")
    return sorted(set(value), reverse=True)


class ReminderSettingsOut(Schema):
    on: bool
    leads: list[int]
    #: Those outside the app that reminders may take; all of them where it is empty.
    channels: list[ReminderChannel]
    choices: list[int]


class ReminderSettingsIn(Schema):
    on: bool | None = None
    leads: Annotated[list[int], Field(max_length=8), AfterValidator(_leads)] | None = None
    channels: Annotated[list[ReminderChannel], Field(max_length=3)] | None = None


class ReminderOut(Schema):
    appointment_id: uuid.UUID
    starts_at: datetime
    lead: int
    due_at: datetime
    state: Literal["planned", "sent", "dropped", "not-delivered"]
    why: str
    asked_at: datetime | None


class ReminderList(Schema):
    items: list[ReminderOut]


def _settings(account: uuid.UUID) -> dict[str, Any]:
    wishes = ReminderWishes.objects.filter(pk=account).first() or ReminderWishes()
    return {
        "on": wishes.on,
        "leads": wishes.leads,
        "channels": [each for each in wishes.channels.split(",") if each],
        "choices": list(engine.LEADS),
    }


@router.get("/me/reminders", access=SIGNED_IN, response=ReminderSettingsOut)
def reminder_settings(request: Request) -> dict[str, Any]:
    """How one wishes to be reminded of appointments. One SQL statement."""
    return _settings(request.actor.account)


@router.patch("/me/reminders", access=SIGNED_IN, response=ReminderSettingsOut)
def change_reminder_settings(request: Request, body: ReminderSettingsIn) -> dict[str, Any]:
    """Only what is sent changes; the reminders of what is booked already follow."""
    changes = body.dict(exclude_unset=True, exclude_none=True)
    if "channels" in changes:
        changes["channels"] = ",".join(dict.fromkeys(changes["channels"]))
    with transaction.atomic():
        ReminderWishes.objects.update_or_create(user_id=request.actor.account, defaults=changes)
        events.publish(WishesChanged(request.actor.account))
    return _settings(request.actor.account)


@router.get(
    "/practices/{practice_id}/clients/{client_id}/reminders",
    access=Access("delivery", "read"),
    response=ReminderList,
)
def reminders(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """The person's latest reminders and what became of each, newest first. Two SQL statements."""
    rows = Reminder.objects.filter(practice=request.practice, client=request.client)
    return {"items": facade.views(list(rows.order_by("-starts_at", "lead")[:SHOWN]))}
