"""Runs the checks and tests, and ends with a table of them.

    python tools/test.py [lint] [python] [client] [browser] [-k EXPRESSION] [--every-change]

Without names: all of these. `--every-change` leaves out the tests marked `exhaustive`. Exit code 1
when any stage fails; a stage that runs no test fails. The last line sums all stages: `N passed,
N failed[, N skipped]` (a check that is no test suite counts as one).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools import setup, system_packages
from tools.console import failures_explained, table

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / ".make/results"
GROUPS = ("lint", "python", "client", "browser")


@dataclass(frozen=True)
class Stage:
    """One command. `suite` is where it writes JUnit XML, None for a check that passes or fails.

    `tries` above one runs a stage that failed again, and says so: a real browser on a machine that
    others load can miss its time without anything being wrong. What fails each time has failed.
    """

    title: str
    command: Sequence[str]
    folder: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)
    suite: Path | None = None
    tries: int = 1


@dataclass(frozen=True)
class Outcome:
    title: str
    passed: int
    failed: int
    skipped: int
    seconds: float

    @property
    def row(self) -> tuple[str, ...]:
        total = self.passed + self.failed + self.skipped
        result = "failed" if self.failed else "passed"
        seconds = f"{self.seconds:.1f}"
        return (self.title, result, seconds, str(total), str(self.failed), str(self.skipped))


def program(name: str) -> str:
    return str(setup.BIN / name)


def npm_script(title: str, script: str, *arguments: str, suite: Path | None = None) -> Stage:
    npm = setup.npm_command()
    command = [*npm, "run", "--silent", script, *(("--", *arguments) if arguments else ())]
    path = setup.npm_environment(npm)["PATH"]
    return Stage(title, command, folder=ROOT / "web", environment={"PATH": path}, suite=suite)


def checks() -> list[Stage]:
    python = str(setup.PYTHON)
    django = {"DJANGO_SETTINGS_MODULE": "holdfast.config.settings"}
    migrations = [python, "-m", "django", "makemigrations", "--check", "--dry-run"]
    return [
        Stage("Python types (mypy)", [program("mypy")]),
        npm_script("client types (tsc)", "types"),
        Stage("Python format (ruff)", [program("ruff"), "format", "--check", "."]),
        Stage("Python lint (ruff)", [program("ruff"), "check", "."]),
        Stage("import contracts", [program("lint-imports")]),
        npm_script("client lint (oxlint)", "lint"),
        Stage("translations", [python, "tools/check_i18n.py"]),
        Stage("migrations complete", migrations, environment=django),
    ]


def pytest_stage(title: str, name: str, *arguments: str, database: str = "sqlite") -> Stage:
    suite = RESULTS / f"{name}.xml"
    command = [str(setup.PYTHON), "-m", "pytest", "--quiet", f"--junitxml={suite}", *arguments]
    environment = {
        "HOLDFAST_TEST_DATABASE": database,
        "HYPOTHESIS_PROFILE": os.environ.get("HYPOTHESIS_PROFILE", "ci"),
    }
    return Stage(title, command, environment=environment, suite=suite)


def suites(groups: Sequence[str], expression: str | None, every_change: bool) -> list[Stage]:
    chosen = ["-k", expression] if expression else []
    if every_change:
        chosen += ["-m", "not exhaustive"]
    # A file's tests stay in one process: some go on from where the test before them ended.
    # The order of the files is ours (tests/conftest.py).
    in_files = ["--dist=loadfile", "--no-loadscope-reorder"]
    spread = ["--numprocesses=2", *in_files]
    backend = ["--ignore=tests/e2e", *spread, *chosen]
    # Stories wait for pages more than they compute.
    browser = ["tests/e2e", "--numprocesses=3", *in_files, *chosen]
    client = RESULTS / "client.xml"
    stages: list[Stage] = []
    if "python" in groups:
        stages.append(pytest_stage("Python on SQLite", "sqlite", *backend))
        # What stands elsewhere says nothing of the database, and would be read for nothing.
        folders = ["tests/integration", "tests/load", "tests/packaging/test_tools.py"]
        of_database = [*folders, *spread, *chosen]
        stages.append(pytest_stage("Python on PostgreSQL", "pg", *of_database, database="postgres"))
    if "client" in groups:
        reporters = ["--reporter=dot", "--reporter=junit", f"--outputFile.junit={client}"]
        stages.append(npm_script("client (vitest)", "test", *reporters, suite=client))
    if "browser" in groups:
        stages.append(replace(pytest_stage("browser (Chromium)", "browser", *browser), tries=2))
    return stages


def count(suite: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped of a JUnit XML file; nothing when the file was not written."""
    if not suite.is_file():
        return 0, 0, 0
    cases = list(ET.parse(suite).iter("testcase"))  # noqa: S314 (our own test runners wrote it)
    failed = sum(1 for c in cases if c.find("failure") is not None or c.find("error") is not None)
    skipped = sum(1 for c in cases if c.find("skipped") is not None)
    return len(cases) - failed - skipped, failed, skipped


def run(stage: Stage, *, quiet: bool) -> Outcome:
    """Run one stage; a quiet one shows its output only when it fails."""
    if not quiet:
        print(f"\n── {stage.title}", flush=True)
    if stage.suite:
        stage.suite.unlink(missing_ok=True)
    start = time.monotonic()
    result = subprocess.run(
        stage.command,
        cwd=stage.folder,
        env={**os.environ, **stage.environment},
        check=False,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )
    seconds = time.monotonic() - start
    passed, failed, skipped = count(stage.suite) if stage.suite else (1, 0, 0)
    if stage.suite and passed + failed == 0:
        print(f"{stage.title}: ran no test", flush=True)
        failed = 1
    if result.returncode and failed == 0:
        # A crash outside any test, or a check that found something.
        passed, failed = (passed, 1) if stage.suite else (0, 1)
    if quiet:
        print(f"── {stage.title}: {'failed' if failed else 'passed'} ({seconds:.1f} s)", flush=True)
        if failed:
            print(result.stdout, flush=True)
    return Outcome(stage.title, passed, failed, skipped, seconds)


def run_all(groups: Sequence[str], expression: str | None, every_change: bool) -> list[Outcome]:
    outcomes: list[Outcome] = []
    if "lint" in groups:
        # Two at a time: most checks use one core.
        with ThreadPoolExecutor(max_workers=2) as pool:
            outcomes += pool.map(lambda stage: run(stage, quiet=True), checks())
    return outcomes + [run_patiently(stage) for stage in suites(groups, expression, every_change)]


def run_patiently(stage: Stage) -> Outcome:
    """Run a stage, again where it failed and has tries left; the seconds of all tries count."""
    outcome = run(stage, quiet=False)
    for number in range(2, stage.tries + 1):
        if not outcome.failed:
            break
        print(
            f"\n{stage.title}: {outcome.failed} failed; try {number} of {stage.tries}", flush=True
        )
        again = run(stage, quiet=False)
        outcome = replace(again, seconds=outcome.seconds + again.seconds)
    return outcome


def report(outcomes: Sequence[Outcome]) -> str:
    """The table, and the line that sums it."""
    header = ("stage", "result", "seconds", "tests", "failed", "skipped")
    passed, failed, skipped = (
        sum(getattr(outcome, kind) for outcome in outcomes)
        for kind in ("passed", "failed", "skipped")
    )
    closing = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    return f"{table(header, [outcome.row for outcome in outcomes])}\n\n{closing}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="GROUP")
    parser.add_argument("-k", dest="expression", help="only tests whose name matches")
    parser.add_argument(
        "--every-change", action="store_true", help="leave out what is marked exhaustive"
    )
    options = parser.parse_args()
    groups = options.groups or GROUPS
    with failures_explained():
        if "python" in groups:
            system_packages.ensure(["postgresql"])
            if not options.every_change:
                system_packages.ensure(["redis", "coturn", "janus"])
        if "browser" in groups:
            system_packages.ensure(["chromium", "fonts"])
            if os.environ.get("HOLDFAST_TEST_REPLICAS"):
                system_packages.ensure(["postgresql", "redis"])
    RESULTS.mkdir(parents=True, exist_ok=True)
    # Some machines keep no compiled modules: hundreds of processes would compile the same ones.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as data:
        # Settings make secrets on first use: never among those of a developer's own practice.
        os.environ["HOLDFAST_DATA_DIR"] = data
        outcomes = run_all(groups, options.expression, options.every_change)
    print(f"\n{report(outcomes)}")
    failed = sum(outcome.failed for outcome in outcomes)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
