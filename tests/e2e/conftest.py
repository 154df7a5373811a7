"""One browser for the whole run; worlds are made on demand and leave pictures when they fail."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, expect, sync_playwright

from tests.e2e.replicas import cluster
from tests.e2e.server import ROOT
from tests.e2e.world import World, Worlds, launch

#: Where pictures and server logs of failed tests go.
FAILURES = ROOT / ".make/results/browser"
#: Two machines behind a proxy instead of one on SQLite.
REPLICAS = os.environ.get("HOLDFAST_TEST_REPLICAS") == "2"
#: How long what is expected may take, in milliseconds: two browsers share a slow machine's cores.
PATIENCE_MS = 20_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = launch(playwright)
    yield started
    started.close()


@pytest.fixture(scope="session")
def all_worlds(
    playwright: Playwright, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worlds]:
    with ExitStack() as stack:
        shared = stack.enter_context(cluster()) if REPLICAS else None
        made = Worlds(playwright, browser, tmp_path_factory.mktemp("worlds"), shared)
        yield made
        made.close()


@pytest.fixture(scope="module")
def worlds(all_worlds: Worlds) -> Iterator[Worlds]:
    """A file's worlds end with it: their servers would slow down all that follow."""
    yield all_worlds
    all_worlds.end_those_of_a_file()


def _keep_evidence(world: World, name: str) -> None:
    FAILURES.mkdir(parents=True, exist_ok=True)
    (FAILURES / f"{name}.log").write_text(world.server.log(), encoding="utf-8")
    for login, seat in world.seats.items():
        try:
            seat.page.screenshot(path=FAILURES / f"{name}-{login}.png", full_page=True)
        except Error:
            # Its browser is what failed.
            continue


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    made = getattr(item, "funcargs", {}).get("worlds")
    if report.when == "call" and report.failed and isinstance(made, Worlds) and made.latest:
        _keep_evidence(made.latest, item.name)
        report.sections.append(("pictures and server log", str(FAILURES)))
    return report
