"""Reads of encounters, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Max, Min, OuterRef, Q, Subquery

from holdfast.meet.encounters.models import Encounter


def of_client(practice_id: uuid.UUID, client_id: uuid.UUID, limit: int = 200) -> list[Any]:
    """The client's newest encounters, newest first, with who met them. One statement."""
    rows = Encounter.objects.filter(practice_id=practice_id, client_id=client_id)
    return list(rows.select_related("membership").order_by("-starts_at", "-id")[:limit])


def last_finished(practice_id: uuid.UUID, client_id: uuid.UUID, now: datetime) -> datetime | None:
    """When they last met, by the start of the last finished encounter. One statement."""
    rows = Encounter.objects.filter(
        practice_id=practice_id,
        client_id=client_id,
        status=Encounter.Status.FINISHED,
        starts_at__lte=now,
    )
    at: datetime | None = rows.aggregate(at=Max("starts_at"))["at"]
    return at


def last_of_each(now: datetime) -> Subquery:
    """When a client was last met, to annotate clients with. One index look-up per client."""
    finished = Encounter.objects.filter(
        practice_id=OuterRef("practice_id"),
        client_id=OuterRef("pk"),
        status=Encounter.Status.FINISHED,
        starts_at__lte=now,
    ).order_by("-starts_at")
    return Subquery(finished.values("starts_at")[:1], output_field=DateTimeField(null=True))


def last_and_next(
    practice_id: uuid.UUID, now: datetime, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[datetime | None, datetime | None]]:
    """Per client (a page of them), last finished and next planned encounter. One statement."""
    rows = Encounter.objects.filter(practice_id=practice_id, client_id__in=client_ids)
    grouped = rows.values("client_id").annotate(
        last=Max("starts_at", filter=Q(status=Encounter.Status.FINISHED, starts_at__lte=now)),
        next=Min("starts_at", filter=Q(status=Encounter.Status.PLANNED, starts_at__gte=now)),
    )
    return {row["client_id"]: (row["last"], row["next"]) for row in grouped}
