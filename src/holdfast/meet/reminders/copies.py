"""Reminders of appointments in the copy of a record that its person takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.meet.reminders.models import Reminder

CHUNK = 500
_State = Reminder.State


def _rows(client: Client) -> Iterator[Reminder]:
    rows = Reminder.objects.filter(practice_id=client.practice_id, client=client)
    return rows.order_by("due_at", "id").iterator(chunk_size=CHUNK)


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each reminder that was sent, or was not, as a Communication; what is still planned is none.
    One statement.
    """
    for one in _rows(client):
        if one.state == _State.PLANNED:
            continue
        found: dict[str, Any] = {
            "resourceType": "Communication",
            "id": str(one.pk),
            "status": "completed" if one.state == _State.SENT else "not-done",
            "category": [{"text": "reminder"}],
            "subject": subject(client),
            "about": [{"reference": f"urn:uuid:{one.appointment_id}"}],
        }
        if one.sent_at is not None:
            found["sent"] = instant(one.sent_at)
        if one.why:
            found["statusReason"] = {"text": one.why}
        yield found


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for one in _rows(client):
        yield one.appointment_id, one.starts_at, one.lead, one.state, one.why, one.sent_at


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = ("appointment", "starts_at", "minutes_before", "state", "why", "sent_at")
    copies.register("reminders", resources, Table("reminders.csv", header, rows))
