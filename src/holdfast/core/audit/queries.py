"""Reads of the audit trail."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from holdfast.core.audit.models import AuditEvent
from holdfast.core.paging import SIZE, page


def trail(practice_id: uuid.UUID, cursor: str | None) -> tuple[list[AuditEvent], str | None]:
    """A page of the practice's entries by place, newest first, and the next page's cursor.

    Before the first page stand the newest that wait for their places. Two SQL statements.
    """
    entries = AuditEvent.objects.filter(practice_id=practice_id)
    placed, following = page(entries.filter(seq__isnull=False), cursor, by="seq")
    waiting: list[AuditEvent] = []
    if not cursor:
        waiting = list(entries.filter(seq__isnull=True).order_by("-id")[:SIZE])
    return waiting + placed, following


def of_client(practice_id: uuid.UUID, client_id: uuid.UUID) -> QuerySet[AuditEvent]:
    """Entries about one person. Lazy."""
    return AuditEvent.objects.filter(practice_id=practice_id, client_id=client_id)
