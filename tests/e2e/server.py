"""A practice's own machine: `holdfast init` and `holdfast serve`, with a clock that tests move."""

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
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
#: Far longer than needed: only a hang reaches it.
START_SECONDS = 240.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """One installation in a folder of its own. The origin is localhost: the browser trusts it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    #: Where the companion answers; 0: nowhere, for what does not talk to it.
    live_port: int = 0
    #: Where sockets for live news are opened; 0: nowhere, and the client asks every few seconds.
    topics_port: int = 0
    #: More of the environment.
    more: dict[str, str] = field(default_factory=dict)

    @classmethod
    def fresh(cls, folder: Path) -> Server:
        (folder / "temp").mkdir(parents=True, exist_ok=True)
        return cls(folder, free_port())

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def temp(self) -> Path:
        """Its folder for what is temporary."""
        return self.folder / "temp"

    @property
    def place(self) -> Path:
        """The folder that it runs in, where a crash leaves what it leaves."""
        return self.folder / "place"

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOLDFAST_DATA_DIR": str(self.data),
            "HOLDFAST_ORIGIN": self.origin,
            "HOLDFAST_TEST_CLOCK_FILE": str(self.clock_file),
            "HOLDFAST_LIVE_PORT": str(self.live_port),
            "HOLDFAST_TOPICS_PORT": str(self.topics_port),
            "TMPDIR": str(self.temp),
            **self.more,
        }

    def set_clock(self, instant: datetime) -> None:
        """From now on it is `instant` for the server, and time goes on from there."""
        ahead = (instant - datetime.now(UTC)).total_seconds()
        # Replaced in one step: the server never reads half a number.
        part = self.clock_file.with_suffix(".part")
        part.write_text(f"{ahead:+f}", encoding="utf-8")
        part.replace(self.clock_file)

    def copy_data(self, to: Path) -> None:
        """Copy the data folder while the server runs; the database as SQLite copies one in use."""
        shutil.copytree(self.data, to, ignore=shutil.ignore_patterns("*.sqlite3*", "*.sock"))
        with (
            closing(sqlite3.connect(self.data / "holdfast.sqlite3")) as here,
            closing(sqlite3.connect(to / "holdfast.sqlite3")) as there,
        ):
            here.backup(there)

    def dump(self) -> str:
        """The whole database, row by row, as SQL."""
        database = self.data / "holdfast.sqlite3"
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
            return "\n".join(opened.iterdump())

    def command(self, *arguments: str) -> Sequence[str]:
        return [sys.executable, "-m", "holdfast.cli.main", *arguments]

    def run(self, *arguments: str) -> str:
        """The standard output of one `holdfast` command, which must succeed."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"holdfast {arguments[0]}: {done.stderr}"
        return done.stdout

    def init(self, name: str, *, time_zone: str, country: str) -> str:
        """Make the practice; returns the administrator's one-time link."""
        options = ["--name", name, "--time-zone", time_zone, "--country", country, "--json"]
        made: dict[str, str] = json.loads(self.run("init", *options))
        return made["link"]

    def work(self) -> None:
        """Do at once what is due by the clock, instead of waiting for the worker's next tick."""
        self.run("worker", "--once")

    def start(self, *arguments: str) -> None:
        log = (self.folder / "log").open("ab")
        self.place.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            self.command("serve", "--port", str(self.port), *arguments),
            cwd=self.place,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"holdfast serve did not start:\n{self.log()}")
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process = None

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def json(self, path: str) -> Any:
        """What a public address of the API answers."""
        with urllib.request.urlopen(self.origin + path) as answer:
            return json.load(answer)

    def _answers(self) -> bool:
        try:
            return bool(self.json("/healthz")["status"] == "ok")
        except (urllib.error.URLError, ConnectionError):
            return False
