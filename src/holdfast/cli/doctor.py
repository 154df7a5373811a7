"""`holdfast doctor`: is this installation fit to serve, and if not, what to do."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from holdfast.cli.server import start_django, unreadable

Verdict = Literal["ok", "warning", "fault"]

#: File systems on which SQLite's locks do not hold (https://www.sqlite.org/faq.html#q5).
NETWORK_FILE_SYSTEMS = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs",
    "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "lustre", "ncpfs", "davfs", "fuse.davfs2",
}  # fmt: skip
LEAST_FREE_BYTES = 1 << 30
#: One device may be wrong; those of several people are not wrong together.
LEAST_PEOPLE_FROM_THE_FUTURE = 3
#: Retries of a failed delivery end well before this.
OLDEST_MESSAGE_SECONDS = 3600.0
#: A day and what a slow night may add.
OLDEST_BACKUP_HOURS = 30.0


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
    """By what was recorded already, by people's own devices, and by the database's clock.

    None of them is proof alone; on one machine with SQLite the first two are all there is.
    """
    from holdfast.cli import clock_evidence
    from holdfast.config.readiness import seconds_from_database
    from holdfast.core import clock

    now = clock.now()
    if clock_evidence.latest_record(now) is not None:
        return Check(
            "clock",
            "fault",
            "something was recorded in the future",
            "This clock is behind, or was ahead for a while: see docs/how-to/when-things-break.md",
        )
    ahead = clock_evidence.people_from_the_future(now)
    if ahead >= LEAST_PEOPLE_FROM_THE_FUTURE:
        return Check(
            "clock",
            "fault",
            f"the devices of {ahead} people are ahead of it since yesterday",
            "Turn on time synchronisation (timedatectl set-ntp true): this clock is behind.",
        )
    apart = seconds_from_database()
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


def check_database() -> Check:
    from django.db import Error, connection

    from holdfast.config.readiness import unapplied_migrations

    try:
        missing = unapplied_migrations()
    except Error as error:
        return Check("database", "fault", *unreadable(error))
    if missing:
        return Check(
            "database", "fault", f"{len(missing)} migration(s) missing", "Run: holdfast upgrade"
        )
    return Check("database", "ok", connection.vendor)


def check_file_system() -> Check:
    from django.db import connection

    from holdfast.core.sqlite import sqlite_file

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


def check_master_key() -> Check:
    """Whether it lies apart from what it opens: whoever takes data or backups must not have it."""
    from django.conf import settings

    source = settings.MASTER_KEY_SOURCE
    if source.path is None:
        return Check("master key", "ok", source.where)
    folders = [(settings.DATA_DIR, "data")]
    if backups := os.environ.get("HOLDFAST_BACKUP_DIR"):
        folders.append((Path(backups), "backup"))
    for folder, kind in folders:
        if source.path.resolve().is_relative_to(folder.resolve()):
            return Check(
                "master key",
                "warning" if settings.LOCAL else "fault",
                f"in the {kind} folder: {source.path}",
                "Whoever takes that folder has key and data. Run: holdfast keys move FILE"
                if kind == "data"
                else "Move it, and set HOLDFAST_MASTER_KEY_FILE to its new place.",
            )
    return Check("master key", "ok", f"apart from data and backups: {source.path}")


def check_keys() -> Check:
    """Whether this installation's master key opens its keys, and no rotation stands half done."""
    from holdfast.core.crypto.rotation import status

    found = status()
    if not found.openable:
        return Check("keys", "fault", "names and notes cannot be read", found.fault)
    if found.unfinished:
        return Check(
            "keys",
            "warning",
            f"a rotation is not finished ({', '.join(found.unfinished)})",
            "Run: holdfast keys rotate",
        )
    return Check("keys", "ok", f"{sum(found.masters.values())} under {found.current}")


def _is_healthy(origin: str) -> bool:
    """Whether a process answers there that it serves."""
    from urllib.error import URLError
    from urllib.request import urlopen

    try:
        with urlopen(f"{origin}/healthz", timeout=5) as answer:  # noqa: S310 (http)
            return bool(json.load(answer) == {"status": "ok"})
    except (URLError, OSError, ValueError):
        return False


def check_live() -> Check:
    """Whether the process that answers the companion can be reached, the way a browser does."""
    from django.conf import settings

    if _is_healthy(settings.LIVE_ORIGIN):
        return Check("live", "ok", f"answers at {settings.LIVE_ORIGIN}")
    return Check(
        "live",
        "warning",
        f"nothing answers at {settings.LIVE_ORIGIN}",
        "The companion cannot answer; people see crisis lines instead. Run: holdfast serve."
        " Behind a proxy pass /live/ on (docs/how-to/install.md), or set HOLDFAST_LIVE_ORIGIN.",
    )


def check_topics() -> Check:
    """Whether the process with the sockets can be reached, and whether replicas would meet."""
    from django.conf import settings

    if _is_healthy(settings.TOPICS_ORIGIN):
        together = ", joined by Redis" if settings.REDIS_URL else ""
        return Check("topics", "ok", f"answers at {settings.TOPICS_ORIGIN}{together}")
    return Check(
        "topics",
        "warning",
        f"nothing answers at {settings.TOPICS_ORIGIN}",
        "Messages and calls are seen up to 15 s late. Run: holdfast serve. Behind a proxy pass"
        " /topics/ on (docs/how-to/install.md), or set HOLDFAST_TOPICS_ORIGIN.",
    )


def check_relay() -> Check:
    """Whether calls have a relay for networks that allow no direct way."""
    from django.conf import settings

    if settings.TURN_URLS:
        return Check("relay", "ok", f"{len(settings.TURN_URLS)} address(es) given to browsers")
    return Check(
        "relay",
        "warning",
        "none",
        "Calls fail between some networks. See docs/how-to/relay.md: HOLDFAST_TURN_URLS.",
    )


def check_worker() -> Check:
    from holdfast.core import clock
    from holdfast.core.heartbeat import facade as heartbeat

    seen, now = heartbeat.last_seen(), clock.now()
    if not heartbeat.is_stale(seen, now):
        return Check("worker", "ok", "alive")
    found = "never seen" if seen is None else f"silent since {seen.isoformat(timespec='seconds')}"
    return Check(
        "worker",
        "fault",
        found,
        "No flag escalates and no reminder goes out. Run: holdfast serve, and read its log",
    )


def check_waiting() -> Check:
    from holdfast.config.readiness import waiting
    from holdfast.core import clock

    found = waiting(clock.now())
    if found.alarming_flags or found.overdue_flags:
        return Check(
            "flags",
            "fault" if found.alarming_flags else "warning",
            f"{found.overdue_flags} past due, {found.alarming_flags} at the end of the chain",
            "Somebody on call must open them now: the list of flags in Holdfast.",
        )
    if found.oldest_message > OLDEST_MESSAGE_SECONDS:
        return Check(
            "flags",
            "warning",
            f"{found.messages} message(s) wait, the oldest {found.oldest_message / 60:.0f} minutes",
            "See whether the worker and the mail server do their work.",
        )
    return Check("flags", "ok", "none is past due")


def check_backup() -> Check:
    from holdfast.cli.archive import latest
    from holdfast.core import clock

    made = latest.read()
    if made is None:
        return Check(
            "backup", "warning", "never made here", "Run: holdfast backup (docs/how-to/backup.md)"
        )
    hours = (clock.now() - made.taken_at).total_seconds() / 3600
    if hours > OLDEST_BACKUP_HOURS:
        return Check(
            "backup",
            "warning",
            f"{hours / 24:.1f} days old",
            "See why the daily run failed: docs/how-to/backup.md",
        )
    return Check("backup", "ok", f"{hours:.0f} h old: {made.archive}")


def check_client() -> Check:
    from django.conf import settings

    if (settings.WEB_DIST / "index.html").is_file():
        return Check("client", "ok", "built")
    return Check("client", "fault", "not built", "Run: make setup (a released wheel contains it)")


def check_questionnaires() -> Check:
    """Packs added from outside that cannot be used: they are left out, and nobody is asked them."""
    from holdfast.sense.measures.facade import pack_faults

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

    if count := unread.waiting():
        return Check(
            "unread answers",
            "fault",
            f"{count} kept, and read by nobody",
            "They came in a form newer than this server. Install the newest release, then run:"
            " holdfast upgrade",
        )
    return Check("unread answers", "ok", "none")


def check_caseloads() -> Check:
    """Whether caseloads show everybody, in the order that the records ask for."""
    from holdfast.core import clock
    from holdfast.plan.overview import standings

    if wrong := standings.doubtful(clock.now()):
        return Check(
            "caseloads",
            "fault",
            f"{wrong} people stand in the wrong place or in none",
            "Run: holdfast standings --rebuild",
        )
    return Check("caseloads", "ok", "as the records say")


CHECKS: tuple[Callable[[], Check], ...] = (
    check_origin,
    check_https,
    check_mail,
    check_database,
    check_file_system,
    check_disk,
    check_permissions,
    check_master_key,
    check_client,
    check_live,
    check_topics,
    check_relay,
    check_backup,
)
#: Asked only of a database that answers and has every migration.
OF_THE_PRACTICE: tuple[Callable[[], Check], ...] = (
    check_keys,
    check_clock,
    check_worker,
    check_waiting,
    check_questionnaires,
    check_unread_answers,
    check_caseloads,
)


def doctor_command(
    json_: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Look at origin, HTTPS, mail, clock, database, disk and permissions; say what to do."""
    start_django()
    results = [check() for check in CHECKS]
    if all(one.verdict == "ok" for one in results if one.name == "database"):
        results += [check() for check in OF_THE_PRACTICE]
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
