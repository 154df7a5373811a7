"""An installation of its own for a test, on the database under test, with real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from holdfast.core.ids import uuid7

DATABASE = os.environ.get("HOLDFAST_TEST_DATABASE", "sqlite")
ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "holdfast.cli.main"]
#: Far longer than needed: only a hang reaches it.
PATIENCE_SECONDS = 90.0
TOKEN = "a" * 32


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Answer:
    status: int
    body: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Person:
    """Somebody with a session, made by `tests.load.people`."""

    practice: str
    client: str
    session: str

    def path(self, rest: str) -> str:
        return f"/api/v1/practices/{self.practice}/clients/{self.client}/{rest}".rstrip("/")


@dataclass
class Installation:
    """A data folder and a database. `url` is empty on SQLite, where the file is in the folder."""

    folder: Path
    url: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")
        }
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        own = {"HOLDFAST_DATA_DIR": str(self.folder), "NO_COLOR": "1", "COLUMNS": "200"}
        own["HOLDFAST_LIVE_PORT"] = "0"  # none, unless a test asks for one
        own["HOLDFAST_TOPICS_PORT"] = "0"
        if self.url:
            own["HOLDFAST_DATABASE_URL"] = self.url
        return kept | own | self.more

    @property
    def database(self) -> Path:
        return self.folder / "holdfast.sqlite3"

    def beside(self, name: str) -> Installation:
        """An empty machine: a folder that is not there yet, an empty database."""
        return replace(self, folder=self.folder.with_name(name), url=new_database())

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment | more,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def must(self, *arguments: str, **more: str) -> str:
        done = self.run(*arguments, **more)
        assert done.returncode == 0, f"holdfast {arguments[0]}: {done.stderr}{done.stdout}"
        return done.stdout

    def python(self, *arguments: str) -> str:
        """The output of a Python program on this installation."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def people(self, count: int = 1) -> list[Person]:
        made = json.loads(self.python("-m", "tests.load.people", str(count)).splitlines()[-1])
        return [Person(made["practice"], one["client"], one["session"]) for one in made["people"]]

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows straight from the database; placeholders are written %s."""
        if not self.url:
            with closing(sqlite3.connect(self.database, timeout=30)) as file:
                found = file.execute(sql.replace("%s", "?"), [str(one) for one in parameters])
                rows = [tuple(row) for row in found.fetchall()]
                file.commit()
                return rows
        with psycopg.connect(self.url, autocommit=True) as server:
            cursor = server.execute(sql.encode(), parameters)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    @contextmanager
    def serving(
        self, before: Sequence[str] = (), limit: Any = None, **more: str
    ) -> Iterator[Served]:
        """`holdfast serve`, once it answers. `before` is a command that starts it."""
        port = free_port()
        log = self.folder.with_name(f"log-{port}")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*before, *COMMAND, "serve", "--port", str(port)],
                env=self.environment | more,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=output,
                preexec_fn=limit,
            )
        served = Served(process, port, log)
        try:
            served.wait("/healthz", 200)
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE_SECONDS)


@dataclass
class Served:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(
        self,
        method: str,
        path: str,
        *,
        by: Person | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        cookies = f"csrftoken={TOKEN}" + (f"; sessionid={by.session}" if by else "")
        request = urllib.request.Request(
            f"http://localhost:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Cookie": cookies,
                "X-CSRFToken": TOKEN,
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.read().decode(), _lower(answer.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), _lower(error.headers))

    def get(self, path: str, *, by: Person | None = None) -> Answer:
        return self.ask("GET", path, by=by)

    def answer(self, by: Person, response_id: str = "", **changes: Any) -> Answer:
        """Send a check-in; `response_id` makes it the same again."""
        body = check_in(response_id) | changes
        return self.ask("POST", by.path("responses"), by=by, body=body)

    def wait(self, path: str, status: int) -> Answer:
        """Ask until it is answered with this status."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        found: Answer | None = None
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                found = self.get(path)
            except OSError:
                time.sleep(0.1)
                continue
            if found.status == status:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{path} never was {status}, last {found}: {self.log.read_text()}")

    def lines(self) -> list[dict[str, Any]]:
        """The log so far; every line is one JSON object."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def check_in(response_id: str = "") -> dict[str, Any]:
    """The body of a PHQ-9 given just now, with nothing in it that worries."""
    return {
        "id": response_id or str(uuid7()),
        "instrument": "phq-9",
        "version": "1.0.0",
        "language": "en",
        "answers": {f"phq9_{number}": 0 for number in range(1, 10)},
        "answered_at": datetime.now(UTC).isoformat(),
        "time_zone": "Europe/Berlin",
        "schema": 1,
    }


def new_database(template: str = "") -> str:
    """The URL of a new PostgreSQL database beside the one under test; empty on SQLite."""
    if DATABASE != "postgres":
        return ""
    server = os.environ["HOLDFAST_DATABASE_URL"]
    name = f"holdfast_{uuid.uuid4().hex[:12]}"
    copied = f' TEMPLATE "{urlsplit(template).path[1:]}"' if template else ""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{copied}'.encode())
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def make(folder: Path) -> Installation:
    """A migrated installation without anybody in it."""
    made = Installation(folder, new_database())
    made.must("migrate")
    return made


def copy_of(template: Installation, folder: Path) -> Installation:
    """The same again, for a test to break."""
    shutil.copytree(template.folder, folder)
    return Installation(folder, new_database(template.url))
