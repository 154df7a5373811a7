"""Where the live process stands: its address, what it is handed, what the page may ask."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from holdfast.cli.doctor import check_live
from holdfast.cli.serve import _live_child
from holdfast.config.environment import ConfigurationError, live_origin
from holdfast.config.page import connections
from holdfast.live.settings import secret_of


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOLDFAST_LIVE_ORIGIN", "HOLDFAST_TRUSTED_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_browsers_find_it_on_the_next_port_or_behind_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert live_origin("http://localhost:8000") == "http://localhost:8001"
    assert live_origin("https://care.example.org") == "https://care.example.org:444"
    monkeypatch.setenv("HOLDFAST_TRUSTED_PROXY", "1")
    assert live_origin("https://care.example.org") == "https://care.example.org/live"
    monkeypatch.setenv("HOLDFAST_LIVE_ORIGIN", "https://talk.example.org/")
    assert live_origin("https://care.example.org") == "https://talk.example.org"


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
    assert connections(own, f"{own}/live") == ["'self'"]
    assert connections(own, f"{own}:8001") == ["'self'", f"{own}:8001"]
    assert connections(own, "https://talk.example.org/x") == ["'self'", "https://talk.example.org"]


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
