"""SQLite: a copy by its online backup API while others write, checked page by page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from holdfast.cli.archive.errors import BackupFault

FILE = "database.sqlite3"


def dump(source: Path, target: Path) -> None:
    """Copy the database as it is at one instant; writers go on meanwhile.

    Everything acknowledged before the call is in. One step under one read transaction: with more,
    each write elsewhere would start the copy anew.
    """
    if not source.is_file():
        raise BackupFault(f"There is no database {source}.")
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy, pages=-1)
            # One file that needs no other beside it; the first connection turns WAL on again.
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise BackupFault(f"The database could not be copied: {error}") from error


def rows(path: Path) -> dict[str, int]:
    """Number of rows per table of a copy."""
    with closing(sqlite3.connect(path)) as copy:
        named = copy.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        names = sorted(str(name) for (name,) in named)
        return {name: _count(copy, name) for name in names}


def _count(copy: sqlite3.Connection, table: str) -> int:
    # A table's name cannot be a parameter; it comes from the schema itself.
    quoted = '"' + table.replace('"', '""') + '"'
    return int(copy.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0])  # noqa: S608


def migrations(path: Path) -> list[str]:
    """The names of the migrations that the copy has seen, such as `tenancy.0001_initial`."""
    with closing(sqlite3.connect(path)) as copy:
        found = copy.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [str(name) for (name,) in found]


def check(path: Path, expected: dict[str, int]) -> None:
    """Every page and index is whole, every reference has its row, no row is missing.

    Raises BackupFault. Reads all of the file.
    """
    try:
        with closing(sqlite3.connect(path)) as copy:
            verdict = [str(line) for (line,) in copy.execute("PRAGMA integrity_check(1)")]
            dangling = copy.execute("PRAGMA foreign_key_check").fetchone()
        found = rows(path)
    except sqlite3.Error as error:
        raise BackupFault(f"The backup's database cannot be read: {error}") from error
    if verdict != ["ok"] or dangling is not None:
        raise BackupFault("The backup's database is damaged.")
    if found != expected:
        raise BackupFault("The backup's database does not hold the rows that its list names.")
