"""Start the real server on a filled database, and ask it as a browser would."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.practice.rows import NOW
from bench.report import Timing
from tools.postgres import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
CSRF = "b" * 32


@dataclass(frozen=True)
class Answer:
    """One answered request: seconds on the wall, the server thread's processor seconds."""

    status: int
    body: Any
    seconds: float
    processor: float
    statements: int


@dataclass(frozen=True)
class Served:
    """A running server, and whose sessions and pages there are (see `build.sign_in`)."""

    port: int
    about: dict[str, Any]
    environment: dict[str, str]

    def tenfold(self) -> int:
        """Give everybody ten times the history; how many responses there are then."""
        command = [sys.executable, "-m", "bench.practice.tenfold"]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        return int(done.stdout)

    def session(self, who: str) -> Session:
        return Session(self.port, self.about[who])

    @property
    def practice(self) -> str:
        return f"/api/v1/practices/{self.about['practice']}"


class Session:
    """One signed-in browser on one connection that is kept."""

    def __init__(self, port: int, key: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": f"sessionid={key}; csrftoken={CSRF}", "X-CSRFToken": CSRF}

    def get(self, path: str, **query: str) -> Answer:
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path, None)

    def post(self, path: str, body: Any) -> Answer:
        return self._ask("POST", path, json.dumps(body))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = self.headers | ({"Content-Type": "application/json"} if body else {})
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        if response.status not in {200, 201}:
            raise AssertionError(f"{method} {path}: {response.status} {content[:500]!r}")
        return Answer(
            response.status,
            json.loads(content),
            seconds,
            float(response.headers["X-Processor"]),
            int(response.headers["X-Statements"]),
        )


def timing(answers: list[Answer]) -> Timing:
    return Timing(tuple(one.seconds for one in answers), tuple(one.processor for one in answers))


@contextmanager
def served(people: int, database_url: str | None) -> Iterator[Served]:
    """A server over a practice of that size: on `database_url`, or on SQLite without one.

    The filled SQLite file is kept in the temporary folder for the next run, and copied for each;
    it is made anew when what fills it or the schema has changed.
    """
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    try:
        environment = environment_of(folder, database_url)
        if database_url is None:
            _use_kept(people, folder)
        about = _build(people, environment)
        with server(environment) as port:
            yield Served(port, about, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running() -> Iterator[int]:
    """The server over an empty database on SQLite; yields its port."""
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    try:
        environment = environment_of(folder, None)
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, cwd=ROOT, check=True)
        with server(environment) as port:
            yield port
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment_of(folder: Path, database_url: str | None) -> dict[str, str]:
    clock = folder / "clock"
    clock.write_text(NOW.isoformat())
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOLDFAST_DATA_DIR": str(folder),
        "HOLDFAST_TEST_CLOCK_FILE": str(clock),
        "HOLDFAST_ORIGIN": "http://127.0.0.1:8000",
        "DJANGO_SETTINGS_MODULE": "bench.practice.settings",
    }
    environment.pop("HOLDFAST_DATABASE_URL", None)
    if database_url is not None:
        environment["HOLDFAST_DATABASE_URL"] = database_url
    return environment


def _use_kept(people: int, folder: Path) -> None:
    kept = Path(tempfile.gettempdir()) / f"holdfast-bench-kept-{_fingerprint()}-{people}"
    if not kept.exists():
        for outdated in kept.parent.glob(f"holdfast-bench-kept-*-{people}"):
            shutil.rmtree(outdated)
        making = kept.with_name(f"{kept.name}-{os.getpid()}")
        making.mkdir(mode=0o700)
        _build(people, environment_of(making, None))
        making.rename(kept)
    for name in ("holdfast.sqlite3", "secrets.json"):
        shutil.copy(kept / name, folder / name)


def _fingerprint() -> str:
    """Of everything that decides what the database holds."""
    sources = [Path(__file__).parent / f"{name}.py" for name in ("build", "bulk", "rows")]
    sources += ROOT.glob("src/holdfast/**/migrations/0*.py")
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _build(people: int, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.practice.build", str(people)]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    about: dict[str, Any] = json.loads(done.stdout)
    return about


@contextmanager
def server(environment: dict[str, str]) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "8"]
    command += ["--log-level", "warning", "holdfast.config.wsgi:application"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")
