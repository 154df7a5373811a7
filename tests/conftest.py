"""The ground every test stands on: settings, database, Hypothesis depth, shared data.

Environment:
    HOLDFAST_TEST_DATABASE    sqlite (default) or postgres; on postgres only tests that use the
                              database run, the others have nothing to say about it
    HOLDFAST_DATABASE_URL     the PostgreSQL to use; without it a private server is started
    HOLDFAST_REQUIRE_SHARED   1: a test that needs `HOLDFAST_SHARED` fails where it is absent
    HYPOTHESIS_PROFILE        dev (default), ci or fuzz
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest

NEEDS_SHARED = "needs HOLDFAST_SHARED"
DATABASE = os.environ.get("HOLDFAST_TEST_DATABASE", "sqlite")
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _prepare_environment() -> None:
    """Give the settings a data folder and a database; xdist's workers inherit both.

    Runs when this file is imported: pytest-django reads the settings right after.
    """
    if not IS_WORKER:
        folder = tempfile.mkdtemp(prefix="holdfast-tests-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["HOLDFAST_DATA_DIR"] = folder
        if DATABASE == "sqlite":
            os.environ.pop("HOLDFAST_DATABASE_URL", None)
        elif "HOLDFAST_DATABASE_URL" not in os.environ:
            from tools.postgres import private_server

            stack = ExitStack()
            atexit.register(stack.close)
            os.environ["HOLDFAST_DATABASE_URL"] = stack.enter_context(private_server())
    os.environ["DJANGO_SETTINGS_MODULE"] = "holdfast.config.settings"
    # Who needs Janus starts one: a server of another test's would take time and ports.
    os.environ.setdefault("HOLDFAST_SFU", "0")
    # pytest-django looked for settings before this file was read; it asks again whether they are
    # configured, and only then sets Django up.
    from django.conf import settings

    engine = str(settings.DATABASES["default"]["ENGINE"]).rpartition(".")[2]
    if engine != {"sqlite": "sqlite3", "postgres": "postgresql"}[DATABASE]:
        # Where DJANGO_SETTINGS_MODULE is set from outside, pytest-django has read the settings
        # before us, with whatever database the environment then named.
        raise pytest.UsageError(
            f"These tests would run on {engine} and not on {DATABASE}: unset DJANGO_SETTINGS_MODULE"
        )


def _scan_static_files_once() -> None:
    """Each test client makes the middleware anew, and that would read each built file's data anew.

    Where many tests make clients that is a quarter of their time.
    """
    from whitenoise.base import WhiteNoise  # type: ignore[import-untyped]

    scanned: dict[tuple[str, str], dict[str, Any]] = {}
    scan = WhiteNoise.update_files_dictionary

    def scan_once(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in scanned:
            others, self.files = self.files, {}
            scan(self, root, prefix)
            scanned[root, prefix], self.files = self.files, others
        self.files.update(scanned[root, prefix])

    WhiteNoise.update_files_dictionary = scan_once


if DATABASE not in {"sqlite", "postgres"}:
    raise pytest.UsageError(f"HOLDFAST_TEST_DATABASE is {DATABASE!r}; use sqlite or postgres")
_prepare_environment()
_scan_static_files_once()

hypothesis.settings.register_profile("dev", max_examples=30, deadline=None)
hypothesis.settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
hypothesis.settings.register_profile(
    "fuzz",
    max_examples=5000,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_configure(config: pytest.Config) -> None:
    # Views say a status with `ninja.Status`; the tuples of old go away with ninja's next version.
    config.addinivalue_line("filterwarnings", "error:Returning tuple:DeprecationWarning")


def pytest_report_header() -> str:
    profile = hypothesis.settings.get_current_profile_name()
    return f"holdfast: database {DATABASE}, hypothesis profile {profile}"


def _uses_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}
    return item.get_closest_marker("django_db") is not None or not fixtures.isdisjoint(
        getattr(item, "fixturenames", ())
    )


#: Files that take longest, the longest first: begun last, one would be waited for alone.
LONGEST = (
    "test_screens.py", "test_keyboard.py", "test_care_loop.py", "test_visit.py", "test_offline.py",
    "test_vault.py", "test_messages.py", "test_notes.py", "test_ways_in.py",
    "test_every_endpoint.py", "test_backup.py", "test_command.py", "test_storage.py",
    "test_upgrade.py", "test_operations.py", "test_processes.py", "test_api_faults.py",
    "test_client.py", "test_demo.py", "test_leaving.py", "test_doctor.py", "test_small.py",
    "test_keys.py",
)  # fmt: skip


def _turn(item: pytest.Item) -> int:
    name = item.path.name
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    if DATABASE == "postgres":
        for item in items:
            # Before `-m` chooses: pytest's own reading of it comes after this.
            if item.get_closest_marker("exhaustive_on_postgres"):
                item.add_marker(pytest.mark.exhaustive)
        kept = [
            item
            for item in items
            if _uses_database(item) and item.get_closest_marker("any_database") is None
        ]
    else:
        kept = [item for item in items if item.get_closest_marker("postgres") is None]
    chosen = set(kept)
    if dropped := [item for item in items if item not in chosen]:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def _misses_shared(report: pytest.TestReport | pytest.CollectReport) -> bool:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return report.outcome == "skipped" and reason.removeprefix("Skipped: ").startswith(NEEDS_SHARED)


def _fail_if_required(report: Report) -> Report:
    if os.environ.get("HOLDFAST_REQUIRE_SHARED") == "1" and _misses_shared(report):
        report.outcome = "failed"
        report.longrepr = f"{report.longrepr[2]}, and HOLDFAST_REQUIRE_SHARED=1"  # type: ignore[index]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _fail_if_required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _fail_if_required((yield))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("skipped", [])
    count = sum(1 for report in reports if _misses_shared(report))
    if count:
        where = os.environ.get("HOLDFAST_SHARED", str(Path(__file__).parents[2] / "shared"))
        terminalreporter.write_line(
            f"{count} tests skipped: {NEEDS_SHARED} ({where} lacks their data)"
        )
