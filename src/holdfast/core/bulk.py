"""Many rows of one model in one statement, or one where time counts, without an object for each.

Django's `bulk_create` asks every field of every row how it is written, which is half the time of
an import. Here each column is translated as a whole, and goes in through one prepared statement
(SQLite) or COPY (PostgreSQL), in the caller's transaction. What is stored is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

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


def _insertion(
    model: type[Model], rows: Sequence[Row], *, by_key: bool = True
) -> tuple[str, list[Any]]:
    known = _translations(model, connection.vendor)
    if any(len(row) != len(known) for row in rows):
        raise ValueError(f"{model.__name__} has the columns {', '.join(known)}")
    values = [_one(how, row[name]) for row in rows for name, how in known.items()]
    return _insertion_of(model, len(rows), by_key), values


@lru_cache(maxsize=64)
def _insertion_of(model: type[Model], count: int, by_key: bool) -> str:
    fields = _fields(model)
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    key = f"({connection.ops.quote_name(str(model._meta.pk.column))}) " if by_key else ""
    return f"INSERT INTO {_target(model, fields)} VALUES {marks} ON CONFLICT {key}DO NOTHING"  # noqa: S608


class Together:
    """Writes of which only the first one's outcome matters: one turn to the database where it
    takes several statements at once (PostgreSQL), in the caller's transaction.
    """

    def __init__(self) -> None:
        self._statements: list[tuple[str, Sequence[Any]]] = []

    def insert(self, model: type[Model], rows: Sequence[Row]) -> None:
        """As `insert_few`; rows that are here already by any unique constraint are left out."""
        if rows:
            sql, values = _insertion(model, rows, by_key=False)
            self._statements.append((sql, values))

    def add(self, sql: str, parameters: Sequence[Any]) -> None:
        """One statement, without a semicolon."""
        self._statements.append((sql, parameters))

    def run(self) -> int:
        """In the order in which they were added; how many rows the first one touched. Database
        errors are Django's.
        """
        statements, self._statements = self._statements, []
        if connection.vendor == "postgresql" and statements:
            whole = "; ".join(sql for sql, _ in statements)
            statements = [(whole, [one for _, parameters in statements for one in parameters])]
        touched = []
        with connection.cursor() as cursor:
            for sql, parameters in statements:
                cursor.execute(sql, parameters)
                touched.append(int(cursor.rowcount))
        return touched[0] if touched else 0


M = TypeVar("M", bound=Model)


def read(model: type[M], rest: str, parameters: Sequence[Any]) -> list[M]:
    """Whole rows of one model; `rest` is the SQL after the columns, from its FROM on.

    What `objects.raw` gives at half its price, for what every request asks. One statement.
    """
    columns, names, converters = _reading(model, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} {rest}", parameters)
        rows = cursor.fetchall()
    found = []
    for row in rows:
        values = [*row]
        for place, convert, column in converters:
            values[place] = convert(values[place], column, connection)
        found.append(model.from_db(connection.alias, names, values))
    return found


_Converter = Callable[[Any, Any, Any], Any]


@lru_cache(maxsize=64)
def _reading(
    model: type[Model], vendor: str
) -> tuple[str, list[str], list[tuple[int, _Converter, Any]]]:
    """The columns, their attributes, and what makes of a value what the attribute holds."""
    fields, quote = _fields(model), connection.ops.quote_name
    table = model._meta.db_table
    columns = ", ".join(f"{quote(table)}.{quote(str(field.column))}" for field in fields)
    converters = [
        (place, convert, column)
        for place, column in enumerate(field.get_col(table) for field in fields)
        for convert in (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        )
    ]
    return columns, [field.attname for field in fields], converters


def row_of(instance: Model) -> dict[str, Any]:
    """What `insert` takes, from an instance that is not in the database yet."""
    return {field.attname: getattr(instance, field.attname) for field in _fields(type(instance))}


def stored(model: type[Model], **values: Any) -> list[Any]:
    """Values of columns as this database holds them, in order: parameters of SQL by hand."""
    known = _translations(model, connection.vendor)
    return [_one(known[name], value) for name, value in values.items()]


def _columns(model: type[Model], fields: list[Field[Any, Any]], rows: Sequence[Row]) -> _Rows:
    """The rows' values in the order of the fields, as the driver takes them."""
    names = [field.attname for field in fields]
    if any(len(row) != len(names) for row in rows):
        raise ValueError(f"{model.__name__} has the columns {', '.join(names)}")
    columns = zip(*map(itemgetter(*names), rows), strict=True)
    known = _translations(model, connection.vendor)
    return zip(*map(_translated, known.values(), columns), strict=True)


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


def _translated(how: _Translate | None, column: Sequence[Any]) -> Sequence[Any]:
    """The values as the database's driver takes them."""
    if how is None:
        return column
    first = column[0]
    if all(value is first for value in column):  # the practice, the time of receipt, no alerts
        return [_one(how, first)] * len(column)
    return [_one(how, value) for value in column]


def _one(how: _Translate | None, value: Any) -> Any:
    return value if how is None or value is None else how(value)


@lru_cache(maxsize=64)
def _translations(model: type[Model], vendor: str) -> dict[str, _Translate | None]:
    """By attribute, in the order of the columns: what makes of its value what the driver takes."""
    return {field.attname: _translation(field, vendor) for field in _fields(model)}


def _translation(field: Field[Any, Any], vendor: str) -> _Translate | None:
    # A reference is kept as the key that it refers to.
    holds: Field[Any, Any] = getattr(field, "target_field", field)
    if isinstance(holds, FindableField | FindableEmail):
        return holds.get_prep_value
    translate = _JSON if vendor == "postgresql" else _SQLITE
    return translate.get(holds.get_internal_type())


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
