"""`holdfast serve`: starts and watches the web, worker, live and topics processes."""

from __future__ import annotations

import base64
import contextlib
import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Annotated
from urllib.parse import urlsplit

import typer

import holdfast.config
from holdfast.cli.server import (
    fail,
    forget_again,
    make_database_file,
    migrate,
    refuse_missing,
    start_django,
    unapplied_migrations,
)
from holdfast.core.fanout import phone_wire, rooms_wire

_log = logging.getLogger(__name__)

#: A child that lived this long is restarted at once; one that keeps dying waits longer each time.
STEADY_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 30.0


@dataclass
class Child:
    """One process that must be running."""

    name: str
    command: list[str]
    #: None: ours.
    environment: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    retry_at: float = field(default=0.0)

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches this supervisor only, which then stops its children.
        self.process = subprocess.Popen(  # noqa: S603 (our own command lines)
            self.command, env=self.environment, start_new_session=True
        )
        self.started = time.monotonic()

    def watch(self) -> None:
        """Start the process when it is not running and its waiting time is over."""
        now = time.monotonic()
        if self.process is not None:
            status = self.process.poll()
            if status is None:
                return
            _log.error(
                "a process ended and is started again",
                extra={"child": self.name, "status": status},
            )
            self._end_group(self.process.pid)
            self.failures = 0 if now - self.started > STEADY_SECONDS else self.failures + 1
            self.retry_at = now + min(2.0**self.failures - 1.0, LONGEST_WAIT_SECONDS)
            self.process = None
        if now >= self.retry_at:
            self.start()

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)
        self._end_group(self.process.pid)
        self.process.wait()

    @staticmethod
    def _end_group(pid: int) -> None:
        """End what the process itself started: its own workers outlive a kill of their parent."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _web_command(
    host: str, port: int, workers: int, certificate: Path | None, key: Path | None
) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["--host", host, "--port", str(port), "--workers", str(workers)]
    command += ["--blocking-threads", "4", "--respawn-failed-workers", "--log-level", "warning"]
    command += ["--log-config", str(Path(holdfast.config.__file__).with_name("granian-log.json"))]
    if certificate and key:
        command += ["--ssl-certificate", str(certificate), "--ssl-keyfile", str(key)]
    return [*command, "holdfast.config.wsgi:application"]


#: What the live process is told beside where it listens. No database, no master key, no mail: it
#: reads what anybody sends it, so it has nothing else to give away.
LIVE_VARIABLES = frozenset({
    "HOLDFAST_ORIGIN", "HOLDFAST_TEST_CLOCK_FILE", "HOLDFAST_TEST_MEMORY", "HOLDFAST_TRUSTED_PROXY",
    "HOLDFAST_TRUSTED_PROXY_COUNT", "HOLDFAST_LIVE_WINDOW_SECONDS",
})  # fmt: skip


def _live_child(
    host: str, port: int, web_port: int, certificate: Path | None, key: Path | None
) -> Child:
    from django.conf import settings

    from holdfast.live.settings import SECRET_VARIABLE

    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared)
    near = f"[{loopback}]" if ":" in loopback else loopback
    command = [sys.executable, "-m", "holdfast.live", "--host", host, "--port", str(port)]
    command += ["--web", f"{'https' if certificate else 'http'}://{near}:{web_port}"]
    # Numbers only: what the practices' own language models were asked for today.
    command += ["--spend", str(settings.DATA_DIR / "model-spend")]
    if certificate and key:
        command += ["--certificate", str(certificate), "--key", str(key)]
    environment = _only(LIVE_VARIABLES)
    environment[SECRET_VARIABLE] = base64.b64encode(settings.LIVE_SECRET).decode()
    return Child("live", command, environment)


#: The same for the process with the sockets. Redis may ask for a password, which stands in its URL.
TOPICS_VARIABLES = frozenset({
    "HOLDFAST_ORIGIN", "HOLDFAST_TEST_CLOCK_FILE", "HOLDFAST_TRUSTED_PROXY",
    "HOLDFAST_TRUSTED_PROXY_COUNT", "HOLDFAST_REDIS", rooms_wire.URL_VARIABLE,
    rooms_wire.SECRET_VARIABLE, *phone_wire.VARIABLES,
})  # fmt: skip


def _topics_child(host: str, port: int, certificate: Path | None, key: Path | None) -> Child:
    from django.conf import settings

    from holdfast.core.fanout import wire
    from holdfast.live.topics.settings import SECRET_VARIABLE

    command = [sys.executable, "-m", "holdfast.live.topics", "--host", host, "--port", str(port)]
    command += ["--socket", str(wire.socket_path(settings.DATA_DIR))]
    if certificate and key:
        command += ["--certificate", str(certificate), "--key", str(key)]
    environment = _only(TOPICS_VARIABLES)
    environment[SECRET_VARIABLE] = base64.b64encode(settings.TOPICS_SECRET).decode()
    return Child("topics", command, environment)


def _only(variables: frozenset[str]) -> dict[str, str]:
    """The environment without anything of ours but these."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HOLDFAST_") or name in variables
    }


def supervise(children: list[Child]) -> None:
    """Run until SIGTERM or SIGINT, then stop every child."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while not stopping.is_set():
            for child in children:
                child.watch()
            stopping.wait(0.5)
    finally:
        for child in reversed(children):
            child.stop()


def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.")] = 1,
    certificate: Annotated[
        Path | None, typer.Option(help="TLS certificate chain (PEM).", exists=True)
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key (PEM).", exists=True)] = None,
    live_port: Annotated[
        int | None,
        typer.Option(
            envvar="HOLDFAST_LIVE_PORT",
            help="Port of the process that answers the companion: PORT + 1 unless given;"
            " 0 where none is to run here.",
        ),
    ] = None,
    topics_port: Annotated[
        int | None,
        typer.Option(
            envvar="HOLDFAST_TOPICS_PORT",
            help="Port of the process that holds the sockets for live news: PORT + 2 unless given;"
            " 0 where none is to run here.",
        ),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve the demo practice, making it first.")
    ] = False,
) -> None:
    """Serve Holdfast: web, worker, live and topics processes, watched and restarted."""
    if (certificate is None) != (key is None):
        fail("--certificate and --key belong together: give both or neither.")
    if demo:
        os.environ["HOLDFAST_DEMO"] = "1"
        os.environ.setdefault("HOLDFAST_DATA_DIR", "var/demo")
    os.environ.setdefault("HOLDFAST_ORIGIN", f"http://localhost:{port}")
    live_port = port + 1 if live_port is None else live_port
    topics_port = port + 2 if topics_port is None else topics_port
    _name_origin("HOLDFAST_LIVE_ORIGIN", live_port)
    _name_origin("HOLDFAST_TOPICS_ORIGIN", topics_port)
    os.environ["HOLDFAST_DATA_DIR"] = str(
        Path(os.environ.get("HOLDFAST_DATA_DIR", "var")).resolve()
    )
    start_django()
    _prepare(demo)
    if demo:
        from holdfast.cli.demo import print_log_ins

        print_log_ins()
    typer.echo(f"Serving on {os.environ['HOLDFAST_ORIGIN']} (Ctrl-C stops it)")
    with _sfu(bool(topics_port)) as rooms, _metrics() as collected, _database_held_open():
        children = [
            Child("web", _web_command(host, port, workers, certificate, key)),
            Child("worker", [sys.executable, "-m", "holdfast.cli.main", "worker"]),
        ]
        if live_port:
            children.append(_live_child(host, live_port, port, certificate, key))
        if topics_port:
            children.append(_topics_child(host, topics_port, certificate, key))
        supervise([*children, *rooms, *collected])


def _name_origin(variable: str, port: int) -> None:
    """For the web process: another of ours answers on the same host, unless a proxy of ours or the
    operator says where (config.environment).
    """
    from holdfast.config.environment import flag

    if port and not flag("HOLDFAST_TRUSTED_PROXY"):
        origin = urlsplit(os.environ["HOLDFAST_ORIGIN"])
        os.environ.setdefault(variable, f"{origin.scheme}://{origin.hostname}:{port}")


@contextlib.contextmanager
def _sfu(has_sockets: bool) -> Iterator[list[Child]]:
    """Janus where it is installed, and the way to it for web and topics processes.

    HOLDFAST_SFU=0 says no; 1 says that it must be there.
    """
    from holdfast.cli import sfu
    from holdfast.config.environment import flag

    wanted = flag("HOLDFAST_SFU", default=True)
    if not wanted:
        os.environ.pop(rooms_wire.URL_VARIABLE, None)
    if not has_sockets or not wanted:
        yield []
        return
    try:
        found = sfu.to_start(needed=bool(os.environ.get("HOLDFAST_SFU")))
    except ValueError as error:
        fail(str(error))
    if found is None:
        yield []
        return
    os.environ.update(found.environment)
    folder = tempfile.mkdtemp(prefix="holdfast-sfu-")
    try:
        yield [Child("sfu", found.command(Path(folder)), _only(frozenset()))]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _metrics() -> Iterator[list[Child]]:
    """The process that answers /metrics, when it is asked for, and the way to tell it."""
    from django.conf import settings

    from holdfast.config.metrics import SOCKET_VARIABLE

    if settings.METRICS is None:
        yield []
        return
    folder = tempfile.mkdtemp(prefix="holdfast-")
    os.environ[SOCKET_VARIABLE] = str(Path(folder) / "metrics")
    try:
        yield [Child("metrics", [sys.executable, "-m", "holdfast.cli.main", "metrics"])]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _database_held_open() -> Iterator[None]:
    """One connection to SQLite's file for as long as we serve; children open their own.

    Whoever closes the last connection removes the log and the shared memory beside the file. On a
    disk that is full by then nobody could make them again, not even to read.
    """
    from django.db import connection, connections

    vendor, name = connection.vendor, str(connection.settings_dict["NAME"])
    connections.close_all()
    if vendor != "sqlite":
        yield
        return
    with contextlib.closing(sqlite3.connect(name, uri=True)) as held:
        held.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        yield


def _prepare(demo: bool) -> None:
    if demo:
        make_database_file()
    missing = unapplied_migrations()
    if demo:
        from holdfast.cli.demo import make_demo

        if missing:
            typer.echo("Preparing the database ...")
            migrate(quiet=True)
        make_demo()
    else:
        refuse_missing(missing)
    forget_again()


def migrate_command() -> None:
    """Bring the database to the present schema."""
    start_django()
    migrate()
    forget_again()


def worker_command(
    once: Annotated[bool, typer.Option("--once", help="Do what is due and end.")] = False,
    interval: Annotated[float, typer.Option(help="Seconds between looks.")] = 1.0,
) -> None:
    """Do what is due: escalate flags, deliver notifications, notice missed follow-ups."""
    start_django()
    forget_again()
    from holdfast.config.worker import run

    run(once=once, interval=interval)
