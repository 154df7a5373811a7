"""What goes into the copy of a record that its person takes away; each capability adds its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holdfast.core.tenancy.models import Client

#: FHIR R4 resources of one client, as JSON objects with an `id` that is unique in the bundle.
Resources = Callable[[Client], Iterable[dict[str, Any]]]
Rows = Callable[[Client], Iterable[Iterable[Any]]]


@dataclass(frozen=True)
class Table:
    """One CSV file of the copy: its name, its header and its rows."""

    name: str
    header: tuple[str, ...]
    rows: Rows


_resources: dict[str, Resources] = {}
_tables: dict[str, Table] = {}


def register(name: str, resources: Resources, table: Table) -> None:
    """Add a kind of thing to every copy; called from `AppConfig.ready`."""
    _resources[name] = resources
    _tables[name] = table


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Everything registered, by name of its kind."""
    for name in sorted(_resources):
        yield from _resources[name](client)


def tables() -> list[Table]:
    """By name of their kind."""
    return [_tables[name] for name in sorted(_tables)]


def subject(client: Client) -> dict[str, str]:
    """The reference to the person within the bundle."""
    return {"reference": f"urn:uuid:{client.pk}"}


def instant(at: datetime) -> str:
    """FHIR's spelling of an instant."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
