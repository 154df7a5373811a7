"""Meetings in the copy of a record that its person takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters.models import Encounter

CHUNK = 500
#: hl7.org/fhir/R4/v3/ActEncounterCode: ambulatory, or virtual.
_CLASSES = {Encounter.Medium.IN_PERSON: "AMB"}
#: hl7.org/fhir/R4/valueset-encounter-status.html knows fewer; meetings.csv has our own word.
_STATUSES = {
    "waiting": "arrived",
    "admitted": "in-progress",
    "in_session": "in-progress",
    "no_show": "cancelled",
}


def _rows(client: Client) -> Iterator[Any]:
    rows = Encounter.objects.filter(practice_id=client.practice_id, client=client)
    ordered = rows.select_related("membership").order_by("starts_at", "id")
    return ordered.iterator(chunk_size=CHUNK)


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each meeting as an Encounter, cancelled ones too. One statement."""
    for row in _rows(client):
        period = {"start": instant(row.starts_at)}
        if row.ended_at is not None:
            period["end"] = instant(row.ended_at)
        yield {
            "resourceType": "Encounter",
            "id": str(row.pk),
            "status": _STATUSES.get(row.status, row.status),
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": _CLASSES.get(row.medium, "VR"),
            },
            "subject": subject(client),
            "participant": [{"individual": {"display": row.membership.display_name or "-"}}],
            "period": period,
        }


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for row in _rows(client):
        yield row.starts_at, row.ended_at, row.status, row.medium, row.membership.display_name


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = ("starts_at", "ended_at", "status", "medium", "with")
    copies.register("meetings", resources, Table("meetings.csv", header, rows))
