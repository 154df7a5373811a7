"""PostgreSQL: pg_dump and pg_restore, the server's own programs, under one snapshot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from holdfast.cli.archive.errors import BackupFault

FILE = "database.pgdump"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def _connect(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url)
    except psycopg.OperationalError as error:
        raise BackupFault(
            "The PostgreSQL server does not let us in. Is it running, and is HOLDFAST_DATABASE_URL"
            " right?"
        ) from error


def _environment(url: str) -> dict[str, str]:
    """The server's address for its programs: a password in an argument would be seen by all."""
    parts = urlsplit(url)
    given = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path.lstrip("/"),
    }
    return os.environ | {name: unquote(value) for name, value in given.items() if value}


def program(name: str, server_major: int) -> str:
    """The oldest `pg_dump` or `pg_restore` on this machine that is no older than the server.

    A newer one writes, and asks of the server, what an older one does not know.
    """
    fit = [found for found in _programs(name) if found[0] >= server_major]
    if not fit:
        raise BackupFault(
            f"There is no {name} of version {server_major} or later here. Type: sudo apt-get"
            f" install postgresql-client-{server_major}"
        )
    return min(fit)[1]


def _newest(name: str) -> str:
    """Reads what any other of these programs wrote."""
    found = _programs(name)
    if not found:
        raise BackupFault(f"There is no {name} here. Type: sudo apt-get install postgresql-client")
    return max(found)[1]


def _programs(name: str) -> list[tuple[int, str]]:
    """Version and path of each that there is; Debian keeps several side by side."""
    debian = [folder / name for folder in Path("/usr/lib/postgresql").glob("*/bin")]
    on_path = [Path(found)] if (found := shutil.which(name)) else []
    return [(_major(path), str(path)) for path in (*debian, *on_path) if path.exists()]


def _major(path: Path) -> int:
    told = subprocess.run(  # noqa: S603 (a program of PostgreSQL's)
        [str(path), "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"\) (\d+)", told.stdout)
    return int(found.group(1)) if found else 0


def _run(command: list[str], url: str, what: str) -> None:
    done = subprocess.run(  # noqa: S603 (a program of PostgreSQL's)
        command, env=_environment(url), capture_output=True, text=True, check=False
    )
    if done.returncode:
        # Its complaint may quote a row; the first line names the kind of fault.
        first = done.stderr.strip().partition("\n")[0].partition("DETAIL")[0]
        raise BackupFault(f"{what}: {first}")


def _rows(connection: psycopg.Connection) -> dict[str, int]:
    names = [str(name) for (name,) in connection.execute(_TABLES).fetchall()]
    counts = {}
    for name in names:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", name))
        counts[name] = int(connection.execute(query).fetchall()[0][0])
    return counts


def dump(
    url: str, target: Path, clock: Callable[[], datetime]
) -> tuple[datetime, dict[str, int], list[str]]:
    """Dump the database as it is at one instant; returns that instant, rows and migrations.

    Rows are counted under the dump's own snapshot, so they are those of the dump.
    """
    with _connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        taken_at = clock()
        snapshot = str(connection.execute("SELECT pg_export_snapshot()").fetchall()[0][0])
        command = [program("pg_dump", connection.info.server_version // 10000)]
        command += ["--format=custom", "--no-owner", "--no-privileges", "--schema=public"]
        command += [f"--snapshot={snapshot}", f"--file={target}"]
        _run(command, url, "pg_dump could not copy the database")
        applied = connection.execute(
            "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
        ).fetchall()
        return taken_at, _rows(connection), [str(name) for (name,) in applied]


def check(path: Path, expected: dict[str, int]) -> None:
    """Read the dump to its end, as for a restore, and count its rows. Raises BackupFault."""
    command = [_newest("pg_restore"), "--data-only", "--file=-", str(path)]
    counts: Counter[str] = Counter()
    table = ""
    with subprocess.Popen(  # noqa: S603 (a program of PostgreSQL's)
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None  # noqa: S101 (it is a pipe)
        for line in process.stdout:
            # COPY's text form: one row a line, line ends within values are escaped.
            if not table and line.startswith(b"COPY public."):
                table = line.split(b" ")[1].removeprefix(b"public.").decode().strip('"')
            elif line == b"\\.\n":
                table = ""
            elif table:
                counts[table] += 1
    if process.returncode:
        raise BackupFault("The backup's database cannot be read by pg_restore.")
    if dict(counts) != {name: count for name, count in expected.items() if count}:
        raise BackupFault("The backup's database does not hold the rows that its list names.")


def refuse_unless_empty(url: str) -> None:
    """Raises BackupFault when the database has a table: nothing of it would be overwritten."""
    with _connect(url) as connection:
        if connection.execute(_TABLES).fetchall():
            raise BackupFault(
                "The PostgreSQL database is not empty, so nothing was restored. Name a new one in"
                " HOLDFAST_DATABASE_URL (createdb NAME makes it)."
            )


def restore(url: str, path: Path, expected: dict[str, int]) -> None:
    """Put a dump into an empty database, all or nothing, and count what is there."""
    with _connect(url) as connection:
        major = connection.info.server_version // 10000
    # The schema itself exists in every new database; the dump would make it again.
    contents = subprocess.run(  # noqa: S603 (a program of PostgreSQL's)
        [program("pg_restore", major), "--list", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    chosen = path.with_suffix(".list")
    lines = [line for line in contents.stdout.splitlines() if " SCHEMA - public" not in line]
    chosen.write_text("\n".join(lines), encoding="utf-8")
    database = urlsplit(url).path.lstrip("/")
    command = [program("pg_restore", major), "--single-transaction", "--exit-on-error"]
    command += ["--no-owner", "--no-privileges", f"--use-list={chosen}"]
    _run([*command, f"--dbname={database}", str(path)], url, "pg_restore stopped")
    with _connect(url) as connection:
        if _rows(connection) != expected:
            raise BackupFault(
                "After the restore the database does not hold the rows that the backup names. Drop"
                " it, make a new one, and try again."
            )
