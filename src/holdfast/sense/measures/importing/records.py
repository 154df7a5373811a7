"""What readers yield: plain values, checked later against the instrument."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast


class ImportFault(Exception):
    """The file as a whole cannot be imported; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose record it is. `external_id` identifies the person within the practice."""

    external_id: str
    name: str = ""
    sex: str = ""
    language: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """One questionnaire answered once.

    `items` maps item names to codes, None for unanswered. `scores` is for records that hold only
    a scale's total. `at` is aware. `key` is the source's own identifier, or its name. `occasion`
    replaces the instant in the record's identity where a source repeats one answer on many rows.
    """

    instrument: str
    at: datetime
    version: str | None = None
    language: str = "en"
    items: Mapping[str, object] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    key: str = ""
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to the person: a dose step, a life event."""

    kind: str
    label: str
    at: datetime
    dose: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row or resource of the file.

    `line` is its line (CSV, JSON lines) or its 1-based place in a bundle. Either `reason` says why
    it cannot be used, or the rest says what it holds. Resources that only help to read others (a
    Patient, a Questionnaire) give no entry and are not counted.
    """

    line: int
    person: Person | None = None
    answers: tuple[Answers, ...] = ()
    happenings: tuple[Happening, ...] = ()
    reason: str = ""


def refused(line: int, reason: str) -> Entry:
    """An entry that cannot be used. `reason` holds names of columns and codes, no answers' text."""
    return Entry(line=line, reason=reason)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked on the fly where its name ends in .gz.

    Raises ImportFault for a file that cannot be read, or is damaged where it is packed.
    """
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield cast(BinaryIO, file)
    except (OSError, EOFError, zlib.error) as error:
        raise ImportFault(f"{path}: cannot be read: {error}") from error
