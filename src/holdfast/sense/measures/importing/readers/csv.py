"""CSV (RFC 4180) with a mapping file."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from holdfast.sense.measures.importing.mapping import Mapping, ResponseMapping
from holdfast.sense.measures.importing.records import (
    Answers,
    Entry,
    Happening,
    ImportFault,
    Person,
    refused,
)

Row = dict[str, str]


class _Unusable(Exception):
    """A row that cannot be used, with the reason."""


def open_text(path: Path, encoding: str = "utf-8") -> IO[str]:
    """A text file, unpacked on the fly where its name ends in .gz."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open("r", encoding=encoding, newline="")


def read(path: Path, mapping: Mapping) -> Iterator[Entry]:
    """Entries of the file in its order. Raises ImportFault for a file that is no such CSV."""
    reader = _Reader(mapping)
    with open_text(path, mapping.encoding) as file:
        rows = csv.DictReader(file, delimiter=mapping.delimiter)
        missing = mapping.columns - set(rows.fieldnames or ())
        if missing:
            raise ImportFault(
                f"{path}: line 1: the mapping names column(s) that the file lacks:"
                f" {', '.join(sorted(missing))}"
            )
        try:
            for row in rows:
                yield reader.entry(rows.line_num, row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ImportFault(f"{path}: line {rows.line_num + 1}: {error}") from error


def plain_identifier(value: str) -> str:
    """An identifier as people write it: tables exported from R or pandas say 1.0 for 1."""
    head, point, tail = value.partition(".")
    return head if point and head.isdigit() and not tail.strip("0") else value


class _Reader:
    """Turns rows into entries; remembers, per person, the last value of each watched column."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.zone = ZoneInfo(mapping.time_zone)
        self.absent = frozenset(mapping.missing)
        self.last: dict[tuple[str, str], str] = {}
        self.default_clock = time.fromisoformat(mapping.time.at)

    def entry(self, line: int, row: Row) -> Entry:
        if None in row or None in row.values():
            return refused(line, "the row has more or fewer fields than the header")
        try:
            person = self._person(row)
            at = self._instant(row)
            answers = tuple(self._answers(row, at))
            happenings = tuple(self._happenings(row, person, at))
        except _Unusable as error:
            return refused(line, str(error))
        if not answers and not happenings:
            return refused(line, "no value in any of the mapped columns")
        return Entry(line, person, answers, happenings)

    def _value(self, row: Row, column: str) -> str | None:
        value = row[column].strip()
        return None if value in self.absent else value

    def _person(self, row: Row) -> Person:
        wanted = self.mapping.person
        identifier = wanted.constant or self._value(row, wanted.column or "")
        if identifier is None:
            raise _Unusable(f"{wanted.column}: no person")
        identifier = plain_identifier(identifier)
        sex = ""
        if wanted.sex is not None:
            told = self._value(row, wanted.sex.column)
            if told is not None and told not in wanted.sex.map:
                raise _Unusable(f"{wanted.sex.column}: a value that the mapping does not translate")
            sex = wanted.sex.map[told] if told is not None else ""
        return Person(
            external_id=f"{self.mapping.name}:{identifier}",
            name=wanted.name.replace("{id}", identifier),
            sex=sex,
            language=wanted.language,
            country=wanted.country,
        )

    def _instant(self, row: Row) -> datetime:
        wanted = self.mapping.time
        value = self._value(row, wanted.column)
        if value is None:
            raise _Unusable(f"{wanted.column}: no time")
        try:
            if wanted.instants is not None:
                return self._local(datetime.fromisoformat(wanted.instants[plain_identifier(value)]))
            if wanted.format is None:
                return self._local(datetime.fromisoformat(value))
            # Local to the mapping's zone, which `_local` adds.
            day = datetime.strptime(value, wanted.format)  # noqa: DTZ007
            return self._local(self._with_clock(row, day))
        except KeyError:
            raise _Unusable(
                f"{wanted.column}: {value!r:.20} is not among the mapping's instants"
            ) from None
        except ValueError:
            raise _Unusable(f"{wanted.column}: {value!r:.20} is no time in the format") from None

    def _with_clock(self, row: Row, day: datetime) -> datetime:
        wanted = self.mapping.time
        clock = self._value(row, wanted.clock_column) if wanted.clock_column else None
        if clock is not None:
            try:
                parsed = datetime.strptime(clock, wanted.clock_format)  # noqa: DTZ007
                return datetime.combine(day, parsed.time())
            except ValueError:
                raise _Unusable(
                    f"{wanted.clock_column}: {clock!r:.20} is no time in the format"
                ) from None
        holds_clock = wanted.format is not None and any(
            part in wanted.format for part in ("%H", "%I", "%X", "%c", "%T")
        )
        return day if holds_clock else datetime.combine(day, self.default_clock)

    def _local(self, at: datetime) -> datetime:
        return at if at.tzinfo else at.replace(tzinfo=self.zone)

    def _answers(self, row: Row, at: datetime) -> Iterator[Answers]:
        for wanted in self.mapping.responses:
            items = {item: self._code(row, wanted, col) for item, col in wanted.items.items()}
            scores = {
                scale: value
                for scale, col in wanted.scores.items()
                if (value := self._code(row, wanted, col)) is not None
            }
            answered = [value for value in items.values() if value is not None]
            if not answered and not scores:
                continue
            if wanted.complete and len(answered) < len(items):
                continue
            yield Answers(
                instrument=wanted.instrument,
                at=at,
                version=wanted.version,
                language=wanted.language,
                items=items,
                scores=scores,
                key=self.mapping.name,
                occasion=at.date().isoformat() if wanted.per == "day" else "",
            )

    def _code(self, row: Row, wanted: ResponseMapping, column: str) -> float | None:
        value = self._value(row, column)
        if value is None:
            return None
        if value in wanted.recode:
            return wanted.recode[value]
        try:
            number = float(value)
        except ValueError:
            raise _Unusable(f"{column}: {value!r:.20} is no number") from None
        if number != number or number in (float("inf"), float("-inf")):
            raise _Unusable(f"{column}: {value!r:.20} is no number")
        return number

    def _happenings(self, row: Row, person: Person, at: datetime) -> Iterator[Happening]:
        for wanted in self.mapping.events:
            value = self._value(row, wanted.on_change_of)
            key = (person.external_id, wanted.on_change_of)
            if value is None or self.last.get(key) == value:
                continue
            self.last[key] = value
            dose = self._value(row, wanted.dose) if wanted.dose else None
            yield Happening(
                kind=wanted.kind,
                label=wanted.label.replace("{value}", plain_identifier(value)),
                at=at,
                dose=None if dose is None else float(dose),
                unit=wanted.unit,
            )
