"""Reads of the audit trail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from holdfast.core.audit.models import AuditChain, AuditCheckpoint, AuditEvent
from holdfast.core.audit.reading import LIST
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
    """Entries about one person alone. Lazy."""
    return AuditEvent.objects.filter(practice_id=practice_id, client_id=client_id)


def lists_with(practice_id: uuid.UUID, client_id: uuid.UUID) -> QuerySet[AuditEvent]:
    """Entries of lists in which somebody was shown. Lazy; reads the practice's entries of lists."""
    lists = AuditEvent.objects.filter(practice_id=practice_id, client_id__isnull=True, action=LIST)
    return lists.filter(detail__contains=str(client_id))


def whole_log(practice_id: uuid.UUID, client_id: uuid.UUID) -> QuerySet[AuditEvent]:
    """Both. Lazy, in no order."""
    return of_client(practice_id, client_id) | lists_with(practice_id, client_id)


def about(
    practice_id: uuid.UUID, client_id: uuid.UUID, cursor: str | None
) -> tuple[list[AuditEvent], str | None]:
    """A page of the entries about one person, newest first, and the next page's cursor: those about
    them alone, and lists in which they were shown.

    Two SQL statements. The second reads the practice's entries of lists, newest first, until it has
    a page of those with this person: there is no index by whom a list shows, which every look at a
    list would pay for.
    """
    alone, more_alone = page(of_client(practice_id, client_id), cursor)
    listed, more_listed = page(lists_with(practice_id, client_id), cursor)
    found = sorted(alone + listed, key=lambda event: event.id.int, reverse=True)
    following = str(found[SIZE - 1].pk) if len(found) > SIZE else more_alone or more_listed
    return found[:SIZE], following


@dataclass(frozen=True)
class State:
    """See `api.StateOut`."""

    entries: int
    begins_after: int
    unchained: int
    unchained_since: datetime | None
    checked_at: datetime | None
    first_broken: int | None
    signed_at: datetime | None


def state(practice_id: uuid.UUID) -> State:
    """How a practice's chain stands, without reading its entries. Three SQL statements."""
    chain = AuditChain.objects.filter(pk=practice_id).first() or AuditChain()
    waiting = AuditEvent.objects.filter(practice_id=practice_id, seq__isnull=True).aggregate(
        number=Count("id"), since=Min("at")
    )
    signed = AuditCheckpoint.objects.filter(practice_id=practice_id).aggregate(
        at=Max("at"), begins=Max("seq", filter=Q(removes=True), default=0)
    )
    return State(
        entries=chain.seq - signed["begins"],
        begins_after=signed["begins"],
        unchained=waiting["number"],
        unchained_since=waiting["since"],
        checked_at=chain.checked_at,
        first_broken=chain.broken_seq,
        signed_at=signed["at"],
    )
