"""Load many rows at once into either database, past Django's models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from bench.practice.rows import Row


@contextmanager
def without_indexes(tables: Sequence[str]) -> Iterator[None]:
    """Drop the tables' indexes (not those of constraints) and make them again at the end."""
    if connection.vendor == "sqlite":
        find = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name = %s"
        )
    else:
        find = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint WHERE conname = indexname)"
        )
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(find, [table])
            found += cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, definition in found:
            cursor.execute(definition)


@contextmanager
def hurried() -> Iterator[None]:
    """Load without waiting for the disk and without looking up every foreign key."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Sorting ten million entries of an index takes a gigabyte: not in memory.
            before = (
                "PRAGMA synchronous=OFF;PRAGMA foreign_keys=OFF;PRAGMA cache_size=-500000;"
                "PRAGMA temp_store=FILE"
            )
            after = (
                "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA cache_size=-2000;"
                "PRAGMA temp_store=MEMORY"
            )
        else:
            before, after = "SET session_replication_role = replica", "RESET ALL"
        for statement in before.split(";"):
            cursor.execute(statement)
        yield
        for statement in after.split(";"):
            cursor.execute(statement)


def load(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Add the rows: COPY on PostgreSQL, one prepared INSERT on SQLite."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            places = ", ".join("?" * len(columns))
            raw = cursor.connection
            raw.execute("BEGIN")
            raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)
            raw.execute("COMMIT")
            return
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            chunk: list[str] = []
            for row in rows:
                chunk.append("\t".join(["\\N" if cell is None else cell for cell in row]))
                if len(chunk) == 2000:
                    copy.write("\n".join(chunk) + "\n")
                    chunk.clear()
            if chunk:
                copy.write("\n".join(chunk) + "\n")
