"""Events that rules hang on, and journeys that move what has not opened yet."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from holdfast.core import clock
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.engine.schedule import EventName
from holdfast.sense.measures.models import Assignment


def anchor(assignment: Assignment, client: Client, at: datetime) -> None:
    """Let an assignment's rule hang on an event; the worker plans what follows. One statement."""
    on = at.astimezone(ZoneInfo(client.time_zone)).date()
    assignment.anchors = [*assignment.anchors, {"at": at.isoformat(), "on": on.isoformat()}]
    assignment.plan_again_at = clock.now()
    assignment.save(update_fields=["anchors", "plan_again_at"])


def note_event(client: Client, event: EventName, at: datetime) -> None:
    """Tell every assignment that waits for it that an event took place. One statement and one each.

    The same event told again on the same day changes nothing.
    """
    waiting = Assignment.objects.filter(
        practice_id=client.practice_id, client_id=client.pk, event=event, cancelled_at=None
    )
    day = at.astimezone(ZoneInfo(client.time_zone)).date().isoformat()
    for assignment in waiting:
        if day not in {one["on"] for one in assignment.anchors}:
            anchor(assignment, client, at)


def plan_again(practice_id: uuid.UUID, client_id: uuid.UUID) -> None:
    """The person's zone changed: what has not opened is planned anew. One statement."""
    Assignment.objects.filter(
        practice_id=practice_id, client_id=client_id, cancelled_at=None
    ).update(plan_again_at=clock.now())
