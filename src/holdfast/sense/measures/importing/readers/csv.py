"""CSV (RFC 4180) with a mapping file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from holdfast.sense.measures.importing.mapping import EventMapping, Mapping, ResponseMapping
from holdfast.sense.measures.importing.records import (
    Answers,
    Entry,
    Happening,
    ImportFault,
    Person,
    opened,
    refused,
)
from holdfast.sense.measures.importing.scratch import Scratch

#: Directives of strptime that read an hour.
_CLOCK = ("%H", "%I", "%X", "%c", "%T")
_ISO_DATE = len("2020-01-31")
#: How many people, instants, or different cells of a column are remembered: memory stays flat.
REMEMBERED = 4096


class _Unusable(Exception):
    """A row that cannot be used, with the reason."""


def read(path: Path, mapping: Mapping) -> Iterator[Entry]:
    """Entries of the file in its order. Raises ImportFault for a file that is no such CSV."""
    with opened(path) as raw, Scratch() as scratch:
        file = io.TextIOWrapper(raw, encoding=mapping.encoding, newline="")
        rows = csv.reader(file, delimiter=mapping.delimiter)
        try:
            header = next(rows, [])
            reader = _Reader(mapping, _places(path, header, mapping), len(header), scratch)
            for row in rows:
                if row:
                    yield reader.entry(rows.line_num, row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ImportFault(f"{path}: line {rows.line_num + 1}: {error}") from error


def _places(path: Path, header: Sequence[str], mapping: Mapping) -> dict[str, int]:
    """Where each mapped column stands."""
    lacking = mapping.columns - set(header)
    if lacking:
        raise ImportFault(
            f"{path}: line 1: the mapping names column(s) that the file lacks:"
            f" {', '.join(sorted(lacking))}"
        )
    twice = sorted(name for name in mapping.columns if header.count(name) > 1)
    if twice:
        raise ImportFault(f"{path}: line 1: column(s) there twice: {', '.join(twice)}")
    return {name: header.index(name) for name in mapping.columns}


def plain_identifier(value: str) -> str:
    """An identifier as people write it: tables exported from R or pandas say 1.0 for 1."""
    head, point, tail = value.partition(".")
    return head if point and head.isdigit() and not tail.strip("0") else value


class _Codes(dict[str, float | None]):
    """The code in each cell of a column. Few differ, so each text is translated once."""

    def __init__(self, column: str, recode: dict[str, float], absent: frozenset[str]) -> None:
        self.column = column
        self.recode = recode
        self.absent = absent

    def __missing__(self, cell: str) -> float | None:
        value = cell.strip()
        code = None if value in self.absent else self._code(value)
        if len(self) < REMEMBERED:
            self[cell] = code
        return code

    def _code(self, value: str) -> float:
        known = self.recode.get(value, self.recode.get(plain_identifier(value)))
        return _number(value, self.column) if known is None else known


class _Questionnaire:
    """Where a mapping's response stands in a row."""

    def __init__(
        self, wanted: ResponseMapping, places: dict[str, int], absent: frozenset[str]
    ) -> None:
        self.wanted = wanted
        self.items, self.scores = (
            [(name, places[col], _Codes(col, wanted.recode, absent)) for name, col in part.items()]
            for part in (wanted.items, wanted.scores)
        )

    def answers(self, row: list[str], at: datetime, key: str) -> Answers | None:
        """What the row answers; None where it is nothing, or not all that is asked for."""
        wanted = self.wanted
        items = {item: codes[row[place]] for item, place, codes in self.items}
        scores = {
            scale: value
            for scale, place, codes in self.scores
            if (value := codes[row[place]]) is not None
        }
        answered = len(items) - list(items.values()).count(None) + len(scores)
        if not answered or (wanted.complete and answered < len(items) + len(self.scores)):
            return None
        return Answers(
            instrument=wanted.instrument,
            at=at,
            version=wanted.version,
            language=wanted.language,
            items=items,
            scores=scores,
            key=key,
            occasion=at.date().isoformat() if wanted.per == "day" else "",
        )


def _number(value: str, column: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):  # also where it is no number
        raise _Unusable(f"{column}: {value!r:.20} is no number")
    return number


class _Reader:
    """Turns rows into entries; remembers, per person, the last value of each watched column."""

    def __init__(
        self, mapping: Mapping, places: dict[str, int], width: int, scratch: Scratch
    ) -> None:
        self.mapping = mapping
        self.places = places
        self.width = width
        self.scratch = scratch
        self.zone = ZoneInfo(mapping.time_zone)
        self.absent = frozenset(mapping.missing)
        self.questionnaires = [
            _Questionnaire(response, places, self.absent) for response in mapping.responses
        ]
        wanted = mapping.time.format
        self._made = lru_cache(REMEMBERED)(self._make_person)
        self._read_instant = lru_cache(REMEMBERED)(self._read_time)
        self.format_holds_clock = wanted is not None and any(one in wanted for one in _CLOCK)

    def entry(self, line: int, row: list[str]) -> Entry:
        if len(row) != self.width:
            return refused(line, f"{len(row)} fields where the header has {self.width}")
        try:
            person = self._person(row)
            at = self._instant(row)
            key = self.mapping.name
            found = [one.answers(row, at, key) for one in self.questionnaires]
            answers = tuple(one for one in found if one is not None)
            happenings = tuple(self._happenings(row, person, at))
        except _Unusable as error:
            return refused(line, str(error))
        if not answers and not happenings:
            return refused(line, "no value in any of the mapped columns")
        return Entry(line, person, answers, happenings)

    def _value(self, row: list[str], column: str) -> str | None:
        value = row[self.places[column]].strip()
        return None if value in self.absent else value

    def _person(self, row: list[str]) -> Person:
        wanted = self.mapping.person
        identifier = wanted.constant or self._value(row, wanted.column or "")
        if identifier is None:
            raise _Unusable(f"{wanted.column}: no person")
        told = self._value(row, wanted.sex.column) if wanted.sex is not None else None
        return self._made(identifier, told)

    def _make_person(self, identifier: str, told: str | None) -> Person:
        wanted = self.mapping.person
        identifier = plain_identifier(identifier)
        sex = ""
        if wanted.sex is not None and told is not None:
            if told not in wanted.sex.map:
                raise _Unusable(f"{wanted.sex.column}: a value that the mapping does not translate")
            sex = wanted.sex.map[told]
        return Person(
            external_id=f"{self.mapping.name}:{identifier}",
            name=wanted.name.replace("{id}", identifier),
            sex=sex,
            language=wanted.language,
            country=wanted.country,
        )

    def _instant(self, row: list[str]) -> datetime:
        wanted = self.mapping.time
        value = self._value(row, wanted.column)
        if value is None:
            raise _Unusable(f"{wanted.column}: no time")
        clock = self._value(row, wanted.clock_column) if wanted.clock_column else None
        return self._read_instant(value, clock)

    def _read_time(self, value: str, clock: str | None) -> datetime:
        wanted = self.mapping.time
        if wanted.instants is not None:
            known = wanted.instants.get(value) or wanted.instants.get(plain_identifier(value))
            if known is None:
                raise _Unusable(f"{wanted.column}: {value!r:.20} is not in the mapping's instants")
            return self._local(known)
        try:
            if wanted.format is None:
                at, bare = datetime.fromisoformat(value), len(value) <= _ISO_DATE
            else:
                # Local to the mapping's zone, which `_local` adds.
                at = datetime.strptime(value, wanted.format)  # noqa: DTZ007
                bare = not self.format_holds_clock
        except ValueError:
            raise _Unusable(f"{wanted.column}: {value!r:.20} is no time in the format") from None
        return self._local(self._with_clock(at, clock) if bare else at)

    def _with_clock(self, day: datetime, clock: str | None) -> datetime:
        wanted = self.mapping.time
        if clock is None:
            return datetime.combine(day, wanted.at)
        try:
            parsed = datetime.strptime(clock, wanted.clock_format)  # noqa: DTZ007
        except ValueError:
            raise _Unusable(
                f"{wanted.clock_column}: {clock!r:.20} is no time in the format"
            ) from None
        return datetime.combine(day, parsed.time())

    def _local(self, at: datetime) -> datetime:
        """In the mapping's zone. A time the clocks skip is read as if they had not been changed
        yet; of a time they show twice, the first is taken.
        """
        return at if at.tzinfo else at.replace(tzinfo=self.zone)

    def _happenings(self, row: list[str], person: Person, at: datetime) -> Iterator[Happening]:
        for wanted in self.mapping.events:
            value = self._value(row, wanted.on_change_of)
            if value is None or not self._changed(wanted, person, value):
                continue
            dose = self._value(row, wanted.dose) if wanted.dose else None
            yield Happening(
                kind=wanted.kind,
                label=wanted.label.replace("{value}", plain_identifier(value)),
                at=at,
                dose=None if dose is None else _number(dose, wanted.dose or ""),
                unit=wanted.unit,
            )

    def _changed(self, wanted: EventMapping, person: Person, value: str) -> bool:
        space = f"last:{wanted.kind}:{wanted.on_change_of}"
        if self.scratch.get(space, person.external_id) == value:
            return False
        self.scratch.put(space, person.external_id, value)
        return True
