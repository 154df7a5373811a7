"""A real live process, and a stand-in for the web process that its reports go to."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from holdfast.core import tickets
from holdfast.core.ids import uuid7
from tests.canary.places import family, searchable

SECRET = b"k" * 32
ORIGIN = "http://localhost:8000"
ALARMING = "I want to kill myself tonight"
PATIENCE_SECONDS = 60.0


class Web(ThreadingHTTPServer):
    """Takes reports as the web process does, and answers what a test says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Reports)
        self.reports: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.status = 200


class _Reports(BaseHTTPRequestHandler):
    server: Web

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path == "/api/v1/live/reports"
        assert self.headers["Host"] == "localhost:8000"
        self.server.raw.append(body)
        if self.server.status == 200:
            blob = json.loads(body)["report"]
            self.server.reports.append(opened(blob))
        answer = json.dumps({"flag": {"status": "open"}}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Nothing."""


def opened(blob: str) -> dict[str, Any]:
    """What the web process reads in a report."""
    return tickets.open_sealed(tickets.REPORT, blob, SECRET, datetime.now(UTC))


def ticket(*, seconds: float = 600.0, secret: bytes = SECRET, **more: Any) -> str:
    claims = {
        "id": str(uuid7()),
        "practice": str(uuid.uuid4()),
        "client": str(uuid.uuid4()),
        "purpose": "companion",
        "language": "en",
        "country": "DE",
        "jurisdiction": None,
        "adult": None,
        "flows": {"check-in": True, "grounding": True},
        "monitored": {"now": True, "opens_at": None},
        "lines": [
            {"id": "line-1", "name": "TelefonSeelsorge", "number": "0800 1110111", "hours": "24/7"}
        ],
        "emergency": {"DE": {"ambulance": "112", "police": "110"}},
        "model": None,
        "exp": datetime.now(UTC).timestamp() + seconds,
        **more,
    }
    return tickets.seal(tickets.TICKET, claims, secret)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def first(self) -> dict[str, Any]:
        """The turn's own line."""
        found: dict[str, Any] = json.loads(self.body.splitlines()[0])
        return found

    @property
    def code(self) -> str:
        """Of a problem."""
        assert self.headers["content-type"] == "application/problem+json"
        return str(json.loads(self.body)["code"])


@dataclass
class Live:
    """A running `python -m holdfast.live`."""

    process: subprocess.Popen[bytes]
    port: int
    web: Web
    log: Path
    temp: Path
    ticket: str = field(default_factory=ticket)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def turn(
        self,
        event: dict[str, Any],
        *,
        ticket: str | None = None,
        forwarded: str = "",
        **more: Any,
    ) -> Answer:
        body = {
            "id": str(uuid7()), "conversation": None, "event": event, "history": [],
            "language": "en", "zone": "Europe/Berlin", "country": None, "memory": {}, **more,
        }  # fmt: skip
        headers = {
            "Authorization": f"Ticket {self.ticket if ticket is None else ticket}",
            "Content-Type": "application/json",
            "Origin": ORIGIN,
            "X-Forwarded-For": forwarded,
        }
        return self.ask("POST", "/companion/turns", json.dumps(body).encode(), headers)

    def say(self, text: str, **more: Any) -> Answer:
        return self.turn({"kind": "said", "text": text}, **more)

    def children(self) -> set[int]:
        return set(family(self.process.pid)) - {self.process.pid}


@contextmanager
def live(folder: Path, *arguments: str, **environment: str) -> Iterator[Live]:
    """A live process, once it answers; stopped at the end."""
    temp, log = folder / "temp", folder / "log"
    temp.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    web = Web()
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "holdfast.live", "--port", str(port)),
                *("--web", f"http://127.0.0.1:{web.server_port}"),
                *arguments,
            ],
            env={
                **os.environ,
                "HOLDFAST_ORIGIN": ORIGIN,
                "HOLDFAST_LIVE_SECRET": base64.b64encode(SECRET).decode(),
                "TMPDIR": str(temp),
                **searchable(),
                **environment,
            },
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    running = Live(process, port, web, log, temp)
    try:
        _wait(running)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)
        web.shutdown()
        web.server_close()


def _wait(running: Live) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert running.process.poll() is None, running.log.read_text()
        try:
            if running.ask("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the live process did not start")
