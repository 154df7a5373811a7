"""The watchdog elsewhere hears from the worker each minute, against a server on loopback."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from holdfast.config import environment, worker
from holdfast.core.heartbeat import facade, watchdog

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Watchdog:
    url: str
    status: int = 200
    pings: int = 0


class _Handler(BaseHTTPRequestHandler):
    watchdog: ClassVar[Watchdog]

    def do_GET(self) -> None:
        self.watchdog.pings += 1
        self.send_response(self.watchdog.status)
        self.send_header("location", self.watchdog.url + "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Nothing to standard error."""


@pytest.fixture
def listening(settings: Any) -> Iterator[Watchdog]:
    class Handler(_Handler):
        """One watchdog each: nothing of one test is in another's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.watchdog = Watchdog(f"http://127.0.0.1:{server.server_address[1]}/ping/secret-token")
    settings.WATCHDOG_URL = Handler.watchdog.url
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Handler.watchdog
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
def test_a_worker_that_escalates_pings_once_a_minute(listening: Watchdog) -> None:
    for second in range(0, 121, 10):
        worker.tick(NOON + timedelta(seconds=second))
    assert listening.pings == 3


@pytest.mark.django_db
def test_while_nothing_escalates_the_watchdog_hears_nothing(listening: Watchdog) -> None:
    assert not watchdog.ping_due(NOON)
    facade.beat(NOON)
    assert not watchdog.ping_due(NOON + timedelta(seconds=61))
    assert listening.pings == 0


@pytest.mark.django_db
def test_of_two_workers_one_pings(listening: Watchdog) -> None:
    facade.beat(NOON)
    assert [watchdog.ping_due(NOON), watchdog.ping_due(NOON)] == [True, False]
    assert listening.pings == 1


@pytest.mark.django_db
@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_watchdog_that_refuses_is_logged_without_its_address(
    listening: Watchdog, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    listening.status = status
    facade.beat(NOON)
    with caplog.at_level(logging.WARNING):
        assert not watchdog.ping_due(NOON)
    assert listening.pings == 1
    assert "watchdog" in caplog.text
    assert "secret-token" not in caplog.text


@pytest.mark.django_db
def test_a_watchdog_that_is_away_stops_nothing(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.WATCHDOG_URL = "http://127.0.0.1:1/ping/secret-token"
    worker.tick(NOON)
    assert facade.last_seen() == NOON
    assert "watchdog" in caplog.text
    assert "secret-token" not in caplog.text


@pytest.mark.django_db
def test_without_an_address_nothing_is_asked_of_the_network(settings: Any) -> None:
    settings.WATCHDOG_URL = ""
    facade.beat(NOON)
    assert not watchdog.ping_due(NOON)


@pytest.mark.parametrize(
    "url", ["http://watch.example/ping", "ftp://watch.example", "watch.example", "https://"]
)
def test_an_address_that_gives_the_token_away_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_WATCHDOG_URL", url)
    with pytest.raises(environment.ConfigurationError, match="HOLDFAST_WATCHDOG_URL"):
        environment.watchdog_url()


@pytest.mark.parametrize(
    "url", ["", "https://watch.example/ping/abc", "http://localhost:9999/ping"]
)
def test_https_and_this_machine_are_fine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_WATCHDOG_URL", url)
    assert environment.watchdog_url() == url
