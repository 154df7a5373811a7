"""RADAR-base active remote monitoring (aRMT) answers: JSON lines, or the CSV that its output
tool writes with flattened column names (`value.answers.0.questionId`).

Schema: RADAR-Schemas, commons/active/questionnaire/questionnaire.avsc: times are seconds since
1970 in UTC, an answer's value is an int, a double or a string.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdfast.sense.measures.importing.readers.csv import open_text
from holdfast.sense.measures.importing.records import Answers, Entry, ImportFault, Person, refused

_ANSWER = re.compile(r"^(?:value\.)?answers\.(\d+)\.(questionId|value)(?:\.\w+)?$")
_NEEDED = ("userId", "time", "name")


def read(path: Path) -> Iterator[Entry]:
    """Entries in file order. Raises ImportFault for a file that holds neither form."""
    if ".csv" in path.suffixes:
        yield from _from_csv(path)
    else:
        yield from _from_json_lines(path)


def _from_json_lines(path: Path) -> Iterator[Entry]:
    with open_text(path) as file:
        try:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _from_line(number, line)
        except UnicodeDecodeError as error:
            raise ImportFault(f"{path}: not UTF-8: {error}") from error


def _from_line(number: int, line: str) -> Entry:
    try:
        record = json.loads(line)
    except ValueError:
        return refused(number, "not JSON")
    if not isinstance(record, dict):
        return refused(number, "not a record")
    flat = {**_plain(record.get("key")), **_plain(record.get("value"))} or record
    answers = flat.get("answers")
    if not isinstance(answers, list):
        return refused(number, "answers: missing")
    pairs = [(one.get("questionId"), _unwrap(one.get("value"))) for one in answers if one]
    return _entry(number, flat, pairs)


def _plain(part: object) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}


def _unwrap(value: object) -> object:
    """Avro's JSON writes a union as {"int": 2}."""
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value.values()))
    return value


def _from_csv(path: Path) -> Iterator[Entry]:
    with open_text(path) as file:
        rows = csv.DictReader(file)
        names = rows.fieldnames or ()
        if not any(_ANSWER.match(name) for name in names):
            raise ImportFault(f"{path}: line 1: no column such as value.answers.0.questionId")
        for row in rows:
            if None in row or None in row.values():
                yield refused(rows.line_num, "the row has more or fewer fields than the header")
                continue
            flat = {name.split(".", 1)[-1]: value for name, value in row.items() if value != ""}
            yield _entry(rows.line_num, flat, _pairs(row))


def _pairs(row: Mapping[str, str]) -> list[tuple[object, object]]:
    found: dict[int, dict[str, str]] = {}
    for name, value in row.items():
        match = _ANSWER.match(name)
        if match and value != "":
            found.setdefault(int(match[1]), {})[match[2]] = value
    return [(one.get("questionId"), one.get("value")) for _, one in sorted(found.items())]


def _entry(number: int, record: Mapping[str, Any], pairs: list[tuple[object, object]]) -> Entry:
    lacking = [name for name in _NEEDED if record.get(name) in (None, "")]
    if lacking:
        return refused(number, f"{lacking[0]}: missing")
    items: dict[str, object] = {}
    for question, value in pairs:
        name = str(question)
        if question is None or name in items:
            return refused(number, f"answers: {name!r:.40} is missing or given twice")
        items[name] = value if value not in ("", "NA") else None
    if all(value is None for value in items.values()):
        return refused(number, "answers: none")
    try:
        at = datetime.fromtimestamp(float(_unwrap(record["time"])), UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        return refused(number, "time: not seconds since 1970")
    project = str(_unwrap(record.get("projectId")) or "")
    answers = Answers(
        instrument=str(record["name"]),
        at=at,
        items=items,
        key="|".join(["radar", project, str(_unwrap(record.get("sourceId")) or "")]),
    )
    person = Person(external_id=f"radar:{project}:{_unwrap(record['userId'])}")
    return Entry(number, person, (answers,))
