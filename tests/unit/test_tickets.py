"""Sealed messages between the web and the live process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.core import tickets

KEY = b"the secret of an installation"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_claims_come_back_as_they_were_sealed() -> None:
    claims = {"id": "1", "flows": {"check-in": True}, "model": None, "exp": NOW.timestamp() + 600}
    blob = tickets.seal(tickets.TICKET, claims, KEY)
    assert blob.replace("-", "").replace("_", "").isalnum()
    assert tickets.open_sealed(tickets.TICKET, blob, KEY, NOW) == claims


def test_a_message_is_expired_from_its_instant_on() -> None:
    blob = tickets.seal(tickets.TICKET, {"exp": NOW.timestamp()}, KEY)
    tickets.open_sealed(tickets.TICKET, blob, KEY, NOW - timedelta(milliseconds=1))
    with pytest.raises(tickets.TicketRefused) as refused:
        tickets.open_sealed(tickets.TICKET, blob, KEY, NOW)
    assert refused.value.reason == "expired"


def test_a_report_is_no_ticket_and_another_installation_s_is_neither() -> None:
    blob = tickets.seal(tickets.REPORT, {"id": "1"}, KEY)
    for label, key in ((tickets.TICKET, KEY), (tickets.REPORT, b"another secret")):
        with pytest.raises(tickets.TicketRefused) as refused:
            tickets.open_sealed(label, blob, key, NOW)
        assert refused.value.reason == "unreadable"


@pytest.mark.parametrize("blob", ["", "A", "====", "not base64 ...", "é", "A" * 16, "A" * 70_000])
def test_what_is_no_sealed_message_is_refused(blob: str) -> None:
    with pytest.raises(tickets.TicketRefused):
        tickets.open_sealed(tickets.TICKET, blob, KEY, NOW)


def test_no_changed_letter_is_accepted() -> None:
    blob = tickets.seal(tickets.TICKET, {"id": "1"}, KEY)
    for at in range(len(blob) - 1):
        other = "A" if blob[at] != "A" else "B"
        with pytest.raises(tickets.TicketRefused):
            tickets.open_sealed(tickets.TICKET, blob[:at] + other + blob[at + 1 :], KEY, NOW)


def test_the_hash_of_a_text_depends_on_the_secret() -> None:
    one = tickets.text_hash("the same words", KEY)
    assert one == tickets.text_hash("the same words", KEY)
    assert one != tickets.text_hash("the same words", b"another secret")
    assert len(one) == 64
