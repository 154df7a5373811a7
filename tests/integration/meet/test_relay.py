"""A real coturn with the configuration that ships: whose credentials it takes, whom it calls."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from holdfast.meet.rooms import turn
from tools.postgres import free_port

pytestmark = [pytest.mark.any_database, pytest.mark.exhaustive]

SHIPPED = Path(__file__).parents[3] / "deploy/turnserver.conf"
SECRET = "a secret of at least thirty-two letters"
#: A public one. Nothing is sent to it: the only question is whether the relay would.
PUBLIC = "9.9.9.9"


@dataclass
class Relay:
    port: int

    def calls(self, server: dict[str, Any], peer: str) -> str:
        """What coturn's own client says when it asks for a way to `peer`."""
        program = shutil.which("turnutils_uclient")
        assert program is not None
        done = subprocess.run(
            [
                *(program, "-v", "-n", "0", "-m", "1", "-c", "-e", peer, "-p", str(self.port)),
                *("-u", server["username"], "-w", server["credential"], "127.0.0.1"),
            ],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    program = shutil.which("turnserver")
    assert program is not None, "python tools/system_packages.py coturn"
    folder = tmp_path_factory.mktemp("relay")
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    own = folder / "turnserver.conf"
    # What an administrator fills in is given on the command line.
    own.write_text("\n".join(line for line in lines if "=<" not in line), encoding="utf-8")
    port = free_port()
    process = subprocess.Popen(
        [
            *(program, "-c", str(own), "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"),
            *(f"--listening-port={port}", "--realm=test", f"--static-auth-secret={SECRET}"),
            *("--no-tls", "--no-dtls", f"--pidfile={folder / 'pid'}"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    one = Relay(port)
    until = time.monotonic() + 30
    try:
        while "refresh" not in one.calls(_server(timedelta()), "10.0.0.1"):
            assert process.poll() is None
            assert time.monotonic() < until
        yield one
    finally:
        process.terminate()
        process.wait(timeout=30)


def _server(ago: timedelta, secret: str = SECRET) -> dict[str, Any]:
    from django.conf import settings

    settings.TURN_URLS, settings.TURN_SECRET = ("turn:localhost",), secret
    try:
        [server] = turn.ice_servers(datetime.now(UTC) - ago, "somebody")
    finally:
        settings.TURN_URLS, settings.TURN_SECRET = (), ""
    return server


def test_a_credential_of_ours_is_taken(relay: Relay) -> None:
    said = relay.calls(_server(timedelta()), PUBLIC)
    assert "Received relay addr" in said
    assert "Forbidden" not in said


def test_an_expired_one_and_one_of_another_secret_are_not(relay: Relay) -> None:
    for server in (
        _server(turn.LIFETIME + timedelta(seconds=5)),
        _server(timedelta(), "another secret of thirty-two letters"),
    ):
        said = relay.calls(server, PUBLIC)
        assert "Cannot complete Allocation" in said
        assert "Received relay addr" not in said


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254"])
def test_a_private_peer_is_refused(relay: Relay, peer: str) -> None:
    said = relay.calls(_server(timedelta()), peer)
    assert "Received relay addr" in said
    assert "403 (Forbidden IP)" in said
