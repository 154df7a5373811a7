"""Reads of measures, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from django.db.models import Count, Q

from holdfast.core.problems import NotFound
from holdfast.sense.measures.models import Assignment, LifeEvent, Medication, Response, Score

PAGE = 100


_RESPONSE_FIELDS = (
    "id",
    "instrument",
    "version",
    "language",
    "answered_at",
    "received_at",
    "local_date",
    "band",
    "missing",
    "historical",
    "source",
    "parent",
)


def responses(
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    *,
    instrument: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: tuple[datetime, uuid.UUID] | None = None,
    limit: int = PAGE,
) -> tuple[list[dict[str, Any]], tuple[datetime, uuid.UUID] | None]:
    """A page of responses with their scores, newest first. Two statements.

    `after` is the (answered_at, id) of the last row of the page before.
    """
    rows = Response.objects.filter(practice_id=practice_id, client_id=client_id)
    if instrument:
        rows = rows.filter(instrument=instrument)
    if since is not None:
        rows = rows.filter(answered_at__gte=since)
    if until is not None:
        rows = rows.filter(answered_at__lt=until)
    if after is not None:
        at, pk = after
        rows = rows.filter(Q(answered_at__lt=at) | Q(answered_at=at, id__lt=pk))
    ordered = rows.order_by("-answered_at", "-id").values(*_RESPONSE_FIELDS)
    found = list(ordered[: limit + 1])
    page = found[:limit]
    scores: dict[uuid.UUID, dict[str, float]] = {}
    values = Score.objects.filter(
        practice_id=practice_id, response_id__in=[row["id"] for row in page]
    ).values_list("response_id", "scale", "value")
    for response_id, scale, value in values:
        scores.setdefault(response_id, {})[scale] = value
    for row in page:
        row["scores"] = scores.get(row["id"], {})
        row["band"] = row["band"] or None
    following = (page[-1]["answered_at"], page[-1]["id"]) if len(found) > limit else None
    return page, following


def response(
    practice_id: uuid.UUID, client_id: uuid.UUID, response_id: uuid.UUID
) -> dict[str, Any]:
    """One response with its answers. Raises NotFound. Two statements."""
    row: dict[str, Any] | None = (
        Response.objects.filter(practice_id=practice_id, client_id=client_id, pk=response_id)
        .values(*_RESPONSE_FIELDS, "answers", "alerts", "claimed_at", "started_at", "time_zone")
        .first()
    )
    if row is None:
        raise NotFound
    scores = Score.objects.filter(practice_id=practice_id, response_id=response_id)
    row["scores"] = dict(scores.values_list("scale", "value"))
    row["band"] = row["band"] or None
    return row


EventKind = Literal["life", "medication", "treatment", "meeting"]


@dataclass(frozen=True)
class EventView:
    """Something on the person's time axis."""

    id: uuid.UUID
    kind: EventKind
    label: str
    at: datetime
    end: datetime | None
    dose: float | None
    unit: str | None
    medication_id: uuid.UUID | None


@dataclass(frozen=True)
class MedicationView:
    """Something the person takes or took; dates are the person's own."""

    id: uuid.UUID
    name: str
    dose: float | None
    unit: str | None
    frequency: str | None
    started_on: date | None
    ended_on: date | None


def event_view(row: LifeEvent) -> EventView:
    """The dataclass for a row, its label opened."""
    return EventView(
        id=row.pk,
        kind=cast(EventKind, row.kind),
        label=row.label,
        at=row.at,
        end=row.end,
        dose=row.dose,
        unit=row.unit or None,
        medication_id=row.medication_id,
    )


def medication_view(row: Medication) -> MedicationView:
    """The dataclass for a row, its name opened."""
    return MedicationView(
        id=row.pk,
        name=row.name,
        dose=row.dose,
        unit=row.unit or None,
        frequency=row.frequency or None,
        started_on=row.started_on,
        ended_on=row.ended_on,
    )


def assignments(practice_id: uuid.UUID, client_id: uuid.UUID) -> list[Assignment]:
    """What the person is asked, first made first; those taken back are left out."""
    rows = Assignment.objects.filter(
        practice_id=practice_id, client_id=client_id, cancelled_at__isnull=True
    )
    return list(rows.order_by("created_at", "id"))


def people_assigned(practice_id: uuid.UUID, today: date) -> dict[str, int]:
    """How many people are assigned each instrument, now or later. One statement."""
    rows = Assignment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        practice_id=practice_id,
        cancelled_at__isnull=True,
    )
    counted = rows.values("instrument").annotate(people=Count("client_id", distinct=True))
    return dict(counted.values_list("instrument", "people"))


def life_events(
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[LifeEvent]:
    """What happened, oldest first (the newest 1000). One statement."""
    rows = LifeEvent.objects.filter(practice_id=practice_id, client_id=client_id)
    if since is not None:
        rows = rows.filter(Q(at__gte=since) | Q(end__gte=since))
    if until is not None:
        rows = rows.filter(at__lt=until)
    return list(rows.order_by("-at", "-id")[:1000])[::-1]


def medications(practice_id: uuid.UUID, client_id: uuid.UUID) -> list[Medication]:
    """What the person takes or took, present ones first. One statement."""
    rows = Medication.objects.filter(practice_id=practice_id, client_id=client_id)
    return sorted(
        rows.order_by("created_at", "id"),
        key=lambda one: (one.ended_on is not None, -(one.started_on or date.min).toordinal()),
    )
