"""What the live process is told."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from holdfast.core import tickets
from holdfast.live.settings import SettingsError, Window, read, secret_of

SECRET = base64.b64encode(b"s" * 32).decode()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TRUSTED_PROXY", "TRUSTED_PROXY_COUNT", "TEST_CLOCK_FILE", "SECRETS_FILE"):
        monkeypatch.delenv(f"HOLDFAST_{name}", raising=False)
    monkeypatch.setenv("HOLDFAST_ORIGIN", "https://care.example.org/")
    monkeypatch.setenv("HOLDFAST_LIVE_SECRET", SECRET)
    monkeypatch.setenv("HOLDFAST_DATA_DIR", str(tmp_path))


def test_a_process_that_read_a_text_takes_none_after_45_seconds_and_is_gone_before_60() -> None:
    window = read([]).window
    assert (window.whole, window.accepting) == (60.0, 45.0)
    assert window.accepting + window.draining < window.last < 60.0


@pytest.mark.parametrize("seconds", ["60.1", "0", "-1", "3600", "nan", "inf", "a minute"])
def test_the_window_cannot_be_made_longer(monkeypatch: pytest.MonkeyPatch, seconds: str) -> None:
    monkeypatch.setenv("HOLDFAST_LIVE_WINDOW_SECONDS", seconds)
    with pytest.raises(SettingsError):
        read([])


def test_a_test_may_make_it_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_LIVE_WINDOW_SECONDS", "4")
    assert read([]).window == Window(4.0)


def test_the_secret_comes_from_the_environment_and_is_not_handed_on() -> None:
    found = read(["--port", "9001"])
    assert (found.secret, found.port, found.origin) == (b"s" * 32, 9001, "https://care.example.org")
    assert "HOLDFAST_LIVE_SECRET" not in os.environ
    assert "ssss" not in repr(found)


def test_without_it_the_secret_is_derived_from_the_installations_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HOLDFAST_LIVE_SECRET")
    (tmp_path / "secrets.json").write_text(json.dumps({"secret_key": "the installation's"}))
    assert read([]).secret == secret_of("the installation's")
    # What signs sessions cannot be had from it, nor one of the keys from another.
    derived = {tickets.derived(one, read([]).secret) for one in (tickets.TICKET, tickets.REPORT)}
    assert len({b"the installation's", read([]).secret, *derived}) == 4


@pytest.mark.parametrize("given", ["", "short", base64.b64encode(b"16 bytes of text").decode()])
def test_without_a_secret_nothing_is_served(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("HOLDFAST_LIVE_SECRET", given)
    with pytest.raises(SettingsError) as fault:
        read([])
    assert "HOLDFAST_LIVE_SECRET" in str(fault.value)


def test_time_is_moved_on_localhost_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_TEST_CLOCK_FILE", "clock")
    with pytest.raises(SettingsError):
        read([])
    monkeypatch.setenv("HOLDFAST_LIVE_SECRET", SECRET)
    monkeypatch.setenv("HOLDFAST_ORIGIN", "http://localhost:8000")
    assert read([]).clock_file == "clock"


def test_memory_may_be_searched_on_localhost_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read([]).readable is False
    monkeypatch.setenv("HOLDFAST_LIVE_SECRET", SECRET)
    monkeypatch.setenv("HOLDFAST_TEST_MEMORY", "1")
    with pytest.raises(SettingsError):
        read([])
    monkeypatch.setenv("HOLDFAST_LIVE_SECRET", SECRET)
    monkeypatch.setenv("HOLDFAST_ORIGIN", "http://localhost:8000")
    assert read([]).readable is True


def test_forwarded_addresses_are_believed_of_our_own_proxies_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read([]).proxies == 0
    monkeypatch.setenv("HOLDFAST_LIVE_SECRET", SECRET)
    monkeypatch.setenv("HOLDFAST_TRUSTED_PROXY", "1")
    assert read([]).proxies == 1
    monkeypatch.setenv("HOLDFAST_LIVE_SECRET", SECRET)
    monkeypatch.setenv("HOLDFAST_TRUSTED_PROXY_COUNT", "2")
    assert read([]).proxies == 2
