"""A person's record as a zip of CSV files, one per kind of thing, UTF-8 with a header row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from holdfast.core.leaving import copies
from holdfast.core.tenancy.models import Client
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures import queries
from holdfast.sense.measures.models import Response, Score

IN_MEMORY = 8 * 1024 * 1024
CHUNK = 500
#: A spreadsheet runs a cell that begins so as a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")

ANSWERS = ("response_id", "instrument", "version", "language", "answered_at", "received_at",
           "time_zone", "local_date", "source", "item", "code")  # fmt: skip
SCORES = ("response_id", "instrument", "scale", "answered_at", "value", "band")
EVENTS = ("id", "kind", "label", "at", "end", "dose", "unit")
MEDICATIONS = ("id", "name", "dose", "unit", "frequency", "started_on", "ended_on")
FLAGS = ("id", "level", "reason", "state", "answered_at", "raised_at", "seen_at", "closed_at",
         "outcome", "historical")  # fmt: skip


def archive(client: Client) -> IO[bytes]:
    """The zip, rewound. It spills to disk above 8 MiB, so memory stays flat."""
    practice_id, client_id = client.practice_id, client.pk
    target: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        _write(bundle, "answers.csv", ANSWERS, _answers(client))
        _write(bundle, "scores.csv", SCORES, _scores(client))
        events = queries.life_events(practice_id, client_id)
        _write(bundle, "events.csv", EVENTS, _values(map(queries.event_view, events), EVENTS))
        taken = map(queries.medication_view, queries.medications(practice_id, client_id))
        _write(bundle, "medications.csv", MEDICATIONS, _values(taken, MEDICATIONS))
        found = flags.statuses(practice_id, client_id)
        _write(bundle, "flags.csv", FLAGS, _values(found, FLAGS))
        for table in copies.tables():
            _write(bundle, table.name, table.header, table.rows(client))
    target.seek(0)
    return target


def _write(
    bundle: zipfile.ZipFile, name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]
) -> None:
    with bundle.open(name, "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows([cell(value) for value in row] for row in rows)


def cell(value: Any) -> Any:
    """A value as a CSV cell: instants in ISO 8601, nothing empty, and no text a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value


def _values(rows: Iterable[Any], names: Iterable[str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [getattr(row, name) for name in names]


def _answers(client: Client) -> Iterator[list[Any]]:
    rows = Response.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    fields = ("pk", "instrument", "version", "language", "answered_at", "received_at",
              "time_zone", "local_date", "source", "answers")  # fmt: skip
    for *head, answers in (
        rows.order_by("answered_at", "pk").values_list(*fields).iterator(chunk_size=CHUNK)
    ):
        for item, code in answers.items():
            yield [*head, item, code]


def _scores(client: Client) -> Iterator[tuple[Any, ...]]:
    rows = Score.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    ordered = rows.order_by("answered_at", "pk").values_list(*SCORES)
    yield from ordered.iterator(chunk_size=CHUNK)
