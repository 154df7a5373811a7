"""Many rows of one model in one statement, or one where time counts, without an object for each.

Django's `bulk_create` asks every field of every row how it is written, which is half the time of
an import. Here each column is translated as a whole, and goes in through one prepared statement
(SQLite) or COPY (PostgreSQL), in the caller's transaction. What is stored is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from holdfast.core.crypto.lookup import FindableEmail, FindableField

#: Pages of the database that SQLite keeps in memory.
CACHE_KIB = 32 * 1024
Row = Mapping[str, Any]
_Translate = Callable[[Any], Any]
_Rows = Iterable[tuple[Any, ...]]


def insert(model: type[Model], rows: Sequence[Row]) -> None:
    """Insert rows that map every column's attribute (`client_id`, not `client`) to its value.

    Values are what the model's attributes hold; instants are aware. Defaults are not filled in:
    raises KeyError or ValueError where a column was forgotten, so that a new one cannot be.
    Database errors are Django's.
    """
    if not rows:
        return
    fields = _fields(model)
    translated = _columns(model, fields, rows)
    if connection.vendor == "postgresql":
        _copy(model, fields, translated)
    else:
        _execute(model, fields, translated)


def insert_few(model: type[Model], rows: Sequence[Row]) -> int:
    """As `insert`, for a handful of rows; those whose primary key is taken are left out.

    How many went in. Whoever inserts the same key at this moment is waited for. One statement.
    """
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(*_insertion(model, rows))
        return int(cursor.rowcount)


def _insertion(model: type[Model], rows: Sequence[Row]) -> tuple[str, list[Any]]:
    fields = _fields(model)
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    key = connection.ops.quote_name(str(model._meta.pk.column))
    values = [value for row in _columns(model, fields, rows) for value in row]
    sql = f"INSERT INTO {_target(model, fields)} VALUES {marks} ON CONFLICT ({key}) DO NOTHING"  # noqa: S608
    return sql, values


class Together:
    """Writes whose outcome nobody asks for: one turn to the database where it takes several
    statements at once (PostgreSQL), in the caller's transaction.
    """

    def __init__(self) -> None:
        self._statements: list[tuple[str, Sequence[Any]]] = []

    def insert(self, model: type[Model], rows: Sequence[Row]) -> None:
        """As `insert_few`."""
        if rows:
            self._statements.append(_insertion(model, rows))

    def add(self, sql: str, parameters: Sequence[Any]) -> None:
        """One statement, without a semicolon."""
        self._statements.append((sql, parameters))

    def run(self) -> None:
        """In the order in which they were added. Database errors are Django's."""
        statements, self._statements = self._statements, []
        if connection.vendor == "postgresql" and statements:
            whole = "; ".join(sql for sql, _ in statements)
            statements = [(whole, [one for _, parameters in statements for one in parameters])]
        with connection.cursor() as cursor:
            for sql, parameters in statements:
                cursor.execute(sql, parameters)


def row_of(instance: Model) -> dict[str, Any]:
    """What `insert` takes, from an instance that is not in the database yet."""
    return {field.attname: getattr(instance, field.attname) for field in _fields(type(instance))}


def stored(model: type[Model], **values: Any) -> list[Any]:
    """Values of columns as this database holds them, in order: parameters of SQL by hand."""
    fields = {field.attname: field for field in _fields(model)}
    return [_translated(fields[name], [value])[0] for name, value in values.items()]


def _columns(model: type[Model], fields: list[Field[Any, Any]], rows: Sequence[Row]) -> _Rows:
    """The rows' values in the order of the fields, as the driver takes them."""
    names = [field.attname for field in fields]
    if any(len(row) != len(names) for row in rows):
        raise ValueError(f"{model.__name__} has the columns {', '.join(names)}")
    columns = zip(*map(itemgetter(*names), rows), strict=True)
    return zip(*map(_translated, fields, columns), strict=True)


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)


def make_room() -> None:
    """For a connection that is to insert much: SQLite's own 2 MiB of pages do not hold the ends of
    all indexes, so that pages are read and written again and again.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def _execute(model: type[Model], fields: list[Field[Any, Any]], rows: _Rows) -> None:
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {_target(model, fields)} VALUES ({marks})", [*rows])  # noqa: S608


def _copy(model: type[Model], fields: list[Field[Any, Any]], rows: _Rows) -> None:
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {_target(model, fields)} FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _target(model: type[Model], fields: list[Field[Any, Any]]) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    return f"{quote(model._meta.db_table)} ({columns})"


def _translated(field: Field[Any, Any], column: Sequence[Any]) -> Sequence[Any]:
    """The values as the database's driver takes them."""
    # A reference is kept as the key that it refers to.
    holds: Field[Any, Any] = getattr(field, "target_field", field)
    if isinstance(holds, FindableField | FindableEmail):
        return [holds.get_prep_value(value) for value in column]
    translate = _JSON if connection.vendor == "postgresql" else _SQLITE
    how = translate.get(holds.get_internal_type())
    if how is None:
        return column
    first = column[0]
    if all(value is first for value in column):  # the practice, the time of receipt, no alerts
        return [None if first is None else how(first)] * len(column)
    return [None if value is None else how(value) for value in column]


def _instant(value: datetime) -> str:
    """SQLite keeps instants as text: UTC, without an offset."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _json(value: Any) -> str:
    return "[]" if value == [] else _encode(value)


_encode = json.JSONEncoder().encode
_JSON: dict[str, _Translate] = {"JSONField": _json}
_SQLITE: dict[str, _Translate] = {
    **_JSON,
    "UUIDField": lambda value: value.hex,
    "DateTimeField": _instant,
    "DateField": str,
}
