"""What readers yield: plain values, checked later against the instrument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


class ImportFault(Exception):
    """The file as a whole cannot be imported; the message says where and why."""


@dataclass(frozen=True)
class Person:
    """Whose record it is. `external_id` identifies the person within the practice."""

    external_id: str
    name: str = ""
    sex: str = ""
    language: str = ""
    country: str = ""


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Happening:
    """Something that happened to the person: a dose step, a life event."""

    kind: str
    label: str
    at: datetime
    dose: float | None = None
    unit: str = ""


@dataclass(frozen=True)
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
