"""`holdfast doctor`: is this installation fit to serve, and if not, what to do."""

from __future__ import annotations

import json
import shutil
import socket
import stat
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from holdfast.cli.server import start_django, unapplied_migrations

Verdict = Literal["ok", "warning", "fault"]

#: File systems on which SQLite's locks do not hold (https://www.sqlite.org/faq.html#q5).
NETWORK_FILE_SYSTEMS = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs",
    "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "lustre", "ncpfs", "davfs", "fuse.davfs2",
}  # fmt: skip
LEAST_FREE_BYTES = 1 << 30


@dataclass(frozen=True)
class Check:
    """One thing looked at. `advice` says what to do when it is not ok."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


def file_system_of(path: Path, mounts: str) -> str:
    """The type of the file system that holds `path`, given the text of /proc/self/mounts."""
    best, kind = "", "unknown"
    for line in mounts.splitlines():
        _device, mount_point, file_system = line.split(" ")[:3]
        mount_point = mount_point.replace("\\040", " ")
        inside = (
            mount_point == "/" or path == Path(mount_point) or Path(mount_point) in path.parents
        )
        if inside and len(mount_point) >= len(best):
            best, kind = mount_point, file_system
    return kind


def _mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8")
    except OSError:
        return ""


def check_origin() -> Check:
    from django.conf import settings

    if settings.LOCAL:
        return Check(
            "origin",
            "warning",
            settings.ORIGIN,
            "Only this machine can reach it. Set HOLDFAST_ORIGIN=https://your.address",
        )
    return Check("origin", "ok", settings.ORIGIN)


def check_https() -> Check:
    from django.conf import settings

    if settings.LOCAL:
        return Check("https", "ok", "not needed on localhost")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        return Check("https", "ok", "ended by a trusted proxy (X-Forwarded-Proto)")
    return Check(
        "https",
        "warning",
        "no trusted proxy",
        "Run holdfast serve with --certificate and --key, or set HOLDFAST_TRUSTED_PROXY=1"
        " behind a proxy that sets X-Forwarded-Proto and removes the client's own.",
    )


def check_mail() -> Check:
    from django.conf import settings

    if not settings.EMAIL_HOST:
        return Check(
            "mail",
            "warning",
            f"written to {settings.EMAIL_FILE_PATH}",
            "Nobody is told of a flag by e-mail. Set HOLDFAST_EMAIL_HOST (and _USER, _PASSWORD).",
        )
    try:
        with socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT), timeout=5):
            return Check("mail", "ok", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers")
    except OSError as error:
        return Check(
            "mail",
            "fault",
            f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}: {error.strerror or error}",
            "Check HOLDFAST_EMAIL_HOST and HOLDFAST_EMAIL_PORT, and the firewall.",
        )


def check_clock() -> Check:
    apart = _seconds_from_database()
    if apart > 2:
        return Check(
            "clock",
            "fault",
            f"{apart:.0f} s from the database's",
            "Turn on time synchronisation (timedatectl set-ntp true) on both machines.",
        )
    synchronised = Path("/run/systemd/timesync/synchronized")
    if Path("/run/systemd/system").is_dir() and not synchronised.exists():
        return Check(
            "clock", "warning", "not known to be synchronised", "Run: timedatectl set-ntp true"
        )
    return Check("clock", "ok", "agrees with the database's")


def _seconds_from_database() -> float:
    """How far this clock is from the database server's; SQLite runs on this one."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXTRACT(EPOCH FROM clock_timestamp())")
        return abs(float(cursor.fetchone()[0]) - time.time())


def check_database() -> Check:
    from django.db import connection

    missing = unapplied_migrations()
    if missing:
        return Check(
            "database", "fault", f"{len(missing)} migration(s) missing", "Run: holdfast migrate"
        )
    return Check("database", "ok", connection.vendor)


def check_file_system() -> Check:
    from django.db import connection

    from holdfast.config.environment import sqlite_file

    if connection.vendor != "sqlite":
        return Check("file system", "ok", "not SQLite")
    kind = file_system_of(sqlite_file(str(connection.settings_dict["NAME"])).resolve(), _mounts())
    if kind in NETWORK_FILE_SYSTEMS:
        return Check(
            "file system",
            "fault",
            f"SQLite on {kind}",
            "SQLite's locks do not hold on a network file system. Move HOLDFAST_DATA_DIR to a"
            " local disk or use PostgreSQL.",
        )
    return Check("file system", "ok", kind)


def check_disk() -> Check:
    from django.conf import settings

    free = shutil.disk_usage(settings.DATA_DIR).free
    found = f"{free / (1 << 30):.1f} GiB free"
    if free < LEAST_FREE_BYTES:
        return Check("disk", "fault", found, f"Make room on the disk of {settings.DATA_DIR}.")
    return Check("disk", "ok", found)


def check_permissions() -> Check:
    from django.conf import settings

    mode = stat.S_IMODE(settings.DATA_DIR.stat().st_mode)
    if mode & 0o077:
        return Check(
            "permissions",
            "fault",
            f"{settings.DATA_DIR} has mode {mode:o}",
            f"Others can read people's data. Run: chmod 700 {settings.DATA_DIR}",
        )
    return Check("permissions", "ok", f"{settings.DATA_DIR} is its owner's alone")


def check_client() -> Check:
    from django.conf import settings

    if (settings.WEB_DIST / "index.html").is_file():
        return Check("client", "ok", "built")
    return Check("client", "fault", "not built", "Run: make setup (a released wheel contains it)")


def check_questionnaires() -> Check:
    """Packs added from outside that cannot be used: they are left out, and nobody is asked them."""
    from holdfast.sense.measures.facade import pack_faults

    if unapplied_migrations():
        return Check("questionnaires", "ok", "looked at once the database is migrated")
    left_out = pack_faults()
    if left_out:
        return Check(
            "questionnaires",
            "fault",
            "; ".join(f"{one.file}: {one.reason}" for one in left_out),
            "Nobody is asked these. Mend the file, or take it out of the folder; a change of a"
            " published version needs a new version number.",
        )
    return Check("questionnaires", "ok", "every pack can be used")


def check_unread_answers() -> Check:
    """Answers handed in by a client that is newer than this server: kept, and seen by nobody."""
    from holdfast.sense.measures import unread

    if unapplied_migrations():
        return Check("unread answers", "ok", "looked at once the database is migrated")
    if count := unread.waiting():
        return Check(
            "unread answers",
            "fault",
            f"{count} kept, and read by nobody",
            "They came in a form newer than this server. Install the newest release, then run:"
            " holdfast upgrade",
        )
    return Check("unread answers", "ok", "none")


CHECKS: tuple[Callable[[], Check], ...] = (
    check_origin,
    check_https,
    check_mail,
    check_clock,
    check_database,
    check_file_system,
    check_disk,
    check_permissions,
    check_client,
    check_questionnaires,
    check_unread_answers,
)


def doctor_command(
    json_: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Look at origin, HTTPS, mail, clock, database, disk and permissions; say what to do."""
    start_django()
    results = [check() for check in CHECKS]
    if json_:
        typer.echo(json.dumps([asdict(result) for result in results]))
    else:
        _print_table(results)
    if any(result.verdict == "fault" for result in results):
        raise typer.Exit(1)


def _print_table(results: list[Check]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Check", "Verdict", "Found", "What to do")
    for result in results:
        table.add_row(result.name, result.verdict, result.found, result.advice)
    Console().print(table)
