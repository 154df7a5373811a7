"""A Redis server of one's own, on loopback, that keeps nothing; for tests and `make load`."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.console import Failure
from tools.postgres import free_port

START_SECONDS = 20.0


@dataclass
class Redis:
    """Started, stopped and started again on the same port."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Until it takes connections; raises Failure where it does not."""
        program = shutil.which("redis-server")
        if program is None:
            raise Failure("Missing on this machine: redis-server")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [program, *options, "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)
        raise Failure("redis-server did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=START_SECONDS)
            self.process = None


@contextlib.contextmanager
def private_redis() -> Iterator[Redis]:
    """One that is stopped at the end."""
    made = Redis()
    made.start()
    try:
        yield made
    finally:
        made.stop()
