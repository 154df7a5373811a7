"""RADAR-base active remote monitoring (aRMT) answers: JSON lines or a JSON list, or the CSV that
its output tool writes with flattened column names (`value.answers.0.questionId`).

Schema: RADAR-Schemas, commons/active/questionnaire/questionnaire.avsc: times are seconds since
1970 in UTC, an answer's value is an int, a double or a string.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from holdfast.sense.measures.importing.records import (
    Answers,
    Entry,
    ImportFault,
    Person,
    opened,
    refused,
)

_ANSWER = re.compile(r"^(?:value\.)?answers\.(\d+)\.(questionId|value)(?:\.\w+)?$")
_NEEDED = ("userId", "time", "name")


def read(path: Path) -> Iterator[Entry]:
    """Entries in file order. Raises ImportFault for a file that holds neither form."""
    with opened(path) as file:
        try:
            if ".csv" in path.suffixes:
                yield from _from_csv(path, file)
            elif _is_list(path):
                records = ijson.items(file, "item", use_float=True)
                yield from (_from_record(n, one) for n, one in enumerate(records, start=1))
            else:
                for number, line in enumerate(file, start=1):
                    if line.strip():
                        yield _from_line(number, line)
        except (UnicodeDecodeError, csv.Error, ijson.JSONError) as error:
            raise ImportFault(f"{path}: {error}") from error


def _is_list(path: Path) -> bool:
    with opened(path) as file:
        return file.read(1 << 12).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["


def _from_line(number: int, line: bytes) -> Entry:
    try:
        record = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        return refused(number, "not JSON")
    return _from_record(number, record)


def _from_record(number: int, record: object) -> Entry:
    if not isinstance(record, dict):
        return refused(number, "not a record")
    flat = {**_plain(record.get("key")), **_plain(record.get("value"))} or record
    answers = _unwrap(flat.get("answers"))
    if not isinstance(answers, list):
        return refused(number, "answers: missing")
    if not all(isinstance(one, dict) for one in answers):
        return refused(number, "answers: not a list of records")
    pairs = [(_unwrap(one.get("questionId")), _unwrap(one.get("value"))) for one in answers]
    return _entry(number, {name: _unwrap(value) for name, value in flat.items()}, pairs)


def _plain(part: object) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}


def _unwrap(value: object) -> object:
    """Avro's JSON writes a union as {"int": 2}."""
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value.values()))
    return value


def _from_csv(path: Path, file: BinaryIO) -> Iterator[Entry]:
    rows = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
    header = next(rows, [])
    if not any(_ANSWER.match(name) for name in header):
        raise ImportFault(f"{path}: line 1: no column such as value.answers.0.questionId")
    for row in rows:
        if not row:
            continue
        if len(row) != len(header):
            yield refused(rows.line_num, f"{len(row)} fields where the header has {len(header)}")
            continue
        named = {name: value for name, value in zip(header, row, strict=True) if value != ""}
        flat = {name.split(".", 1)[-1]: value for name, value in named.items()}
        yield _entry(rows.line_num, flat, _pairs(named))


def _pairs(row: Mapping[str, str]) -> list[tuple[object, object]]:
    found: dict[int, dict[str, str]] = {}
    for name, value in row.items():
        match = _ANSWER.match(name)
        if match:
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
        at = datetime.fromtimestamp(float(record["time"]), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return refused(number, "time: not seconds since 1970")
    project = str(record.get("projectId") or "")
    answers = Answers(
        instrument=str(record["name"]),
        at=at,
        items=items,
        key="|".join(["radar", project, str(record.get("sourceId") or "")]),
    )
    person = Person(external_id=f"radar:{project}:{record['userId']}")
    return Entry(number, person, (answers,))
