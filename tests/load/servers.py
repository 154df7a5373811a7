"""Real web servers that are quickly started, and killed without warning.

`python -m tests.load.servers` has imported everything and waits: for every line `PORT` on its
standard input it forks one granian server (a process that listens and the worker it forks, in a
process group of their own) and prints the group's number. What is started is what `holdfast serve`
starts; only the second of importing is shared.

A request with the header `X-Kill: reply` is answered by the application as any other; then, before
a byte of the answer leaves, the server's processes kill themselves with SIGKILL.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
KILL_HEADER = "X-Kill"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def killable(application: Application) -> Application:
    """The same, but dying between the last commit and the reply where a request asks for it."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        chunks = application(environ, start_response)
        if environ.get("HTTP_X_KILL") == "reply":
            os.killpg(0, signal.SIGKILL)
        return chunks

    return answer


class Fork:
    """The process that has imported everything, and forks servers. `log` takes their output."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.load.servers"],
                env=dict(environment),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )

    def serve(self, port: int) -> int:
        """Start a server; the number of its process group. Raises when it does not start."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{port}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("what forks the servers has ended")
        return int(line)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


@dataclass
class Server:
    """One replica: where it listens, and the process group that does."""

    fork: Fork
    port: int
    group: int = 0

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.group = self.fork.serve(self.port)
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > until:
                raise AssertionError("the server did not start")
            time.sleep(0.005)

    def kill(self) -> None:
        """SIGKILL to everything of it; whatever it was doing. Nothing when it is dead already."""
        if self.group:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.group, signal.SIGKILL)
        self.group = 0

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextlib.contextmanager
def replicas(
    ports: Iterable[int], environment: Mapping[str, str], log: Path
) -> Iterator[list[Server]]:
    """Servers on these ports, all on one database; killed at the end."""
    fork = Fork(environment, log)
    servers = [Server(fork, port) for port in ports]
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.kill()
        fork.close()


def _become_server(application: Application, port: int) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    server = MPServer(
        "holdfast.config.wsgi:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        http=HTTPModes.http1,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=lambda _target: application)


def main() -> None:
    # The application first: it sets Django up.
    from holdfast.config.wsgi import application  # isort: skip
    from holdfast.config.api import api

    api.get_openapi_schema()  # what the first request would import
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed are not waited for
    wrapped = killable(application)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 0)
            os.dup2(2, 1)
            _become_server(wrapped, int(line))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
