"""Endpoints: the practice's audit trail, and a person's own access log."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ninja import Schema

from holdfast.core.api import Access, Request, Router
from holdfast.core.audit import queries, verifying
from holdfast.core.audit.reading import PEOPLE
from holdfast.core.tenancy.models import Membership

router = Router(tags=["audit"])


#: That somebody has one of these says something about their health, which administrators do not
#: read. The person finds them in their own access log.
_TELLING = frozenset({"flag", "flag_status", "safety_plan", "talk_request"})


class AuditOut(Schema):
    id: uuid.UUID
    seq: int | None
    at: datetime
    actor_id: uuid.UUID | None
    actor_label: str
    action: str
    resource: str
    resource_id: str
    client_id: uuid.UUID | None
    detail: dict[str, Any]
    hash: str


class AuditList(Schema):
    items: list[AuditOut]
    next: str | None


class VerificationOut(Schema):
    """`unchained` entries have no place yet: nothing vouches for them."""

    intact: bool
    first_broken: int | None
    entries: int
    unchained: int


class StateOut(Schema):
    """The chain as it stands. `checked_at`: when the daily look at every entry last came to its
    end; `first_broken`: what it found. Entries up to number `begins_after` were removed as too old.
    """

    entries: int
    begins_after: int
    unchained: int
    unchained_since: datetime | None
    checked_at: datetime | None
    first_broken: int | None
    signed_at: datetime | None


class AccessOut(Schema):
    at: datetime
    actor_label: str
    actor_name: str | None
    action: str
    resource: str


class AccessList(Schema):
    items: list[AccessOut]
    next: str | None


@router.get("/practices/{practice_id}/audit", access=Access("audit", "read"), response=AuditList)
def audit(request: Request, practice_id: uuid.UUID, cursor: str | None = None) -> dict[str, Any]:
    """Newest first, before them what is not chained yet; whose flag or safety plan it was is left
    out. Two SQL statements.
    """
    events, following = queries.trail(practice_id, cursor)
    for event in events:
        if event.resource in _TELLING:
            event.client_id, event.resource_id = None, ""
            event.detail.pop(PEOPLE, None)
    return {"items": events, "next": following}


@router.get(
    "/practices/{practice_id}/audit/verification",
    access=Access("audit", "read"),
    response=VerificationOut,
)
def verify(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """Recomputes the whole chain; reads every event of the practice."""
    found = verifying.verify(practice_id)
    return {
        "intact": found.intact,
        "first_broken": found.broken.seq if found.broken else None,
        "entries": found.entries,
        "unchained": found.unchained,
    }


@router.get(
    "/practices/{practice_id}/audit/state", access=Access("audit", "read"), response=StateOut
)
def state(request: Request, practice_id: uuid.UUID) -> queries.State:
    """Whether the chain was found whole, and what waits for its place. Three SQL statements."""
    return queries.state(practice_id)


@router.get(
    "/practices/{practice_id}/clients/{client_id}/access-log",
    access=Access("access_log", "read"),
    response=AccessList,
)
def access_log(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, cursor: str | None = None
) -> dict[str, Any]:
    """Who read or changed what of this person's, by name; also in whose lists they stood. Three SQL
    statements.
    """
    events, following = queries.about(practice_id, client_id, cursor)
    people = Membership.objects.filter(
        practice=request.practice, user_id__in={event.actor_id for event in events}
    ).exclude(display_name="")
    names = dict(people.values_list("user_id", "display_name"))
    items = [
        {
            "at": event.at,
            "actor_label": event.actor_label,
            "actor_name": names.get(event.actor_id) if event.actor_id else None,
            "action": event.action,
            "resource": event.resource,
        }
        for event in events
    ]
    return {"items": items, "next": following}
