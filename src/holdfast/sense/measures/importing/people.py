"""The clients that imported records belong to: found by the source's identifier, made once."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from holdfast.core.tenancy.models import Client, Practice
from holdfast.sense.measures.engine.scoring import Sex
from holdfast.sense.measures.importing.records import Person

#: How many people are remembered between batches; a file has millions, mostly sorted by person.
REMEMBERED = 20_000


@dataclass(frozen=True)
class Known:
    """What scoring and storing need of a client."""

    pk: uuid.UUID
    sex: Sex | None


def fault_of(person: Person) -> str:
    """Why a person cannot be stored; empty where they can."""
    if len(person.external_id) > 200:
        return "person: the identifier is longer than 200 characters"
    if "\x00" in person.external_id + person.name:
        return "person: a NUL character"
    return "" if len(person.language) <= 16 else "person: not a language tag"


class People:
    """Looks clients up in bulk; the newest looked-up stay in memory."""

    def __init__(self, practice: Practice, time_zone: str, *, dry_run: bool) -> None:
        self.practice = practice
        self.time_zone = time_zone
        self.dry_run = dry_run
        self._known: OrderedDict[str, Known] = OrderedDict()

    def of(self, people: Mapping[str, Person], now: datetime) -> dict[str, Known]:
        """The clients of these people, made where there are none (not in a dry run)."""
        unknown = {key: one for key, one in people.items() if key not in self._known}
        if unknown:
            self._find(list(unknown))
            fresh = [one for key, one in unknown.items() if key not in self._known]
            self._make(fresh, now)
        for key in people:
            self._known.move_to_end(key)
        found = {key: self._known[key] for key in people}
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _find(self, keys: list[str]) -> None:
        rows = Client.objects.filter(practice=self.practice, external_id__in=keys)
        for key, pk, sex in rows.values_list("external_id", "pk", "sex"):
            self._known[key] = Known(pk, _sex(sex))

    def _make(self, people: list[Person], now: datetime) -> None:
        if not people:
            return
        rows = [self._row(person, now) for person in people]
        if self.dry_run:
            self._known |= {row.external_id: Known(row.pk, _sex(row.sex)) for row in rows}
            return
        # Somebody else may be importing the same people at this moment.
        Client.objects.bulk_create(rows, ignore_conflicts=True)
        self._find([row.external_id for row in rows])

    def _row(self, person: Person, now: datetime) -> Client:
        row = Client(
            practice=self.practice,
            external_id=person.external_id,
            country=person.country,
            language=person.language or "en",
            time_zone=self.time_zone,
            sex=person.sex,
            joined_at=now,
        )
        row.display_name = person.name or person.external_id.rsplit(":", 1)[-1]
        return row


def _sex(text: str) -> Sex | None:
    if text == "female":
        return "female"
    return "male" if text == "male" else None
