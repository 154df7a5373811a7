"""Entries as the texts that their hashes cover, read alike from both databases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

from holdfast.core import bulk
from holdfast.core.audit.engine import COLUMNS, Entry, Link
from holdfast.core.audit.models import AuditEvent

#: How a column becomes its text. SQLite holds texts already, and leaves out what is zero of a
#: second; read as they are, because a letter that turned into its capital is a change, too.
_POSTGRESQL = {
    "id": "replace(id::text, '-', '')",
    "practice_id": "replace(practice_id::text, '-', '')",
    "at": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "actor_id": "replace(actor_id::text, '-', '')",
    "client_id": "replace(client_id::text, '-', '')",
}
_SQLITE = {"at": "CASE length(at) WHEN 19 THEN at || '.000000' ELSE at END"}
#: Entries read at a time.
PAGE = 5000


def waiting(practice_id: uuid.UUID, limit: int) -> list[Entry]:
    """The oldest entries that have no place yet, in the order in which they were begun."""
    return _select(
        _texts(), "practice_id = %s AND seq IS NULL ORDER BY id LIMIT %s", practice_id, limit
    )


def links(practice_id: uuid.UUID, after: int, upto: int) -> Iterator[Link]:
    """The chain's links after one place and up to another. One statement per `PAGE` of them."""
    while after < upto:
        rows = _select(
            f"seq, hash, {_texts()}",
            "practice_id = %s AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s",
            practice_id,
            after,
            upto,
            PAGE,
        )
        for row in rows:
            yield row[0], row[1], row[2:]
        if len(rows) < PAGE:
            return
        after = rows[-1][0]


def _texts() -> str:
    how = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    return ", ".join(how.get(column, column) for column in COLUMNS)


def _select(columns: str, where: str, practice_id: uuid.UUID, *values: int) -> list[Any]:
    parameters = [*bulk.stored(AuditEvent, practice_id=practice_id), *values]
    sql = f"SELECT {columns} FROM audit_auditevent WHERE {where}"  # noqa: S608
    try:
        return _fetch(sql, parameters)
    except OperationalError:
        if connection.vendor != "sqlite":
            raise
        with _damaged_texts():
            return _fetch(sql, parameters)


def _fetch(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[Any] = cursor.fetchall()
    return found


@contextmanager
def _damaged_texts() -> Iterator[None]:
    """Have SQLite hand out what is not UTF-8, too: a flipped bit must be named, not be a fault."""
    raw = connection.connection
    raw.text_factory = lambda value: value.decode("utf-8", "replace")
    try:
        yield
    finally:
        raw.text_factory = str
