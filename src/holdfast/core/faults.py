"""What a storage that cannot serve means for a request: no room (507), or not there (503).

One mapping for both databases and for files. `config.views.failed` answers with it, whatever part
of the request met the fault; what a request can do without is wrapped in `dispensable`.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error as DatabaseFault
from django.db import InterfaceError, OperationalError

from holdfast.core.problems import Problem

_log = logging.getLogger(__name__)


class StorageFull(Problem):
    """Nothing was written; the same request may be sent again once there is room."""

    code = "storage-full"
    status = 507
    title = "The server has no room left to write. Reading goes on; try again later."


class DatabaseUnavailable(Problem):
    """Nothing is known to have been written; the same request may be sent again."""

    code = "database-unavailable"
    status = 503
    title = "The server cannot reach its database. Try again in a while."


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: https://www.sqlite.org/rescode.html. Beside FULL itself: what SQLite says when a quota ends a
#: write, or when the shared memory beside the database cannot grow.
_SQLITE_FULL = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
_SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    }
)
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL_FULL = "53100"
#: Connection exceptions, too many connections, shutting down or starting, the system's own I/O.
_POSTGRESQL_AWAY = ("08", "53300", "57P", "58030")


def fault_of(error: BaseException | None) -> Problem | None:
    """What a failed reading or writing of ours is to the caller; None when it is something else.

    Looks through the chain of causes: Django wraps what the driver raised.
    """
    while error is not None:
        found = _fault_of_one(error)
        if found is not None:
            return found
        error = error.__cause__
    return None


def _fault_of_one(error: BaseException) -> Problem | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return _of_sqlite(code) if code is not None else None
    if isinstance(error, OSError):
        return StorageFull() if error.errno in _NO_ROOM else None
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return _of_postgresql(state)
    # The driver could not connect, or lost the connection: there is no state to read.
    lost = isinstance(error, InterfaceError | OperationalError)
    return DatabaseUnavailable() if lost and not _says_more(error) else None


def _says_more(error: BaseException) -> bool:
    """Whether the cause behind Django's error carries a code of its own."""
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) or getattr(cause, "sqlstate", None) is not None


def _of_sqlite(code: int) -> Problem | None:
    if code in _SQLITE_FULL:
        return StorageFull()
    return DatabaseUnavailable() if code & 0xFF in _SQLITE_AWAY else None


def _of_postgresql(state: str) -> Problem | None:
    if state == _POSTGRESQL_FULL:
        return StorageFull()
    return DatabaseUnavailable() if state.startswith(_POSTGRESQL_AWAY) else None


@contextmanager
def dispensable() -> Iterator[None]:
    """For what a request would like to note or know in passing: without room, or without a
    database, it goes on without.

    Wrap nothing but that: a write in a transaction of its own, or a reading that has a fallback.
    Every other error goes through.
    """
    try:
        yield
    except DatabaseFault as error:
        fault = fault_of(error)
        if fault is None:
            raise
        _log.error("a request went on without the database", extra={"fault": fault.code})
