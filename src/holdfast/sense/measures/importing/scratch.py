"""What grows with the file is kept on disk, so that memory stays flat."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from types import TracebackType


class Scratch:
    """Text by key, in named spaces, in a temporary file that nobody else can open.

    SQLite deletes the file when it is closed; small amounts never reach the disk at all.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE kept (space TEXT, key TEXT, value TEXT, PRIMARY KEY (space, key))"
            " WITHOUT ROWID"
        )

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def get(self, space: str, key: str) -> str | None:
        """The value last put there, or None."""
        found = self._database.execute(
            "SELECT value FROM kept WHERE space = ? AND key = ?", (space, key)
        ).fetchone()
        return None if found is None else str(found[0])

    def put(self, space: str, key: str, value: str = "") -> None:
        """Keep a value under a key, in place of what was there."""
        self._database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (space, key, value))

    def keys(self, space: str) -> Iterator[str]:
        """The keys of a space, sorted."""
        rows = self._database.execute("SELECT key FROM kept WHERE space = ? ORDER BY key", (space,))
        for (key,) in rows:
            yield str(key)
