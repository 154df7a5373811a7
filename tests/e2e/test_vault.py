"""Private writing: three devices, a lost password, and a server that knows no word of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.accounts import PASSWORD
from tests.e2e.test_offline import ready_for_offline
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT, open_journal, register, set_up

CANARY = "Quixotine wept under the Xylophonweg bridge"
LATER = "Zwetschgenfest came after all, and I went"
DRAFT = "Brompfibrat is a word I never finished"
CHANGED_PASSWORD = "a changed quiet harbour"
NEW_PASSWORD = "another quiet harbour"


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


@pytest.fixture(scope="module")
def ines(demo: World) -> Seat:
    """Somebody new, without e-mail, at device A, whose private writing is set up."""
    seat = register(demo, "Ines", "ines", installs=True)
    ready_for_offline(seat)
    open_journal(seat)
    expect(seat.page.get_by_test_id("sealed")).to_contain_text("nobody reads this but you")
    set_up(seat)
    return seat


def write(seat: Seat, words: str) -> None:
    seat.does.press("Write")
    seat.does.fill("Your words", words)
    seat.does.press("Save")
    expect(entry(seat, words)).to_be_visible()


def entry(seat: Seat, words: str) -> Locator:
    return seat.page.get_by_test_id("entry").filter(has_text=words)


def device(demo: World, ines: Seat, name: str, *, installs: bool = False) -> Seat:
    """Another browser of the same person."""
    seat = demo.seat(name, ines.login, viewport=PHONE, installs=installs)
    seat.password = ines.password
    return seat


def sign_in(seat: Seat) -> None:
    seat.go("/login")
    seat.does.fill("Log-in name or e-mail", seat.login)
    seat.does.fill("Password", seat.password)
    seat.does.press("Log in")
    # The secret is derived on the device, which takes its time on a busy one.
    expect(seat.page).to_have_url("/today", timeout=WAIT)


def unlock(seat: Seat) -> None:
    seat.does.fill("Your password", seat.password)
    seat.does.press("Open")


def test_words_written_offline_survive_and_arrive(ines: Seat) -> None:
    ines.context.set_offline(True)
    write(ines, CANARY)
    expect(ines.page.get_by_test_id("waiting")).to_contain_text("1 change is waiting")
    ines.page.reload()
    expect(entry(ines, CANARY)).to_be_visible()
    ines.context.set_offline(False)
    expect(ines.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)
    assert ines.complaints == []


def test_a_draft_survives_the_page_that_went_away(ines: Seat) -> None:
    ines.context.set_offline(True)
    ines.does.press("Write")
    ines.does.fill("Your words", DRAFT)
    expect(ines.page.get_by_test_id("kept")).to_have_text("Kept on this device.")
    ines.page.reload()
    draft = ines.page.get_by_test_id("draft")
    expect(draft).to_contain_text(DRAFT[:40])
    assert DRAFT.encode() not in stored(ines), "the draft is sealed on the device, too"
    ines.does.press("Go on writing")
    expect(ines.page.get_by_label("Your words")).to_have_value(DRAFT)
    ines.does.press("Throw away")
    expect(draft).to_have_count(0)
    ines.context.set_offline(False)


def stored(seat: Seat) -> bytes:
    """Everything that this origin keeps in IndexedDB, as JSON."""
    script = """async () => {
      const found = [];
      for (const { name } of await indexedDB.databases()) {
        const db = await new Promise((done) => {
          const asked = indexedDB.open(name);
          asked.onsuccess = () => done(asked.result);
        });
        for (const store of db.objectStoreNames) {
          found.push(...await new Promise((done) => {
            const asked = db.transaction(store).objectStore(store).getAll();
            asked.onsuccess = () => done(asked.result);
          }));
        }
        db.close();
      }
      const text = new TextDecoder();
      return JSON.stringify(found, (_, v) => v instanceof Uint8Array ? text.decode(v) : v);
    }"""
    shown: str = seat.page.evaluate(script)
    assert '"wire"' in shown
    return shown.encode()


def test_a_second_device_reads_with_the_password_and_changes_it(demo: World, ines: Seat) -> None:
    desk = device(demo, ines, "Ines at her desk")
    sign_in(desk)
    open_journal(desk)
    desk.does.fill("Your password", "not my password at all")
    desk.does.press("Open")
    expect(desk.page.get_by_role("alert")).to_contain_text("does not open", timeout=WAIT)
    unlock(desk)
    expect(entry(desk, CANARY)).to_be_visible(timeout=WAIT)
    desk.page.get_by_role("button", name="Change the entry").click()
    desk.does.fill("Your words", LATER)
    desk.does.press("Save")
    expect(entry(desk, LATER)).to_be_visible()
    desk.does.open_details("1 earlier version")
    expect(entry(desk, CANARY)).to_be_visible()
    expect(desk.page.get_by_text("Only on this device")).to_have_count(0, timeout=WAIT)
    ines.page.reload()
    expect(entry(ines, LATER)).to_be_visible(timeout=WAIT)
    desk.does.press("Lock on this device")
    expect(desk.page.get_by_role("button", name="Open")).to_be_visible()
    desk.page.reload()
    expect(desk.page.get_by_label("Your password")).to_be_visible()
    assert desk.complaints == []


def test_two_devices_that_change_it_at_once_lose_nothing(demo: World, ines: Seat) -> None:
    desk = device(demo, ines, "Ines at another desk", installs=True)
    sign_in(desk)
    open_journal(desk)
    unlock(desk)
    expect(entry(desk, LATER)).to_be_visible(timeout=WAIT)
    for seat, words in ((ines, "from the phone"), (desk, "from the desk")):
        seat.context.set_offline(True)
        seat.page.get_by_role("button", name="Change the entry").click()
        seat.does.fill("Your words", f"{LATER}, {words}")
        seat.does.press("Save")
        expect(seat.page.get_by_test_id("waiting")).to_be_visible()
    for seat in (ines, desk):
        seat.context.set_offline(False)
        expect(seat.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)
    expect(desk.page.get_by_test_id("conflict")).to_be_visible(timeout=WAIT)
    for words in ("from the phone", "from the desk"):
        expect(entry(desk, words)).to_be_visible()
    desk.page.get_by_role("button", name="Change the entry").click()
    desk.does.press("Save")
    expect(desk.page.get_by_test_id("conflict")).to_have_count(0)
    expect(entry(desk, "from the phone")).to_contain_text("from the desk")


def test_every_screen_of_it_can_be_read_by_everybody(ines: Seat) -> None:
    ines.page.reload()
    expect(entry(ines, "from the desk")).to_be_visible(timeout=WAIT)
    look_closely(ines, "private writing")
    ines.does.press("Write")
    look_closely(ines, "private writing, the page to write on")
    ines.does.press("Throw away")
    ines.does.press("Lock on this device")
    expect(ines.page.get_by_label("Your password")).to_be_visible()
    look_closely(ines, "private writing, locked")
    unlock(ines)
    expect(entry(ines, "from the desk")).to_be_visible(timeout=WAIT)


def look_closely(seat: Seat, name: str) -> None:
    assert_fits(seat.page, name)
    assert_accessible(seat.page, name)


def test_a_removed_entry_goes_from_every_device(ines: Seat) -> None:
    write(ines, "a short note")
    card = entry(ines, "a short note")
    card.get_by_role("button", name="Remove the entry").click()
    ines.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)
    expect(ines.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)


def test_a_changed_password_opens_it_and_the_old_one_does_not(demo: World, ines: Seat) -> None:
    old, ines.password = ines.password, CHANGED_PASSWORD
    ines.go("/security")
    ines.does.fill("Your password now", old)
    ines.does.fill("New password", CHANGED_PASSWORD)
    ines.does.press("Change the password")
    expect(ines.page.get_by_text("Your password has changed.")).to_be_visible(timeout=WAIT)
    desk = device(demo, ines, "Ines with her new password")
    sign_in(desk)
    open_journal(desk)
    desk.does.fill("Your password", old)
    desk.does.press("Open")
    expect(desk.page.get_by_role("alert")).to_contain_text("does not open", timeout=WAIT)
    unlock(desk)
    expect(entry(desk, "from the desk")).to_be_visible(timeout=WAIT)


def test_without_the_password_the_recovery_code_opens_it(demo: World, ines: Seat) -> None:
    phone = device(demo, ines, "Ines without her password")
    phone.go("/recover")
    phone.does.fill("Log-in name or e-mail", phone.login)
    phone.does.fill("Recovery code", ines.recovery_code)
    phone.does.fill("New password", NEW_PASSWORD)
    phone.page.locator("form button[type=submit]").click()
    expect(phone.page.get_by_role("link", name="Log in")).to_be_visible(timeout=WAIT)
    phone.password = NEW_PASSWORD
    sign_in(phone)
    open_journal(phone)
    phone.does.fill("Recovery code", ines.recovery_code)
    unlock(phone)
    expect(entry(phone, "from the desk")).to_be_visible(timeout=WAIT)
    # From now on the new password opens it, here and elsewhere.
    phone.does.press("Lock on this device")
    unlock(phone)
    expect(entry(phone, "from the desk")).to_be_visible(timeout=WAIT)
    assert phone.complaints == []


def forms(text: str) -> Iterator[bytes]:
    """Each way in which a phrase may stand in a file; base64 at each of its three offsets."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        data = text.encode(encoding)
        yield data
        for offset in range(3):
            encoded = base64.b64encode(b"\0" * offset + data)
            yield encoded[4:-4]


def test_nothing_of_it_stands_anywhere_on_the_server(demo: World, ines: Seat) -> None:
    places = [path for path in Path(demo.server.folder).rglob("*") if path.is_file()]
    contents = {path.name: path.read_bytes() for path in places}
    contents["dump"] = demo.server.dump().encode()
    kept = re.findall(rb"^INSERT INTO .*\bvault_itemversion\b", contents["dump"], re.MULTILINE)
    assert len(kept) >= 5
    # What is no secret stands there, or nothing would be found however open it stood.
    assert b"Europe/Berlin" in contents["dump"]
    for phrase in (
        CANARY,
        LATER,
        DRAFT,
        "from the phone",
        PASSWORD,
        CHANGED_PASSWORD,
        NEW_PASSWORD,
    ):
        found = [
            name
            for name, content in contents.items()
            if any(form in content for form in forms(phrase))
        ]
        assert found == [], phrase[:10]
