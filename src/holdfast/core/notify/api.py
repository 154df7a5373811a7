"""Endpoints: what somebody has been told."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ninja import Schema

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.notify.models import Notification
from holdfast.core.paging import page
from holdfast.core.problems import NotFound

router = Router(tags=["notifications"])

BASE = "/practices/{practice_id}/notifications"


class NotificationOut(Schema):
    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    created_at: datetime
    read_at: datetime | None


class NotificationList(Schema):
    items: list[NotificationOut]
    next: str | None


def _own(request: Request) -> Any:
    return Notification.objects.filter(practice=request.practice, recipient_id=request.user.pk)


@router.get(BASE, access=Access("notification", "read"), response=NotificationList)
def notifications(
    request: Request, practice_id: uuid.UUID, cursor: str | None = None
) -> dict[str, Any]:
    """One's own, newest first. One SQL statement."""
    items, following = page(_own(request), cursor)
    return {"items": items, "next": following}


@router.post(
    BASE + "/{notification_id}/read",
    access=Access("notification", "write"),
    response=NotificationOut,
)
def mark_read(request: Request, practice_id: uuid.UUID, notification_id: uuid.UUID) -> Notification:
    """Marking again keeps the first time."""
    found = _own(request).filter(pk=notification_id)
    found.filter(read_at=None).update(read_at=clock.now())
    notification: Notification | None = found.first()
    if notification is None:
        raise NotFound
    return notification
