"""Ways into private writing: a passkey with a key of its own, one without, and new keys for old.

What password and recovery code do on three devices is told in test_vault.py. The authenticators are
Chromium's own virtual ones; those with PRF compute it as a real one does (CTAP 2.1, hmac-secret).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Request, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_passkeys import AUTHENTICATOR, show_that_it_is_you
from tests.e2e.test_vault import device, entry, sign_in, unlock, write
from tests.e2e.world import DESK, Seat, World, Worlds
from tests.e2e.writers import WAIT, open_journal, writer

BEFORE = "Ottergarn hung over the quay that morning"
AFTER = "Since then I write with a lighter hand"

#: Whether any key that the vault keeps on the device could be taken out of it, by name.
EXTRACTABLE = """async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("holdfast-vault-keys");
    asked.onsuccess = () => done(asked.result);
  });
  const rings = await new Promise((done) => {
    const asked = db.transaction("rings").objectStore("rings").getAll();
    asked.onsuccess = () => done(asked.result);
  });
  db.close();
  const found = [];
  const look = (value) => {
    if (value instanceof CryptoKey) found.push(value.extractable);
    else if (value !== null && typeof value === "object" && !ArrayBuffer.isView(value)) {
      Object.values(value).forEach(look);
    }
  };
  look(rings);
  return found;
}"""


def authenticator(seat: Seat, *, prf: bool) -> CDPSession:
    session: CDPSession = seat.context.new_cdp_session(seat.page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = AUTHENTICATOR | {"hasPrf": prf}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def listen_for_posts(seat: Seat) -> list[str]:
    """Every body that this device sends from now on."""
    sent: list[str] = []

    def keep(request: Request) -> None:
        if request.method != "GET":
            sent.append(request.post_data or "")

    seat.page.on("request", keep)
    return sent


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


@pytest.fixture(scope="module")
def wren(demo: World) -> Seat:
    """Somebody without e-mail whose private writing is set up, and who wrote once."""
    seat = writer(demo, "Wren", "wren")
    write(seat, BEFORE)
    return seat


def prove_if_asked(seat: Seat, done: Locator) -> None:
    """Whoever gave the password a moment ago is not asked for it again."""
    dialog = seat.page.get_by_role("dialog", name="Please show that it is you")
    expect(dialog.or_(done).first).to_be_visible(timeout=WAIT)
    if dialog.is_visible():
        show_that_it_is_you(seat)
    expect(done).to_be_visible(timeout=WAIT)


def add_passkey(seat: Seat, name: str) -> None:
    seat.go("/security")
    seat.does.fill("Name of the passkey", name)
    seat.does.press("Add a passkey")
    prove_if_asked(seat, seat.page.get_by_role("button", name=f"Remove the passkey {name}"))


def remove_passkey(seat: Seat, name: str) -> None:
    """Its row goes; what is left can be told by a screen without any."""
    seat.go("/security")
    row = seat.page.get_by_role("listitem").filter(has_text=name)
    seat.does.press(f"Remove the passkey {name}")
    gone = seat.page.locator(f"main:not(:has(button[aria-label='Remove the passkey {name}']))")
    prove_if_asked(seat, gone)
    expect(row).to_have_count(0)


def let_it_open(seat: Seat, name: str) -> None:
    seat.does.press(f"Open my private writing with the passkey {name}")
    dialog = seat.page.get_by_role("dialog", name="Please show that it is you")
    dialog.get_by_role("textbox", name="Password").fill(seat.password)
    assert_accessible(seat.page, "the password for one more way in")
    dialog.get_by_role("button", name="Continue").click()


def lock(seat: Seat) -> None:
    open_journal(seat)
    seat.does.press("Lock on this device")
    expect(seat.page.get_by_label("Your password")).to_be_visible()


@pytest.mark.exhaustive
def test_a_passkey_opens_it_and_its_key_stays_on_the_device(wren: Seat) -> None:
    authenticator(wren, prf=True)
    sent = listen_for_posts(wren)
    add_passkey(wren, "my phone")
    let_it_open(wren, "my phone")
    added = wren.page.get_by_text("This passkey opens your private writing now.")
    expect(added).to_be_visible(timeout=WAIT)
    assert_fits(wren.page, "passkeys that open private writing")
    assert_accessible(wren.page, "passkeys that open private writing")
    lock(wren)
    assert_fits(wren.page, "private writing, locked, with a passkey")
    assert_accessible(wren.page, "private writing, locked, with a passkey")
    wren.does.press("Open with a passkey")
    expect(entry(wren, BEFORE)).to_be_visible(timeout=WAIT)
    extractable = wren.page.evaluate(EXTRACTABLE)
    assert len(extractable) == 3
    assert not any(extractable)
    posted = [json.loads(body) for body in sent if "clientExtensionResults" in body]
    assert posted, "a passkey was posted"
    for body in posted:
        assert body["credential"]["clientExtensionResults"] == {}
    assert [body for body in sent if '"prf"' in body] == []
    assert wren.complaints == []


@pytest.mark.exhaustive
def test_a_passkey_without_a_key_says_so_and_the_password_goes_on(demo: World, wren: Seat) -> None:
    desk = device(demo, wren, "Wren at a desk")
    desk.page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    sign_in_with_passkey_asked(desk, wren)
    authenticator(desk, prf=False)
    add_passkey(desk, "an old key")
    let_it_open(desk, "an old key")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("gives no key for it", timeout=WAIT)
    expect(dialog.get_by_role("alert")).to_contain_text("still logs you in")
    desk.page.keyboard.press("Escape")
    open_journal(desk)
    unlock(desk)
    expect(entry(desk, BEFORE)).to_be_visible(timeout=WAIT)
    remove_passkey(desk, "an old key")


def sign_in_with_passkey_asked(seat: Seat, wren: Seat) -> None:
    """A passkey is a second factor: this browser borrows the session of the one that has it."""
    seat.context.add_cookies(wren.context.cookies())  # type: ignore[arg-type]
    seat.go("/today")
    expect(seat.page).to_have_url("/today", timeout=WAIT)


@pytest.mark.exhaustive
def test_new_keys_replace_those_somebody_had_and_nothing_is_lost(demo: World, wren: Seat) -> None:
    open_journal(wren)
    expect(entry(wren, BEFORE)).to_be_visible(timeout=WAIT)
    wren.does.open_details("I think someone had my keys")
    panel = wren.page.get_by_test_id("new-keys")
    panel.get_by_role("checkbox", name="my phone").check()
    panel.get_by_label("Your password").fill(wren.password)
    assert_fits(wren.page, "new keys")
    assert_accessible(wren.page, "new keys")
    panel.get_by_role("button", name="Make new keys").click()
    shown = panel.get_by_test_id("recovery-code")
    expect(shown).to_be_visible(timeout=WAIT)
    old, wren.recovery_code = wren.recovery_code, (shown.text_content() or "").strip()
    assert wren.recovery_code != old
    assert_accessible(wren.page, "new keys, the new recovery code")
    panel.get_by_label("The last four characters of your code").fill(wren.recovery_code[-4:])
    panel.get_by_role("button", name="Put the new keys in force").click()
    expect(panel.get_by_text("Your new keys are in force.")).to_be_visible(timeout=WAIT)
    assert wren.page.evaluate(EXTRACTABLE) == [False] * 5
    wren.page.reload()
    expect(entry(wren, BEFORE)).to_be_visible(timeout=WAIT)
    write(wren, AFTER)
    lock(wren)
    wren.does.press("Open with a passkey")
    expect(entry(wren, BEFORE)).to_be_visible(timeout=WAIT)
    expect(entry(wren, AFTER)).to_be_visible()
    assert wren.complaints == []


@pytest.mark.exhaustive
def test_the_new_code_brings_everything_back_and_the_old_one_nothing(
    demo: World, wren: Seat
) -> None:
    remove_passkey(wren, "my phone")
    status, vault = wren.api("GET", "/me/vault")
    assert (status, [each["kind"] for each in vault["wraps"]]) == (200, ["password", "recovery"])
    phone = device(demo, wren, "Wren on a new phone")
    phone.go("/recover")
    phone.does.fill("Log-in name or e-mail", phone.login)
    phone.does.fill("Recovery code", wren.recovery_code)
    phone.password = wren.password = "a harbour of my own"
    phone.does.fill("New password", phone.password)
    phone.page.locator("form button[type=submit]").click()
    expect(phone.page.get_by_role("link", name="Log in")).to_be_visible(timeout=WAIT)
    sign_in(phone)
    open_journal(phone)
    phone.does.fill("Recovery code", wren.recovery_code)
    unlock(phone)
    expect(entry(phone, BEFORE)).to_be_visible(timeout=WAIT)
    expect(entry(phone, AFTER)).to_be_visible()
    assert phone.complaints == []


def cost_of(seat: Seat) -> int:
    """What the look-up says that this account's password costs, in KiB."""
    status, found = seat.api("POST", "/auth/kdf", {"login": seat.login})
    assert status == 200
    memory: int = found["params"]["memory_kib"]
    return memory


@pytest.mark.exhaustive
def test_a_higher_cost_is_taken_up_at_the_next_log_in(
    demo: World, wren: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.server.stop()
    monkeypatch.setenv("HOLDFAST_ARGON2_MEMORY_MIB", "72")
    demo.server.start("--demo")
    desk = device(demo, wren, "Wren after the rise")
    desk.go("/login")
    assert cost_of(desk) == 64 * 1024
    with desk.page.expect_response("**/me/password/cost", timeout=WAIT) as raised:
        sign_in(desk)
    assert raised.value.status == 204
    assert cost_of(desk) == 72 * 1024
    _, vault = desk.api("GET", "/me/vault")
    assert [each["memory_kib"] for each in vault["wraps"]] == [72 * 1024, 0]
    open_journal(desk)
    unlock(desk)
    expect(entry(desk, BEFORE)).to_be_visible(timeout=WAIT)
    assert desk.complaints == []
