"""coturn on the loopback interface, with the secret that the server makes credentials by."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.server import free_port
from tools.system_packages import ensure

SECRET = "a relay's secret for tests, and for nothing else"
#: `allow-loopback-peers` is for tests alone: a real relay refuses every special-purpose address.
_SETTINGS = """
listening-ip=127.0.0.1
relay-ip=127.0.0.1
listening-port={port}
min-port=49160
max-port=49260
realm=holdfast.test
use-auth-secret
static-auth-secret={secret}
no-tls
no-dtls
no-cli
no-multicast-peers
allow-loopback-peers
pidfile={folder}/turn.pid
userdb={folder}/turn.db
log-file=stdout
"""
START_SECONDS = 20.0


@contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """A relay; gives the server's settings for it, with every call going over it."""
    ensure(["coturn"])
    port = free_port()
    settings = folder / "turn.conf"
    settings.write_text(_SETTINGS.format(port=port, secret=SECRET, folder=folder))
    with (folder / "turn.log").open("ab") as log:
        process = subprocess.Popen(["turnserver", "-c", str(settings)], stdout=log, stderr=log)
        try:
            _wait(port)
            yield {
                "HOLDFAST_TURN_URLS": f"turn:127.0.0.1:{port}",
                "HOLDFAST_TURN_SECRET": SECRET,
                "HOLDFAST_CALLS_RELAY_ONLY": "1",
            }
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            assert time.monotonic() < deadline, "coturn did not start"
            time.sleep(0.05)
