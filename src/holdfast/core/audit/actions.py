"""Write down who did or read what."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from holdfast.core import bulk, clock
from holdfast.core.actor import Actor
from holdfast.core.audit.models import INSTALLATION, AuditEvent, Detail


def record(
    action: str,
    resource: str,
    *,
    by: Actor,
    resource_id: uuid.UUID | str = "",
    client_id: uuid.UUID | None = None,
    practice_id: uuid.UUID | None = None,
    detail: dict[str, Any] | None = None,
    at: datetime | None = None,
    within: bulk.Together | None = None,
) -> AuditEvent:
    """Insert one entry, in the caller's transaction if there is one, or `within` other writes. One
    SQL statement.

    It gets its place in the practice's chain from the worker, within about a second.
    """
    event = AuditEvent(
        practice_id=practice_id or by.practice_id or INSTALLATION,
        at=at or clock.now(),
        actor_id=by.user_id,
        actor_label=by.label,
        action=action,
        resource=resource,
        resource_id=str(resource_id),
        client_id=client_id,
        detail=detail or {},
    )
    row = bulk.row_of(event)
    row["detail"] = Detail.text(event.detail)
    if within is None:
        bulk.insert_few(AuditEvent, [row])
    else:
        within.insert(AuditEvent, [row])
    return event
