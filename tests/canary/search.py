"""Plants a phrase in each kind of place, looks everywhere, and says what was read and found."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from holdfast.live.settings import LONGEST_WINDOW
from tests.canary.needles import Hit, Needle, Seeker
from tests.canary.places import (
    SYSTEM_CRASHES,
    SYSTEM_TEMP,
    Kind,
    Place,
    changed_since,
    deleted_files,
    family,
    file,
    files,
    memory,
    searchable,
    tables,
)
from tests.e2e.server import Server

#: In the server's environment, and so in the memory of each of its processes.
CONTROL_VARIABLE = "CANARY_CONTROL"
CRASH_SECONDS = 30.0


@dataclass
class Looked:
    """One place: what was read, and what stood in it."""

    kind: Kind
    name: str
    read: int
    found: set[Hit]


@dataclass
class Report:
    """All places of a search. `control` is the needle that was planted on purpose."""

    control: str
    looked: list[Looked] = field(default_factory=list)

    @property
    def leaks(self) -> list[str]:
        """Where anything but the control was found."""
        return [
            f"{each.kind}: {each.name}: {hit.needle} as {hit.form}"
            for each in self.looked
            for hit in sorted(each.found, key=str)
            if hit.needle != self.control
        ]

    @property
    def blind(self) -> list[str]:
        """Kinds of place in which the planted phrase was not found: there nothing is shown."""
        return [kind for kind in get_args(Kind) if not self.forms_found(kind)]

    def forms_found(self, kind: str) -> set[str]:
        return {
            hit.form
            for each in self.looked
            if each.kind == kind
            for hit in each.found
            if hit.needle == self.control
        }

    def lines(self) -> Iterator[str]:
        for each in sorted(self.looked, key=lambda one: (one.kind, one.name)):
            told = {hit.needle for hit in each.found}
            words = f"   found: {', '.join(sorted(told))}" if told else ""
            yield f"{each.kind:12}  {each.read:>13,}  {each.name}{words}"
        for kind in get_args(Kind):
            places = [each for each in self.looked if each.kind == kind]
            read = sum(each.read for each in places)
            forms = len(self.forms_found(kind))
            yield (
                f"{kind:12}  {read:>13,}  bytes in {len(places)} places;"
                f" the planted phrase was found in {forms} forms"
            )


def control_environment(control: Needle) -> dict[str, str]:
    """The planted phrase in the forms that an environment can hold."""
    words = [data.decode() for form, data in control.forms if "utf-8" in form or "base64" in form]
    return {CONTROL_VARIABLE: " ".join(words), **searchable()}


def until_forgotten(talked: float) -> None:
    """Until the window is over that docs/explanation/security.md states."""
    while time.monotonic() < talked + LONGEST_WINDOW:
        time.sleep(0.1)


def search(
    server: Server,
    needles: list[Needle],
    control: Needle,
    *,
    talked: float,
    since: float | None = None,
    but: tuple[Path, ...] = (),
) -> Report:
    """Look everywhere on the server's side.

    `talked`: when the companion was last written to (monotonic): what it read must be forgotten.
    `since`: when the session began, to look into the system's own temporary folders as well, `but`
    not into what was looked at already, or is the browser's.
    """
    assert server.process is not None
    plant(server, control)
    report, seeker = Report(control.name), Seeker([*needles, control])
    until_forgotten(talked)
    # Memory first: what is freed may be used again.
    processes = family(server.process.pid)
    _look(report, seeker, [memory(pid) for pid in processes])
    # A child of the live process may have made room for its successor meanwhile.
    processes = family(server.process.pid)
    _look(report, seeker, [each for pid in processes for each in deleted_files(pid)])
    crash(server)
    _look(report, seeker, _standing(server))
    if since is not None:
        _look(report, seeker, _of_the_system(since, but))
    return report


def _look(report: Report, seeker: Seeker, places: list[Place]) -> None:
    for place in places:
        read, found = seeker.look(place.blocks())
        report.looked.append(Looked(place.kind, place.name, read, found))


def _standing(server: Server) -> list[Place]:
    top = server.folder
    return [
        *tables(server.data / "holdfast.sqlite3"),
        *files("file", server.data, top),
        file("file", server.clock_file, server.clock_file.name),
        file("log", top / "log", "log"),
        *files("temp", server.temp, top),
        *files("crash report", server.place, top),
    ]


def _of_the_system(since: float, but: tuple[Path, ...]) -> list[Place]:
    temp = changed_since(since, SYSTEM_TEMP, but)
    crashes = changed_since(since, SYSTEM_CRASHES, ())
    return [
        *(file("temp", path, str(path)) for path in temp),
        *(file("crash report", path, str(path)) for path in crashes),
    ]


def plant(server: Server, control: Needle) -> None:
    """Put the control wherever words might stay; in memory it is since the start."""
    everything = b" ".join(data for _, data in control.forms)
    words = control_environment(control)[CONTROL_VARIABLE]
    with closing(sqlite3.connect(server.data / "holdfast.sqlite3", timeout=20)) as database:
        database.execute("UPDATE tenancy_practice SET name = name || ' ' || ?", (words,))
        database.execute(
            "UPDATE audit_auditevent SET actor_label = ? WHERE rowid % 7 = 0", (words,)
        )
        database.execute(
            "INSERT INTO shared_cache (cache_key, value, expires) VALUES (?, ?, ?)",
            ("control", everything, "2999-01-01 00:00:00"),
        )
        database.commit()
    for folder in (server.data / "files", server.temp, server.place):
        folder.mkdir(exist_ok=True)
        (folder / "control").write_bytes(everything)
    with (server.folder / "log").open("ab") as log:
        log.write(everything + b"\n")


def crash(server: Server) -> None:
    """End a web process as a fault of its own code would: a trace in the log, and a core file.

    The server starts another one; what the dead one left is looked at.
    """
    assert server.process is not None
    youngest = max(
        pid
        for pid in family(server.process.pid)
        if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(youngest, signal.SIGABRT)
    deadline = time.monotonic() + CRASH_SECONDS
    while "Fatal Python error: Aborted" not in server.log():
        if time.monotonic() > deadline:
            raise AssertionError("the process left no trace of its end")
        time.sleep(0.1)
    while Path(f"/proc/{youngest}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
