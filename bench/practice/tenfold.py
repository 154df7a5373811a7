"""`python -m bench.practice.tenfold`: the same people with ten times the history.

Every response, score and finished meeting nine times more, each copy 350 days further back. The
database copies them itself, which takes minutes instead of an hour. What is new stays as it is,
and with it every page: only what lies behind it grows. The database comes from the environment.
"""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
django.setup()

from django.db import connection, models

from bench.practice import bulk
from holdfast.meet.encounters.models import Encounter
from holdfast.sense.measures.models import Response, Score

COPIES = range(1, 10)
DAYS = 350
#: What was made begins with 0; what was handed in since, with anything.
FIRST_COPY = "10000000-0000-0000-0000-000000000000"


def copied(field: models.Field[object, object], copy: int) -> str:
    """The column of a copy, as SQL: another identifier, another time, else the same."""
    column, postgres = f'"{field.column}"', connection.vendor == "postgresql"
    if is_name(field):
        # The identifiers of what was made begin with 0: each copy has a stretch of its own.
        text = f"{column}::text" if postgres else column
        changed = f"'{copy:x}' || substr({text}, 2)"
        return f"({changed})::uuid" if postgres else changed
    back = copy * DAYS
    if isinstance(field, models.DateTimeField):
        moved = f"{column} - interval '{back} days'"
        return moved if postgres else f"datetime({column}, '-{back} days')"
    if isinstance(field, models.DateField):
        return f"{column} - {back}" if postgres else f"date({column}, '-{back} days')"
    return column


def multiply(model: type[models.Model], only: str) -> None:
    table, fields = model._meta.db_table, model._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    made = " AND ".join(f"\"{one.column}\" < '{FIRST_COPY}'" for one in fields if is_name(one))
    with connection.cursor() as cursor:
        for copy in COPIES:
            values = ", ".join(copied(field, copy) for field in fields)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}"
                f" WHERE {only} AND {made} ORDER BY id"
            )


def is_name(field: models.Field[object, object]) -> bool:
    """Whether it holds an identifier that a copy has another one for."""
    return field.primary_key or field.name == "response"


def main() -> None:
    tables = [model._meta.db_table for model in (Response, Score, Encounter)]
    with bulk.hurried(), bulk.without_indexes(tables):
        multiply(Response, "TRUE")
        multiply(Score, "TRUE")
        multiply(Encounter, "status = 'finished'")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # autovacuum would within minutes
            cursor.execute("VACUUM ANALYZE")
    print(Response.objects.count())
    connection.close()


if __name__ == "__main__":
    main()
