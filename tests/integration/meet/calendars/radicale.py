"""Radicale, a CalDAV server, as a process of its own; and a calendar program that uses it."""

from __future__ import annotations

import base64
import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.core.mail_server import free_port

USER, PASSWORD = "dana", "a-secret-of-dana"
_MKCALENDAR = b"""<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:"
 xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><d:displayname>Work</d:displayname>
 </d:prop></d:set></c:mkcalendar>"""


@dataclass
class Radicale:
    """The other program: it lists, reads, writes and deletes events as its user does."""

    root: str

    @property
    def url(self) -> str:
        return f"{self.root}/{USER}/diary/"

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        request = urllib.request.Request(f"{self.root}{path}", data=body or None, method=method)
        request.add_header("Authorization", f"Basic {token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: bytes = answer.read()
            return found

    def put(self, name: str, text: str) -> None:
        self.call("PUT", f"/{USER}/diary/{name}", text.encode(), Content_Type="text/calendar")

    def read(self, name: str) -> str:
        return self.call("GET", f"/{USER}/diary/{name}").decode()

    def delete(self, name: str) -> None:
        self.call("DELETE", f"/{USER}/diary/{name}")

    def whole(self) -> str:
        """Everything in the calendar, as an .ics file."""
        return self.call("GET", f"/{USER}/diary/").decode()


@contextmanager
def running(folder: Path) -> Iterator[Radicale]:
    users = folder / "users"
    users.write_text(f"{USER}:{PASSWORD}\n")
    port = free_port()
    options = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(users),
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "storage-filesystem-folder": str(folder / "store"),
        "logging-level": "error",
    }
    command = [sys.executable, "-m", "radicale", *(f"--{k}={v}" for k, v in options.items())]
    process = subprocess.Popen(command, cwd=folder)
    server = Radicale(f"http://127.0.0.1:{port}")
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                server.call("MKCALENDAR", f"/{USER}/diary/", _MKCALENDAR)
                break
            time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(10)
