"""What other capabilities may ask about reminders."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from holdfast.core.notify.models import Notification
from holdfast.meet.reminders.models import Reminder
from holdfast.meet.reminders.saying import said

__all__ = ["ReminderView", "reminders_of", "said", "views"]


@dataclass(frozen=True)
class ReminderView:
    """One reminder. `state`: planned, sent, dropped or not-delivered; `why` of a dropped one."""

    appointment_id: uuid.UUID
    client_id: uuid.UUID
    starts_at: datetime
    lead: int
    due_at: datetime
    state: str
    why: str
    asked_at: datetime | None


def reminders_of(
    practice_id: uuid.UUID, appointment_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[ReminderView]]:
    """Per appointment, the earliest first. Two statements."""
    rows = Reminder.objects.filter(practice_id=practice_id, appointment_id__in=appointment_ids)
    found: dict[uuid.UUID, list[ReminderView]] = defaultdict(list)
    for view in views(list(rows.order_by("due_at"))):
        found[view.appointment_id].append(view)
    return dict(found)


def views(rows: list[Reminder]) -> list[ReminderView]:
    """With what became of each message. One statement."""
    told = [row.notification_id for row in rows if row.notification_id is not None]
    lost = set(
        Notification.objects.filter(pk__in=told, problem="not-delivered").values_list(
            "pk", flat=True
        )
    )
    return [
        ReminderView(
            row.appointment_id,
            row.client_id,
            row.starts_at,
            row.lead,
            row.due_at,
            "not-delivered" if row.notification_id in lost else row.state,
            row.why,
            row.asked_at,
        )
        for row in rows
    ]
