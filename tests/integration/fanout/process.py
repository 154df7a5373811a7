"""A real process with sockets, and clients of it as a browser is one."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from holdfast.core import tickets
from holdfast.core.fanout import wire
from holdfast.core.fanout.sending import ByUnixSocket, Sender, stats
from tools.postgres import free_port

SECRET = b"t" * 32
ORIGIN = "http://localhost:8000"
PATIENCE_SECONDS = 30.0


def topic(kind: str = "thread") -> str:
    return f"{kind}:{uuid.uuid4()}"


def ticket(
    topics: dict[str, str],
    *,
    account: str = "",
    seconds: float = 600.0,
    secret: bytes = SECRET,
) -> str:
    claims = {
        "account": account or str(uuid.uuid4()),
        "topics": topics,
        "exp": datetime.now(UTC).timestamp() + seconds,
    }
    return tickets.seal(wire.TICKET, claims, secret)


@dataclass
class Browser:
    """One open socket."""

    socket: ClientConnection

    def send(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def hear(self, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """The next message; TimeoutError where none comes."""
        found: dict[str, Any] = json.loads(self.socket.recv(timeout=seconds))
        return found

    def hear_kind(self, kind: str) -> dict[str, Any]:
        """The next message of this kind, passing over others."""
        while True:
            found = self.hear()
            if found["kind"] == kind:
                return found

    def closed_with(self) -> int:
        """The code that the server closes with; messages before it are passed over."""
        try:
            while True:
                self.socket.recv(timeout=PATIENCE_SECONDS)
        except ConnectionClosed:
            return self.socket.close_code or 0

    def close(self) -> None:
        self.socket.close()


@dataclass
class Topics:
    """A running `python -m holdfast.live.topics`."""

    process: subprocess.Popen[bytes]
    port: int
    feed: Path
    log: Path

    def connect(self, origin: str = ORIGIN, **headers: str) -> Browser:
        return Browser(
            connect(
                f"ws://127.0.0.1:{self.port}/socket",
                origin=Origin(origin),
                additional_headers=headers,
                compression=None,
                proxy=None,
                legacy=True,
            )
        )

    def open(
        self, topics: dict[str, str], *, account: str = "", seconds: float = 600.0
    ) -> tuple[Browser, str]:
        """A socket that follows these, and its number."""
        browser = self.connect()
        browser.send(kind="open", ticket=ticket(topics, account=account, seconds=seconds))
        opened = browser.hear()
        assert opened["kind"] == "opened", opened
        assert opened["topics"] == topics
        return browser, opened["connection"]

    def sender(self) -> Sender:
        """As Django has one."""
        return Sender(ByUnixSocket(self.feed))

    def counts(self) -> dict[str, int]:
        """What it tells the metrics."""
        found = stats(self.feed)
        assert found is not None
        return found

    def get(self, path: str) -> tuple[int, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, json.load(answer)


@contextmanager
def running(folder: Path, *options: str, **environment: str) -> Iterator[Topics]:
    """A process with sockets, once it answers; stopped at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    port, log, feed = free_port(), folder / "log", folder / "live" / "topics.sock"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "holdfast.live.topics", "--port", str(port)),
                *("--socket", str(feed), *options),
            ],
            env={
                **kept,
                "HOLDFAST_ORIGIN": ORIGIN,
                "HOLDFAST_TOPICS_SECRET": base64.b64encode(SECRET).decode(),
                **environment,
            },
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    made = Topics(process, port, feed, log)
    try:
        _wait(made)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)


def _wait(made: Topics) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert made.process.poll() is None, made.log.read_text()
        try:
            with socket.create_connection(("127.0.0.1", made.port)):
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("the process with the sockets did not start")
