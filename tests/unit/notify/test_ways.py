"""Which channel goes first, which follow, and what nobody may reach from here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import permutations
from uuid import uuid4

import pytest

from holdfast.config import sms
from holdfast.config.environment import ConfigurationError
from holdfast.core import outbound
from holdfast.core.links import tokens
from holdfast.core.notify import by_sms, phone
from holdfast.core.notify.engine import FALLBACK_AFTER, OUTSIDE, ordered, ways
from holdfast.core.tickets import TicketRefused

pytestmark = pytest.mark.any_database

NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
KEY = b"k" * 40


@pytest.mark.parametrize("order", list(permutations(OUTSIDE)))
def test_one_goes_at_once_and_each_other_later(order: tuple[str, ...]) -> None:
    found = ways(ordered(order), {}, urgent=False)
    assert [each.channel for each in found] == list(order)
    assert [each.wait for each in found] == [n * FALLBACK_AFTER for n in range(3)]


def test_what_cannot_be_tried_holds_nobody_up() -> None:
    found = ways(OUTSIDE, {"web_push": "", "email": "address-dead"}, urgent=False)
    assert [each.wait for each in found if each.channel == "sms"] == [timedelta()]


def test_what_is_urgent_waits_for_no_other_channel() -> None:
    assert {each.wait for each in ways(OUTSIDE, {}, urgent=True)} == {timedelta()}


def test_an_order_that_knows_fewer_channels_is_completed() -> None:
    assert ordered(["sms", "fax", "sms"]) == ("sms", "web_push", "email")
    assert ordered(["sms"], ["email", "sms"]) == ("sms", "email")


def test_numbers_are_spelt_as_e164() -> None:
    assert phone.spelt("0049 (151) 234.567-89") == "+4915123456789"
    for wrong in ("0151 23456789", "+0151234567", "+49", "+491512345678901234", "+49151x"):
        with pytest.raises(ValueError, match="country"):
            phone.spelt(wrong)


def test_values_are_put_into_the_template_and_never_read_as_one() -> None:
    filled = by_sms._filled(
        {"a": ["{to}", {"b": "x{text}y{id}"}], "n": 1}, {"to": "+1", "text": "{id}{to}", "id": "7"}
    )
    assert filled == {"a": ["+1", {"b": "x{id}{to}y7"}], "n": 1}


def test_a_provider_is_configured_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_SMS_URL", "https://sms.example.org/send")
    monkeypatch.setenv("HOLDFAST_SMS_TOKEN", "abc")
    monkeypatch.setenv("HOLDFAST_SMS_SCHEME", "Basic")
    monkeypatch.setenv("HOLDFAST_SMS_FORMAT", "form")
    monkeypatch.setenv("HOLDFAST_SMS_BODY", '{"To": "{to}", "Body": "{text}", "From": "{from}"}')
    found = sms.provider()
    assert found is not None
    assert (found["authorization"], found["form"]) == ("Basic abc", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOLDFAST_SMS_URL", "http://sms.example.org"),
        ("HOLDFAST_SMS_URL", "sms"),
        ("HOLDFAST_SMS_BODY", "{"),
        ("HOLDFAST_SMS_BODY", '{"to": "{to}"}'),
        ("HOLDFAST_SMS_FORMAT", "xml"),
    ],
)
def test_a_provider_that_is_wrongly_configured_is_refused_at_the_start(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_SMS_URL", "https://sms.example.org/send")
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="HOLDFAST_SMS"):
        sms.provider()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1",
        "64:ff9b::a00:1", "2002:a00:1::", "ff02::1", "::",
    ],
)  # fmt: skip
def test_an_address_that_only_we_reach_is_not_public(address: str) -> None:
    assert not outbound.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_the_internet_at_large_is_public(address: str) -> None:
    assert outbound.is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/",
        "https://2130706433/", "https://0x7f.1/", "ftp://example.org/", "https://", "file:///etc",
        "https://example.org:99999/",
    ],
)  # fmt: skip
def test_an_address_typed_by_somebody_leads_nowhere_inside(url: str) -> None:
    with pytest.raises(outbound.Unreachable) as refused:
        outbound.fetch("GET", url)
    assert refused.value.reason in {"address-not-allowed", "unreachable"}


def test_a_link_says_what_was_put_into_it_until_it_is_over() -> None:
    subject = uuid4()
    token = tokens.make(1, subject, NOW + timedelta(hours=1), KEY)
    assert len(token) == 66
    assert tokens.read(token, KEY, NOW).subject == subject
    with pytest.raises(TicketRefused, match="expired"):
        tokens.read(token, KEY, NOW + timedelta(hours=1))


def test_a_link_that_was_changed_in_any_letter_is_none() -> None:
    token = tokens.make(1, uuid4(), NOW + timedelta(hours=1), KEY)
    for position in range(len(token)):
        other = "A" if token[position] != "A" else "Q"
        with pytest.raises(TicketRefused, match="unreadable"):
            tokens.read(token[:position] + other + token[position + 1 :], KEY, NOW)
    for wrong in ("", "x", token + "AA", token[:-4], "é" * 66, "a" * 5000):
        with pytest.raises(TicketRefused, match="unreadable"):
            tokens.read(wrong, KEY, NOW)
    with pytest.raises(TicketRefused, match="unreadable"):
        tokens.read(token, b"another" * 6, NOW)
