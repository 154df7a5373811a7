"""Real processes on a disk that is really full, and beside a database that is really gone."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from holdfast.core.ids import uuid7
from tests.integration.cli.installation import DATABASE, Installation, Person, Served

# Also on PostgreSQL: there only tests that use the database run.
pytestmark = pytest.mark.django_db


def assert_reading_and_help_go_on(served: Served, person: Person) -> None:
    assert served.get(person.path("today"), by=person).status == 200
    assert served.get(person.path("responses"), by=person).status == 200
    help_now = served.get(f"/api/v1/help?country=DE&practice_id={person.practice}", by=person)
    assert help_now.json["emergency_numbers"]
    # Not built in a fresh clone, and then told so in words; no fault either way.
    assert served.get("/", by=person).status in {200, 503}
    assert not served.get("/", by=person).body.startswith("{")
    assert served.get("/healthz").status == 200


# --- a full disk -------------------------------------------------------------------------------


def small_disk(folder: Path, mebibytes: int) -> list[str]:
    """A command that mounts a file system of that size on the folder, for itself and its children
    alone; empty where that is not allowed.
    """
    inside = f'mount -t tmpfs -o size={mebibytes}m tmpfs "$0" && cp -a "$1/." "$0" && shift && '
    command = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    if tried.returncode:
        return []
    source = folder.with_name(folder.name + "-source")
    shutil.copytree(folder, source)
    return [*command, "sh", "-c", inside + 'exec "$@"', str(folder), str(source)]


def seen_by(served: Served, folder: Path) -> Path:
    """The folder as the server's processes see it, in their own mount namespace."""
    return Path(f"/proc/{served.process.pid}/root") / folder.relative_to("/")


@pytest.mark.parametrize("kind", ["disk", pytest.param("quota", marks=pytest.mark.exhaustive)])
@pytest.mark.exhaustive_on_postgres
def test_a_full_disk_refuses_answers_and_nothing_else(
    installation: Installation, kind: str
) -> None:
    """On SQLite the data folder is a file system of 24 MiB that is filled to the last byte, or (a
    quota, and where nothing may be mounted) no file may grow. On PostgreSQL the table says so.
    """
    [person] = installation.people()
    if DATABASE == "postgres":
        with installation.serving() as served:
            fill, empty = _postgresql_without_room(installation)
            _live_through(served, person, fill, empty)
        return
    before = small_disk(installation.folder, 24) if kind == "disk" else []
    if before:
        with installation.serving(before) as served:
            ballast = seen_by(served, installation.folder) / "ballast"
            _live_through(served, person, lambda: _fill(ballast), ballast.unlink)
        return
    size = installation.database.stat().st_size
    limit = max(size, 1 << 20)

    def no_file_grows() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with installation.serving(limit=no_file_grows) as served:
        _until_full(served, person)
        assert_reading_and_help_go_on(served, person)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def _postgresql_without_room(installation: Installation) -> tuple[object, object]:
    def fill() -> None:
        installation.query(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"
        )
        for table in ("audit_auditevent", "measures_response", "django_session"):
            installation.query(
                f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION no_room()"
            )

    def empty() -> None:
        installation.query("DROP FUNCTION no_room CASCADE")

    return fill, empty


def _until_full(served: Served, person: Person) -> str:
    """Answers come until there is no room; the id of the one that was refused."""
    for _ in range(3000):
        response_id = str(uuid7())
        answer = served.answer(person, response_id)
        if answer.status == 507:
            assert answer.json["code"] == "storage-full"
            assert int(answer.headers["retry-after"]) > 0
            return response_id
        assert answer.status == 201, answer.body
    raise AssertionError("the disk never was full")


def _live_through(served: Served, person: Person, fill: object, empty: object) -> None:
    assert callable(fill)
    assert callable(empty)
    assert served.answer(person).status == 201
    fill()
    refused = _until_full(served, person)
    assert_reading_and_help_go_on(served, person)
    empty()
    # The device keeps the answer and sends it again: then it is there, once.
    assert served.answer(person, refused).status == 201
    assert served.answer(person, refused).status in {200, 201, 409}
    listed = served.get(person.path("responses") + "?limit=100", by=person)
    assert listed.body.count(refused) == 1


# --- no database -------------------------------------------------------------------------------


class Proxy:
    """A way to the PostgreSQL server that can be cut."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self.target)
                self.open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()


@contextlib.contextmanager
def breakable(installation: Installation) -> Iterator[tuple[Installation, object, object]]:
    """The installation, how its database goes away, and how it comes back."""
    if not installation.url:
        away = installation.database.with_name("away")
        files = [
            installation.database.with_name(installation.database.name + ending)
            for ending in ("", "-wal", "-shm")
        ]

        def go() -> None:
            away.mkdir()
            for file in files:
                if file.exists():
                    file.rename(away / file.name)

        def come_back() -> None:
            for file in away.iterdir():
                file.rename(installation.database.with_name(file.name))

        yield installation, go, come_back
        return
    parts = urlsplit(installation.url)
    proxy = Proxy((str(parts.hostname), int(parts.port or 5432)))
    account = parts.netloc.rpartition("@")[0]
    through = parts._replace(netloc=f"{account}@127.0.0.1:{proxy.port}").geturl()
    try:
        yield replace(installation, url=through), proxy.cut, proxy.mend
    finally:
        proxy.cut()


@pytest.mark.exhaustive
def test_a_database_that_goes_away_and_comes_back(installation: Installation) -> None:
    [person] = installation.people()
    with breakable(installation) as (reached, go, come_back), reached.serving() as served:
        assert callable(go)
        assert callable(come_back)
        served.wait("/readyz", 200)
        assert served.answer(person).status == 201
        go()
        refused = str(uuid7())
        gone = served.answer(person, refused)
        assert (gone.status, gone.json["code"]) == (503, "database-unavailable")
        assert served.get(person.path("today"), by=person).status == 503
        help_now = served.get(f"/api/v1/help?country=DE&practice_id={person.practice}", by=person)
        assert help_now.json["emergency_numbers"]
        assert served.get("/healthz").status == 200
        ready = served.get("/readyz")
        assert (ready.status, ready.json["checks"]["database"]) == (503, "unreachable")
        if not installation.url:
            assert not installation.database.exists(), "an empty database took its place"
        come_back()
        # The pool throws away connections that died, one a request.
        served.wait("/readyz", 200)
        for _ in range(30):
            found = served.answer(person, refused)
            if found.status == 201:
                break
        assert found.status == 201
        assert len(installation.query("SELECT id FROM measures_response")) == 2


@pytest.mark.any_database
def test_serve_says_where_the_database_should_be(installation: Installation) -> None:
    if installation.url:
        lost = replace(installation, url=installation.url + "_gone")
    else:
        lost = installation
        installation.database.unlink()
    refused = lost.run("serve", "--port", "1")
    assert refused.returncode == 2
    assert "The database cannot be read" in refused.stderr
    assert "Traceback" not in refused.stderr
    if not installation.url:
        assert str(installation.database) in refused.stderr
        assert not installation.database.exists()
