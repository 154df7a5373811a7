"""Where the live process stands: its address, what it is handed, what the page may ask."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from holdfast.cli.doctor import check_live, check_topics
from holdfast.cli.serve import _live_child, _topics_child
from holdfast.config.environment import ConfigurationError, live_origin, redis_url, topics_origin
from holdfast.config.page import connections
from holdfast.core.fanout.issuing import socket_url
from holdfast.live.settings import secret_of


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIVE_ORIGIN", "TOPICS_ORIGIN", "TRUSTED_PROXY", "REDIS"):
        monkeypatch.delenv(f"HOLDFAST_{name}", raising=False)


def test_browsers_find_it_on_the_next_port_or_behind_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert live_origin("http://localhost:8000") == "http://localhost:8001"
    assert live_origin("https://care.example.org") == "https://care.example.org:444"
    monkeypatch.setenv("HOLDFAST_TRUSTED_PROXY", "1")
    assert live_origin("https://care.example.org") == "https://care.example.org/live"
    monkeypatch.setenv("HOLDFAST_LIVE_ORIGIN", "https://talk.example.org/")
    assert live_origin("https://care.example.org") == "https://talk.example.org"


def test_sockets_are_opened_on_the_port_after_that_or_behind_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert topics_origin("http://localhost:8000") == "http://localhost:8002"
    assert socket_url("http://localhost:8002") == "ws://localhost:8002/socket"
    monkeypatch.setenv("HOLDFAST_TRUSTED_PROXY", "1")
    behind = topics_origin("https://care.example.org")
    assert socket_url(behind) == "wss://care.example.org/topics/socket"
    monkeypatch.setenv("HOLDFAST_TOPICS_ORIGIN", "http://care.example.org")
    with pytest.raises(ConfigurationError, match="HOLDFAST_TOPICS_ORIGIN"):
        topics_origin("https://care.example.org")


def test_replicas_are_joined_by_redis_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert redis_url() == ""
    monkeypatch.setenv("HOLDFAST_REDIS", "rediss://:word@redis.example.org:6380")
    assert redis_url() == "rediss://:word@redis.example.org:6380"
    monkeypatch.setenv("HOLDFAST_REDIS", "https://redis.example.org")
    with pytest.raises(ConfigurationError, match="HOLDFAST_REDIS"):
        redis_url()


@pytest.mark.parametrize(
    "given", ["talk.example.org", "http://talk.example.org", "ftp://localhost"]
)
def test_an_address_that_no_secure_page_may_ask_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("HOLDFAST_LIVE_ORIGIN", given)
    with pytest.raises(ConfigurationError):
        live_origin("https://care.example.org")


def test_the_page_may_ask_its_own_server_and_the_live_process_and_nobody_else() -> None:
    own = "https://care.example.org"
    sockets = "wss://care.example.org"
    assert connections(own, f"{own}/live", f"{own}/topics") == ["'self'", sockets]
    assert connections(own, f"{own}:8001", own) == ["'self'", f"{own}:8001", sockets]
    assert connections(own, "https://talk.example.org/x", "http://localhost:8002") == [
        "'self'", "https://talk.example.org", "ws://localhost:8002",
    ]  # fmt: skip


def test_it_is_handed_its_own_secret_and_no_other(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    for name in ("MASTER_KEY", "DATABASE_URL", "EMAIL_PASSWORD", "SECRETS_FILE", "DATA_DIR"):
        monkeypatch.setenv(f"HOLDFAST_{name}", "a secret of others")
    monkeypatch.setenv("HOLDFAST_ORIGIN", "https://care.example.org")
    child = _live_child("0.0.0.0", 8001, 8000, Path("chain.pem"), Path("key.pem"))
    assert child.environment is not None
    assert "a secret of others" not in child.environment.values()
    assert child.environment["HOLDFAST_ORIGIN"] == "https://care.example.org"
    secret = child.environment["HOLDFAST_LIVE_SECRET"]
    assert base64.b64decode(secret) == secret_of(settings.SECRET_KEY) == settings.LIVE_SECRET
    line = " ".join(child.command)
    assert secret not in line
    assert "--web https://127.0.0.1:8000" in line
    assert "--certificate chain.pem --key key.pem" in line
    plain = _live_child("::", 8001, 8000, None, None)
    assert "--web http://[::1]:8000" in " ".join(plain.command)


def test_the_process_with_the_sockets_is_handed_another_secret(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("HOLDFAST_MASTER_KEY", "a secret of others")
    monkeypatch.setenv("HOLDFAST_REDIS", "redis://localhost")
    child = _topics_child("::", 8002, None, None)
    assert child.environment is not None
    assert "a secret of others" not in child.environment.values()
    assert child.environment["HOLDFAST_REDIS"] == "redis://localhost"
    secret = base64.b64decode(child.environment["HOLDFAST_TOPICS_SECRET"])
    assert secret == settings.TOPICS_SECRET != settings.LIVE_SECRET
    assert str(settings.DATA_DIR / "live" / "topics.sock") in child.command
    own = _topics_child("0.0.0.0", 8002, Path("chain.pem"), Path("key.pem"))
    assert "--certificate chain.pem --key key.pem" in " ".join(own.command)


@pytest.fixture
def answering() -> Iterator[str]:
    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/live/healthz" else 404)
            self.end_headers()
            self.wfile.write(b'{"status":"ok"}')

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_doctor_asks_it_the_way_a_browser_does(settings: Any, answering: str) -> None:
    settings.LIVE_ORIGIN = f"{answering}/live"
    assert check_live().verdict == "ok"
    settings.LIVE_ORIGIN = answering
    found = check_live()
    assert found.verdict == "warning"
    assert "HOLDFAST_LIVE_ORIGIN" in found.advice
    settings.LIVE_ORIGIN = "http://127.0.0.1:9"
    assert check_live().verdict == "warning"


def test_doctor_asks_the_process_with_the_sockets_too(settings: Any, answering: str) -> None:
    settings.TOPICS_ORIGIN, settings.REDIS_URL = f"{answering}/live", "redis://localhost"
    found = check_topics()
    assert (found.verdict, "joined by Redis" in found.found) == ("ok", True)
    settings.TOPICS_ORIGIN = answering
    found = check_topics()
    assert found.verdict == "warning"
    assert "HOLDFAST_TOPICS_ORIGIN" in found.advice
