"""A passkey from end to end: added in Security, used to log in, and taken away again.

The authenticator is Chromium's own virtual one (WebAuthn over the DevTools protocol): it makes real
keys and real signatures, which the server checks.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect

from tests.e2e.accounts import fill_registration, keep_recovery_code, log_out
from tests.e2e.world import PHONE, Seat, World, Worlds

AUTHENTICATOR: dict[str, Any] = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
#: Milliseconds; a machine that does other things at the same time is no fault of ours.
PATIENCE = 30_000


class Device:
    """The authenticator built into one person's device."""

    def __init__(self, seat: Seat) -> None:
        self.cdp: CDPSession = seat.context.new_cdp_session(seat.page)
        self.cdp.send("WebAuthn.enable")
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.id: str = made["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        found = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        kept: list[dict[str, Any]] = found["credentials"]
        return kept


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def show_that_it_is_you(seat: Seat) -> None:
    """What changes the ways in asks for the password once more."""
    dialog = seat.page.get_by_role("dialog", name="Please show that it is you")
    dialog.get_by_role("textbox", name="Password").fill(seat.password)
    dialog.get_by_role("button", name="Continue").click()
    # The secret is derived on the device, which takes its time on a busy one.
    expect(dialog).to_be_hidden(timeout=PATIENCE)


@pytest.mark.exhaustive
def test_a_passkey_is_added_logs_in_and_is_taken_away(demo: World) -> None:
    noor = demo.seat("Noor", "noor-with-a-key", viewport=PHONE)
    device = Device(noor)
    noor.go("/register")
    fill_registration(noor, unreachable=True)
    noor.does.press("Continue")
    keep_recovery_code(noor)
    expect(noor.page).to_have_url("/today", timeout=PATIENCE)

    noor.go("/security")
    noor.does.fill("Name of the passkey", "my phone")
    noor.does.press("Add a passkey")
    show_that_it_is_you(noor)
    remove = noor.page.get_by_role("button", name="Remove the passkey my phone")
    expect(remove).to_be_visible(timeout=PATIENCE)
    (kept,) = device.credentials()
    assert kept["isResidentCredential"] is True
    assert kept["rpId"] == "localhost"

    log_out(noor)
    noor.go("/login")
    noor.does.press("Use a passkey")
    expect(noor.page).to_have_url("/today", timeout=PATIENCE)
    status, me = noor.api("GET", "/me")
    assert (status, me["login"]) == (200, "noor-with-a-key")
    (used,) = device.credentials()
    assert used["signCount"] > kept["signCount"]

    noor.go("/security")
    noor.does.press("Remove the passkey my phone")
    show_that_it_is_you(noor)
    expect(remove).to_have_count(0, timeout=PATIENCE)

    log_out(noor)
    noor.go("/login")
    noor.does.press("Use a passkey")
    expect(noor.page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    expect(noor.page).to_have_url("/login")
    status, _ = noor.api("GET", "/me")
    assert status == 401
    assert noor.complaints == []
