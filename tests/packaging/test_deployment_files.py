"""The systemd unit and the container file hold what an administrator relies on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from deploy.healthcheck import serves
from tests.packaging.containerfile import Instruction, parse

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/holdfast.service"

# systemd.exec(5), "Sandboxing" and "Capabilities": what the unit must not lose.
HARDENING = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectControlGroups": "yes",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
    "LimitCORE": "0",
    "MemorySwapMax": "0",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
}


def unit_settings() -> dict[str, list[str]]:
    settings: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            name, value = line.split("=", 1)
            settings.setdefault(name, []).append(value)
    return settings


def test_the_unit_keeps_every_hardening_setting() -> None:
    settings = unit_settings()
    assert {name: settings.get(name) for name in HARDENING} == {
        name: [value] for name, value in HARDENING.items()
    }


def test_the_unit_runs_as_its_own_user_on_its_own_folder() -> None:
    settings = unit_settings()
    assert settings["User"] == settings["Group"] == settings["StateDirectory"] == ["holdfast"]
    assert "HOLDFAST_DATA_DIR=/var/lib/holdfast" in settings["Environment"]


def test_the_unit_calls_commands_that_exist() -> None:
    from typer.main import get_command

    from holdfast.cli.main import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    lines = unit_settings()["ExecStartPre"] + unit_settings()["ExecStart"]
    assert [line.split()[1] in commands for line in lines] == [True, True]


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """Where systemd is installed its own verifier reads the unit and rates its exposure."""
    program = shutil.which("systemd-analyze")
    if program is None:
        # The rules above hold everywhere; this is the second opinion where there is one.
        assert "[Install]" in UNIT.read_text()
        return
    holdfast = tmp_path / "holdfast"
    holdfast.write_text("#!/bin/sh\n")
    holdfast.chmod(0o755)
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/holdfast/bin/holdfast", str(holdfast)))
    verified = subprocess.run(
        [program, "verify", copy], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        [program, "security", "--offline=true", "--threshold=20", copy],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout


UNDER_DENIAL = """
import ctypes, mmap
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1  # linux/prctl.h: what MemoryDenyWriteExecute asks for
if ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) == 0:
    try:
        mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except PermissionError:
        pass
    else:
        raise SystemExit("memory that can be written and executed was not denied")
import granian, polars, psycopg, scipy.stats
import argon2, django
assert argon2.PasswordHasher().hash("x")
assert polars.DataFrame({"a": [1, 2]}).lazy().group_by("a").len().collect().height == 2
django.setup()
import holdfast.config.wsgi
"""


def test_the_server_loads_where_no_memory_is_both_writable_and_executable() -> None:
    """On kernels before 6.3, which cannot deny it to a process, this only loads the server."""
    stated = dict(value.split("=", 1) for value in unit_settings()["Environment"])
    stated.pop("HOLDFAST_DATA_DIR")
    result = subprocess.run(
        [sys.executable, "-c", UNDER_DENIAL],
        env={**os.environ, **stated},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


@pytest.fixture
def instructions() -> list[Instruction]:
    return parse((ROOT / "deploy/Containerfile").read_text())


def last_stage(instructions: list[Instruction]) -> list[Instruction]:
    start = max(i for i, instruction in enumerate(instructions) if instruction.name == "FROM")
    return instructions[start:]


def test_every_image_has_a_version(instructions: list[Instruction]) -> None:
    images = [i.arguments.split()[0] for i in instructions if i.name == "FROM"]
    assert images
    assert all(re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*", image) for image in images)


def test_the_container_runs_as_a_numbered_user_without_rights(
    instructions: list[Instruction],
) -> None:
    names = [i.name for i in last_stage(instructions)]
    users = [i.arguments for i in last_stage(instructions) if i.name == "USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert "RUN" not in names[names.index("USER") :]


def test_the_container_says_whether_it_is_healthy(instructions: list[Instruction]) -> None:
    checks = [i.arguments for i in last_stage(instructions) if i.name == "HEALTHCHECK"]
    assert [re.search(r"CMD (\[.*\])$", check) is not None for check in checks] == [True]


def test_commands_are_in_exec_form(instructions: list[Instruction]) -> None:
    forms = [i for i in instructions if i.name in {"RUN", "CMD", "ENTRYPOINT", "VOLUME"}]
    assert all(isinstance(json.loads(i.arguments), list) for i in forms)


def test_packages_come_from_the_hash_locks(instructions: list[Instruction]) -> None:
    installs = [i.arguments for i in instructions if i.name == "RUN" and '"install"' in i.arguments]
    pip = [line for line in installs if "pip" in line]
    assert pip
    assert all("--require-hashes" in line and "--no-cache-dir" in line for line in pip)


def test_everything_copied_exists_and_nothing_is_fetched(instructions: list[Instruction]) -> None:
    assert "ADD" not in {i.name for i in instructions}
    ignored = (ROOT / ".containerignore").read_text().splitlines()
    for copied in (i.arguments.split() for i in instructions if i.name == "COPY"):
        if copied[0].startswith("--from="):
            continue
        for source in copied[:-1]:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, f"{source} is kept out by .containerignore"


def test_no_secret_is_set_in_the_image(instructions: list[Instruction]) -> None:
    set_values = " ".join(i.arguments for i in instructions if i.name in {"ENV", "ARG"})
    assert not re.search(r"(?i)secret|password|token|_key", set_values)


class Server(BaseHTTPRequestHandler):
    """Answers as Holdfast does for the host name that it is served under."""

    status: ClassVar[int] = 200

    def do_GET(self) -> None:
        named = self.headers["Host"] == "holdfast.example"
        known = self.path == "/healthz"
        self.send_response(self.status if named and known else 400)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Nothing: the test's output is not the place for access logs."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_health_check_asks_under_the_public_name(port: int) -> None:
    assert serves(port, "https://holdfast.example")
    assert not serves(port, "https://other.example")


@pytest.mark.parametrize(("status", "healthy"), [(301, True), (500, False), (503, False)])
def test_the_health_check_reads_the_status(
    port: int, status: int, healthy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "status", status)
    assert serves(port, "https://holdfast.example") is healthy


def test_the_health_check_fails_where_nothing_listens(port: int) -> None:
    with HTTPServer(("127.0.0.1", 0), Server) as closed:
        unused = closed.server_port
    assert unused != port
    assert not serves(unused, "https://holdfast.example")
