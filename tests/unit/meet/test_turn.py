"""Credentials for the relay, and the settings they are made from."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.config.environment import ConfigurationError, turn_relay
from holdfast.meet.rooms import turn

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = "a secret of at least thirty-two letters"


@pytest.fixture
def relay(settings: Any) -> None:
    settings.TURN_URLS = ("turn:turn.example.org:3478", "turns:turn.example.org:5349")
    settings.TURN_SECRET = SECRET


def test_without_a_relay_there_are_no_servers(settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = (), ""
    assert turn.ice_servers(NOW, "somebody") == []


def test_a_credential_is_good_for_an_hour_and_names_nobody(relay: None) -> None:
    [server] = turn.ice_servers(NOW, "account 17")
    assert server["urls"] == ["turn:turn.example.org:3478", "turns:turn.example.org:5349"]
    expiry, opaque = server["username"].split(":")
    assert int(expiry) - NOW.timestamp() == 3600
    assert opaque != "17"
    assert len(opaque) == 16
    expected = hmac.new(SECRET.encode(), server["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(server["credential"]) == expected


def test_the_same_subject_has_the_same_name_and_another_has_another(relay: None) -> None:
    names = [turn.ice_servers(NOW, who)[0]["username"] for who in ("a", "a", "b")]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize(
    ("urls", "secret"),
    [
        ("https://turn.example.org", SECRET),
        ("turn:", SECRET),
        ("turn:turn.example.org", ""),
        ("turn:turn.example.org", "short"),
        ("", SECRET),
    ],
)
def test_a_relay_without_address_or_secret_is_refused(
    monkeypatch: pytest.MonkeyPatch, urls: str, secret: str
) -> None:
    monkeypatch.setenv("HOLDFAST_TURN_URLS", urls)
    monkeypatch.setenv("HOLDFAST_TURN_SECRET", secret)
    with pytest.raises(ConfigurationError, match="HOLDFAST_TURN"):
        turn_relay()


def test_several_addresses_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_TURN_URLS", "turn:a.example.org:3478?transport=udp, turns:b:5349")
    monkeypatch.setenv("HOLDFAST_TURN_SECRET", SECRET)
    assert turn_relay() == (("turn:a.example.org:3478?transport=udp", "turns:b:5349"), SECRET)
