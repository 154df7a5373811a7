"""Every place of a server where words can stay: tables, files, logs, folders, dumps, memory."""

from __future__ import annotations

import mmap
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["table", "queue", "cache", "file", "log", "temp", "crash report", "memory"]
BLOCK = 1024 * 1024
#: What waits for somebody: to be sent, to be put in order, to be asked, to be deleted.
QUEUES = frozenset(
    {
        "audit_auditevent",
        "identity_erasurestep",
        "measures_prompt",
        "measures_unreadentry",
        "notify_deliveryattempt",
        "notify_notification",
    }
)
CACHES = frozenset({"shared_cache"})
#: Where Linux keeps what is temporary, beside the folder that a process was told.
SYSTEM_TEMP = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))
#: Where distributions put dumps of processes that crashed.
SYSTEM_CRASHES = (
    Path("/var/crash"),
    Path("/var/lib/apport/coredump"),
    Path("/var/lib/systemd/coredump"),
)
_KERNELS = frozenset({"[vvar]", "[vvar_vclock]", "[vsyscall]"})
#: One line of /proc/PID/maps. A mapping without a name ends its own line, and no more.
_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \S+ *(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """Somewhere to look; `blocks` reads it anew each time."""

    kind: Kind
    name: str
    blocks: Callable[[], Iterator[bytes]]


# --- the database


def tables(database: Path) -> Iterator[Place]:
    """Every table, value by value, as a query gives it."""
    with closing(_read_only(database)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
    for name in names:
        kind: Kind = "queue" if name in QUEUES else "cache" if name in CACHES else "table"
        yield Place(kind, name, lambda name=name: _values(database, name))  # type: ignore[misc]


def _read_only(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)


def _values(database: Path, table: str) -> Iterator[bytes]:
    quoted = table.replace('"', '""')
    with closing(_read_only(database)) as connection:
        for row in connection.execute(f'SELECT * FROM "{quoted}"'):
            yield b"\0".join(v if isinstance(v, bytes) else str(v).encode() for v in row) + b"\0\0"


# --- files


def files(kind: Kind, folder: Path, shown_under: Path) -> Iterator[Place]:
    """Every file under a folder, sockets and links apart."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield file(kind, path, str(path.relative_to(shown_under)))


def file(kind: Kind, path: Path, name: str) -> Place:
    return Place(kind, name, lambda: _content(path))


def _content(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as content:
            while block := content.read(BLOCK):
                yield block
    except FileNotFoundError:
        return  # taken away since it was listed


def changed_since(instant: float, folders: tuple[Path, ...], but: tuple[Path, ...]) -> list[Path]:
    """Files of the system's own folders that somebody wrote to after an instant."""
    found: list[Path] = []
    for folder in folders:
        for path, names, here in os.walk(folder):
            names[:] = [name for name in names if Path(path, name) not in but]
            found += [each for name in here if _is_newer(each := Path(path, name), instant)]
    return sorted(found)


def _is_newer(path: Path, instant: float) -> bool:
    try:
        return path.is_file() and not path.is_symlink() and path.stat().st_mtime >= instant
    except (FileNotFoundError, PermissionError):
        return False


# --- processes


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (each / "stat").read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":  # ended, and without memory
            children.setdefault(int(parent), []).append(int(each.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def memory(pid: int) -> Place:
    """The memory of a process: heap, stacks, environment, all that it can write or has made.

    Read-only pages of program files are left out: they are what is on the disk.
    """
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    words = [word.rsplit("/", 1)[-1] for word in command.split()][:5]
    return Place("memory", f"process {pid}: {' '.join(words)}", lambda: _pages(pid))


def mappings(text: str) -> list[tuple[str, str, str, str]]:
    """Start, end, rights and name of each line of a process's maps."""
    found: list[tuple[str, str, str, str]] = _MAPPING.findall(text)
    return found


def _pages(pid: int) -> Iterator[bytes]:
    regions = mappings(Path(f"/proc/{pid}/maps").read_text())
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as pages:  # noqa: PTH123 - no buffer
        for start, end, rights, name in regions:
            of_a_file = name.startswith("/") and "w" not in rights
            if "r" not in rights or of_a_file or name in _KERNELS:
                continue
            at, last = int(start, 16), int(end, 16)
            while at < last:
                try:
                    pages.seek(at)
                    block = pages.read(min(BLOCK, last - at))
                except OSError:
                    # A guard page, or one that went away since it was listed: what is listed as one
                    # mapping may be several, of which the first alone was given back.
                    at += mmap.PAGESIZE
                    continue
                if not block:
                    break
                yield block
                at += len(block)


def searchable() -> dict[str, str]:
    """What a server is told so that we may read its memory: root may anyhow."""
    return {} if os.geteuid() == 0 else {"HOLDFAST_TEST_MEMORY": "1"}


def deleted_files(pid: int) -> Iterator[Place]:
    """Files that have no name any more and that a process still holds open."""
    for link in sorted(Path(f"/proc/{pid}/fd").iterdir()):
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue
        if target.endswith(" (deleted)") and not target.startswith("/memfd:doublemapper"):
            yield file("temp", link, f"process {pid}, open without a name: {target}")
