"""Endpoint: can the installation be relied on at this moment?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema

from holdfast.core import clock
from holdfast.core.api import SIGNED_IN, Request, Router
from holdfast.core.heartbeat import facade

router = Router(tags=["system"])


class SystemStatusOut(Schema):
    escalating: bool
    worker_seen_at: datetime | None


@router.get("/system-status", access=SIGNED_IN, response=SystemStatusOut)
def system_status(request: Request) -> dict[str, Any]:
    """Whether the worker lived within the last minute: without it no flag goes from person to
    person and no reminder goes out. Apps ask every few seconds. One SQL statement.
    """
    seen = facade.last_seen()
    return {"escalating": not facade.is_stale(seen, clock.now()), "worker_seen_at": seen}
