"""Reads of measures, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from django.db.models import Max, Q

from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures import packs
from holdfast.sense.measures.due import Schedule, due_on
from holdfast.sense.measures.engine.catalogue import UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.models import Assignment, LifeEvent, Medication, Response, Score

PAGE = 100


@dataclass(frozen=True)
class DueItem:
    """One questionnaire to answer now; `due_on` is a day in the person's zone."""

    assignment_id: uuid.UUID
    instrument: str
    version: str
    title: str
    due_on: date
    items: int


def _usable(instruments: Iterable[str], practice_id: uuid.UUID) -> dict[str, Instrument]:
    """The latest version of each instrument that is at hand and whose terms stand."""
    catalogue, found = packs.catalogue(), {}
    for name in set(instruments):
        try:
            found[name] = catalogue.get(name)
        except UnknownInstrument:
            continue
    if any(packs.needs_acceptance(one) for one in found.values()):
        active = {name for name, row in packs.activations(practice_id).items() if row.active}
        found = {
            name: one
            for name, one in found.items()
            if not packs.needs_acceptance(one) or one.id in active
        }
    return found


def due_items(client: Client, now: datetime) -> list[DueItem]:
    """What the person is asked today, what is due longest first. Two or three statements."""
    today = now.astimezone(ZoneInfo(client.time_zone)).date()
    assignments = list(
        Assignment.objects.filter(
            practice_id=client.practice_id,
            client_id=client.pk,
            cancelled_at__isnull=True,
            starts_on__lte=today,
        ).order_by("created_at", "id")
    )
    if not assignments:
        return []
    last = dict(
        Response.objects.filter(
            practice_id=client.practice_id,
            client_id=client.pk,
            instrument__in={one.instrument for one in assignments},
        )
        .values_list("instrument")
        .annotate(Max("local_date"))
    )
    usable = _usable((one.instrument for one in assignments), client.practice_id)
    found: dict[str, DueItem] = {}
    for one in assignments:
        schedule = Schedule(one.starts_on, one.every_days, one.ends_on)
        since = due_on(schedule, today, last.get(one.instrument))
        instrument = usable.get(one.instrument)
        # Two assignments of one questionnaire ask it once.
        if since is None or instrument is None or one.instrument in found:
            continue
        found[one.instrument] = DueItem(
            assignment_id=one.pk,
            instrument=instrument.id,
            version=instrument.version,
            title=instrument.title,
            due_on=since,
            items=len(instrument.items),
        )
    return sorted(found.values(), key=lambda item: item.due_on)


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
