"""One live process for all tests that do not end it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.live.process import Live, live, ticket


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("live")) as one:
        yield one


@pytest.fixture
def running(started: Live) -> Live:
    """It, with a ticket of the test's own and a web process that takes reports."""
    started.ticket = ticket()
    started.web.reports.clear()
    started.web.raw.clear()
    started.web.status = 200
    return started
