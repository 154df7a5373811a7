"""The tools behind make: steps that are skipped, results that are counted, servers that go away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tools import setup, system_packages, test
from tools.console import Failure
from tools.postgres import private_server
from tools.test import Outcome, Stage

ROOT = Path(__file__).parents[2]


class Work:
    """A step that makes one file and counts how often it ran."""

    def __init__(self, result: Path) -> None:
        self.result, self.runs = result, 0

    def __call__(self) -> None:
        self.runs += 1
        self.result.write_text("made")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.setattr(setup, "STAMPS", tmp_path / "stamps")
    return Work(tmp_path / "result")


def test_a_step_runs_again_only_when_its_inputs_change(work: Work) -> None:
    for inputs, runs in (("a", 1), ("a", 1), ("b", 2), ("a", 3)):
        setup.once("step", "key", inputs, work.result, work)
        assert work.runs == runs


def test_a_step_runs_again_when_its_result_is_gone(work: Work) -> None:
    setup.once("step", "key", "a", work.result, work)
    work.result.unlink()
    setup.once("step", "key", "a", work.result, work)
    assert work.runs == 2


def test_a_step_that_failed_is_tried_again(work: Work) -> None:
    def fail() -> None:
        raise Failure("no network")

    setup.once("step", "key", "a", work.result, work)
    with pytest.raises(Failure):
        setup.once("step", "key", "b", work.result, fail)
    setup.once("step", "key", "a", work.result, work)
    assert work.runs == 2


def test_inputs_are_names_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    file = tmp_path / "a"
    seen = set()
    for name, text in (("a", "1"), ("a", "2"), ("b", "2")):
        file = file.rename(tmp_path / name) if file.exists() else tmp_path / name
        file.write_text(text)
        seen.add(setup.digest([tmp_path]))
    assert len(seen) == 3
    assert setup.digest([tmp_path]) in seen
    assert setup.digest([tmp_path], "fact") not in seen


@pytest.mark.parametrize(
    ("version", "usable"),
    [
        ("v18.20.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.12.0", True),
        ("v23.9.0", False),
        ("v24.0.0", True),
        ("v26.1.0", True),
        ("no version", False),
    ],
)
def test_node_is_used_where_it_is_new_enough(tmp_path: Path, version: str, usable: bool) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    assert setup.usable_node(str(node)) is usable


def test_a_missing_system_package_ends_with_the_line_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setitem(system_packages.NEEDS, "chromium", (lambda: None, ["chromium"]))
    with pytest.raises(Failure, match="apt-get install -y --no-install-recommends chromium"):
        system_packages.ensure(["chromium"])


def test_what_is_there_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(system_packages.NEEDS, "chromium", (lambda: "/found", ["chromium"]))
    monkeypatch.setenv("PATH", "")
    system_packages.ensure(["chromium"])


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_under_test_is_postgresql() -> None:
    from django.db import connection

    assert connection.vendor == "postgresql"


def test_a_private_postgresql_server_answers_and_is_gone_afterwards() -> None:
    with private_server() as url, psycopg.connect(url) as connection:
        (version,) = connection.execute("show server_version_num").fetchone() or ("0",)
        assert int(version) >= 140000
        (folder,) = connection.execute("show data_directory").fetchone() or ("/",)
        assert Path(folder).exists()
    assert not Path(folder).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)


def stage(tmp_path: Path, code: str, *, suite: str | None = None) -> Stage:
    path = tmp_path / "suite.xml"
    writing = f"open({str(path)!r}, 'w').write({suite!r});" if suite else ""
    command = [sys.executable, "-c", f"{writing}{code}"]
    return Stage("a stage", command, suite=path if suite is not None else None)


CASES = (
    "<testsuites><testsuite><testcase/><testcase/><testcase><skipped/></testcase>"
    "<testcase><failure/></testcase><testcase><error/></testcase></testsuite></testsuites>"
)


@pytest.mark.parametrize(
    ("code", "suite", "expected"),
    [
        ("pass", None, (1, 0, 0)),
        ("raise SystemExit(3)", None, (0, 1, 0)),
        ("raise SystemExit(1)", CASES, (2, 2, 1)),
        ("pass", "<testsuite><testcase/></testsuite>", (1, 0, 0)),
        ("pass", "<testsuite/>", (0, 1, 0)),
        ("raise SystemExit(2)", "", (0, 1, 0)),
        ("raise SystemExit(1)", "<testsuite><testcase/></testsuite>", (1, 1, 0)),
        ("pass", "<testsuite><testcase><skipped/></testcase></testsuite>", (0, 1, 1)),
    ],
    ids=[
        "a check that holds",
        "a check that fails",
        "a suite with failures",
        "a suite that passes",
        "a suite without tests",
        "a suite that crashed before it wrote anything",
        "a crash after the tests",
        "a suite that skipped everything",
    ],
)
def test_a_stage_is_counted(
    tmp_path: Path, code: str, suite: str | None, expected: tuple[int, int, int]
) -> None:
    outcome = test.run(stage(tmp_path, code, suite=suite), quiet=True)
    assert (outcome.passed, outcome.failed, outcome.skipped) == expected


@pytest.mark.parametrize(
    ("skipped", "closing"), [(0, "7 passed, 1 failed"), (2, "7 passed, 1 failed, 2 skipped")]
)
def test_the_report_ends_with_one_line_that_sums_it(skipped: int, closing: str) -> None:
    outcomes = [Outcome("lint", 1, 0, 0, 2.0), Outcome("tests", 6, 1, skipped, 3.5)]
    assert test.report(outcomes).splitlines()[-1] == closing


NEEDY = """
import pytest
from tests.shared import shared_path
def test_a(): shared_path("no", "such", "file")
def test_b(): shared_path("no", "such", "file")
def test_c(): pytest.skip("another reason")
def test_d(): pass
"""


@pytest.mark.parametrize(
    ("required", "code", "counts"),
    [("0", 0, "1 passed, 3 skipped"), ("1", 1, "2 failed, 1 passed, 1 skipped")],
)
def test_missing_shared_data_is_counted_and_fails_where_required(
    tmp_path: Path, required: str, code: int, counts: str
) -> None:
    (tmp_path / "test_needy.py").write_text(NEEDY)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")},
        "HOLDFAST_SHARED": str(tmp_path / "absent"),
        "HOLDFAST_REQUIRE_SHARED": required,
        "HOLDFAST_TEST_DATABASE": "sqlite",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:xdist"]
    result = subprocess.run(
        [*command, "-p", "no:cacheprovider", "test_needy.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, counts in result.stdout) == (code, True), result.stdout
    assert ("2 tests skipped: needs HOLDFAST_SHARED" in result.stdout) is (required == "0")


@pytest.mark.parametrize("target", ["setup", "run", "test", "lint", "e2e", "bench", "fuzz"])
def test_every_target_makes_the_environment_first(target: str) -> None:
    make = shutil.which("make")
    assert make is not None
    # Under `make test` the outer make's flags would come along and add lines of their own.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(
        [make, "--dry-run", target],
        cwd=ROOT,
        env=plain,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "tools/setup.py" in shown.stdout.splitlines()[0]
