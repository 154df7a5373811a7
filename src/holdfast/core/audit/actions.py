"""Append to the audit trail and verify it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from holdfast.core import bulk, clock
from holdfast.core.actor import Actor
from holdfast.core.audit.models import INSTALLATION, AuditEvent

GENESIS = "0" * 64


def _digest(event: AuditEvent) -> str:
    body = [
        event.previous_hash,
        str(event.practice_id),
        event.seq,
        event.at.isoformat(),
        str(event.actor_id),
        event.actor_label,
        event.action,
        event.resource,
        event.resource_id,
        str(event.client_id),
        event.detail,
    ]
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _lock_chain(practice_id: uuid.UUID) -> None:
    """Serialise writers of one chain. SQLite's IMMEDIATE transactions do so already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [practice_id.int % (2**63)])


def _last(practice_id: uuid.UUID) -> tuple[int, str] | None:
    """Sequence number and hash of the chain's newest event. By hand: every request asks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, hash FROM audit_auditevent"
            " WHERE practice_id = %s ORDER BY seq DESC LIMIT 1",
            bulk.stored(AuditEvent, practice_id=practice_id),
        )
        found: tuple[int, str] | None = cursor.fetchone()
    return found


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
) -> AuditEvent:
    """Append one event to the practice's chain, in the caller's transaction if there is one."""
    chain = practice_id or by.practice_id or INSTALLATION
    with transaction.atomic(savepoint=False):
        _lock_chain(chain)
        last = _last(chain)
        event = AuditEvent(
            practice_id=chain,
            seq=last[0] + 1 if last else 1,
            at=at or clock.now(),
            actor_id=by.user_id,
            actor_label=by.label,
            action=action,
            resource=resource,
            resource_id=str(resource_id),
            client_id=client_id,
            detail=detail or {},
            previous_hash=last[1] if last else GENESIS,
        )
        event.hash = _digest(event)
        bulk.insert_few(AuditEvent, [bulk.row_of(event)])
    return event


def first_broken(practice_id: uuid.UUID) -> int | None:
    """The sequence number of the first event that does not fit its chain, or None when all do."""
    previous, expected = GENESIS, 1
    events = AuditEvent.objects.filter(practice_id=practice_id).order_by("seq")
    for event in events.iterator(chunk_size=2000):
        intact = (
            event.seq == expected
            and event.previous_hash == previous
            and event.hash == _digest(event)
        )
        if not intact:
            return event.seq
        previous, expected = event.hash, expected + 1
    return None
