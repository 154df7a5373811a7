"""What the screen said of a person's texts, in the copy that they take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.safety.screening.engine import LEVELS
from holdfast.safety.screening.models import Screening

CHUNK = 500
_SYSTEM = "urn:holdfast:screening"


def _screenings(client: Client) -> Iterator[Screening]:
    rows = Screening.objects.filter(practice_id=client.practice_id, client=client)
    return rows.order_by("id").iterator(chunk_size=CHUNK)


def _level(row: Screening) -> str:
    return "failed" if row.level is None else LEVELS[row.level]


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each screening as an Observation: level and categories, never a text. One statement."""
    for row in _screenings(client):
        yield {
            "resourceType": "Observation",
            "id": str(row.pk),
            "status": "final",
            "code": {"coding": [{"system": _SYSTEM, "code": "text"}]},
            "subject": subject(client),
            "effectiveDateTime": instant(row.at),
            "valueCodeableConcept": {
                "coding": [{"system": f"{_SYSTEM}-level", "code": _level(row)}]
            },
            "component": [
                {
                    "code": {"coding": [{"system": f"{_SYSTEM}-category", "code": category}]},
                    "valueBoolean": True,
                }
                for category in row.categories
            ],
        }


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for row in _screenings(client):
        told = "yes" if row.flag_id else "no"
        yield row.at, row.source, _level(row), " ".join(row.categories), told


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = ("at", "source", "level", "categories", "flagged")
    copies.register("screenings", resources, Table("screenings.csv", header, rows))
