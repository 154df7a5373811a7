"""What other wings may ask of threads."""

from __future__ import annotations

import uuid

from holdfast.meet.messages import members
from holdfast.meet.messages.actions import NewEpoch, open_group
from holdfast.meet.messages.models import Thread

__all__ = ["NewEpoch", "is_member", "open_group"]


def is_member(practice_id: uuid.UUID, thread_id: uuid.UUID, user: uuid.UUID) -> bool:
    """Whether somebody reads a thread today. Four SQL statements at most."""
    thread = (
        Thread.objects.select_related("client")
        .filter(practice_id=practice_id, pk=thread_id)
        .first()
    )
    return thread is not None and members.is_member(thread, user)
