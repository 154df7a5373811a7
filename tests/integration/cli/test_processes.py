"""The command as people run it: real processes on an installation of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.cli.installation import Installation, copy_of

pytestmark = pytest.mark.any_database

COMMAND = [sys.executable, "-m", "holdfast.cli.main"]
#: Far longer than needed: only a hang reaches it.
PATIENCE_SECONDS = 60


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    own = {"HOLDFAST_DATA_DIR": str(folder), "NO_COLOR": "1", "COLUMNS": "200"}
    # No process for the companion, unless a test asks for one.
    return kept | own | {"HOLDFAST_LIVE_PORT": "0", "HOLDFAST_TOPICS_PORT": "0"} | more


def holdfast(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def init(folder: Path) -> dict[str, str]:
    done = holdfast(
        folder, "init", "--name", "Elm Street", "--time-zone", "Europe/Berlin",
        "--country", "de", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made: dict[str, str] = json.loads(done.stdout)
    return made


@pytest.fixture(scope="session")
def made(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation made once; tests work on copies of it."""
    folder = copy_of(migrated, tmp_path_factory.mktemp("installation") / "var").folder
    init(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "var"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `holdfast serve` and its address, once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)],
        env=environment(folder, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://localhost:{port}"
    try:
        wait_for(address + "/healthz", process)
        yield process, address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def fetch(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(address: str, process: subprocess.Popen[str] | None = None) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise AssertionError(f"serve ended: {process.stdout and process.stdout.read()}")
        try:
            status, body = fetch(address)
        except OSError:
            status, body = 0, ""
        if status == 200:
            return body
        time.sleep(0.1)
    raise AssertionError(f"{address} did not answer")


def children_of(process: subprocess.Popen[str]) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(pid) for pid in listed.stdout.split()]


def running_in_groups(groups: set[int]) -> list[str]:
    """Processes of these groups that run; one that is dead and not yet collected does not."""
    listed = subprocess.run(
        ["ps", "-eo", "pgid=,stat=,pid="], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [row[2] for row in rows if int(row[0]) in groups and not row[1].startswith("Z")]


def test_init_makes_a_practice_and_a_one_time_link(tmp_path: Path) -> None:
    made = init(tmp_path)
    assert made["practice"] == "elm-street"
    assert "/join#" in made["link"]


def test_secrets_are_their_owners_alone(folder: Path) -> None:
    mode = stat.S_IMODE((folder / "secrets.json").stat().st_mode)
    assert mode == 0o600


def test_secrets_that_others_can_read_are_refused(folder: Path) -> None:
    (folder / "secrets.json").chmod(0o644)
    refused = holdfast(folder, "doctor")
    assert refused.returncode == 2
    assert "chmod 600" in refused.stderr


def test_init_refuses_a_time_zone_that_does_not_exist(installation: Installation) -> None:
    refused = holdfast(
        installation.folder, "init", "--name", "Elm", "--time-zone", "Mars/Base", "--country", "DE"
    )
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_serve_refuses_a_database_without_its_migrations(tmp_path: Path) -> None:
    refused = holdfast(tmp_path, "serve", "--port", str(free_port()))
    assert refused.returncode == 2
    assert "holdfast migrate" in refused.stderr


def test_outside_localhost_https_is_required(tmp_path: Path) -> None:
    refused = holdfast(tmp_path, "doctor", HOLDFAST_ORIGIN="http://care.example.org")
    assert refused.returncode == 2
    assert "https://" in refused.stderr


@pytest.mark.exhaustive
def test_demo_data_never_enters_a_live_practice(folder: Path) -> None:
    refused = holdfast(folder, "demo")
    assert refused.returncode == 2
    assert "not a demo" in refused.stderr


def test_it_serves_and_stops_with_its_children(folder: Path) -> None:
    with serving(folder) as (process, address):
        assert json.loads(wait_for(address + "/healthz")) == {"status": "ok"}
        assert json.loads(wait_for(address + "/api/v1/config"))["demo"] is False
        children = children_of(process)
        assert len(children) == 2
    for pid in children:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.exhaustive
def test_a_killed_child_is_started_again(folder: Path) -> None:
    with serving(folder) as (process, address):
        before = set(children_of(process))
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            now = set(children_of(process))
            if len(now) == 2 and not now & before:
                break
            time.sleep(0.1)
        else:
            pytest.fail("the children were not started again")
        assert not running_in_groups(before), "something a dead process had started lives on"
        wait_for(address + "/healthz")


def test_the_worker_does_what_is_due_once(folder: Path) -> None:
    assert holdfast(folder, "worker", "--once").returncode == 0


def test_doctor_says_what_to_do(folder: Path) -> None:
    folder.chmod(0o755)
    done = holdfast(folder, "doctor", "--json")
    checks = {one["name"]: one for one in json.loads(done.stdout)}
    assert done.returncode == 1
    assert checks["permissions"]["verdict"] == "fault"
    assert f"chmod 700 {folder}" in checks["permissions"]["advice"]
    assert checks["database"]["verdict"] == "ok"
    assert checks["mail"]["verdict"] == "warning"


@pytest.mark.exhaustive
def test_doctor_finds_a_mail_server_that_does_not_answer(folder: Path) -> None:
    done = holdfast(
        folder,
        "doctor",
        "--json",
        HOLDFAST_EMAIL_HOST="127.0.0.1",
        HOLDFAST_EMAIL_PORT=str(free_port()),
    )
    checks = {one["name"]: one for one in json.loads(done.stdout)}
    assert checks["mail"]["verdict"] == "fault"
