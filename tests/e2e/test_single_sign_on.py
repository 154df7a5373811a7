"""Somebody who has no password here: in by their university, and private writing by a passphrase.

The university is a fake of ours (`tests.fake_provider`), at the wire.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider

NAME = "University of Testing"
WORDS = "Quillmoth sang on the Umbelweg, and I listened"
PASSPHRASE = "four calm herons wading"
ANOTHER = "nine loud ravens dancing"
WAIT = 30_000


@pytest.fixture(scope="module")
def university() -> Iterator[FakeProvider]:
    with FakeProvider().serving() as fake:
        yield fake


@pytest.fixture(scope="module")
def demo(
    worlds: Worlds, university: FakeProvider, tmp_path_factory: pytest.TempPathFactory
) -> World:
    folder: Path = tmp_path_factory.mktemp("oidc")
    (folder / "secret").write_text(f"{CLIENT_SECRET}\n", encoding="utf-8")
    (folder / "providers.toml").write_text(
        f'[[provider]]\nid = "uni"\nname = "{NAME}"\nissuer = "{university.issuer}"\n'
        f'client_id = "{CLIENT_ID}"\nclient_secret_file = "secret"\n',
        encoding="utf-8",
    )
    return worlds.demo(environment={"HOLDFAST_OIDC_FILE": str(folder / "providers.toml")})


def device(demo: World, name: str, sent: list[str]) -> Seat:
    """A browser of hers; everything that it sends is written down."""
    seat = demo.seat(name, name, viewport=PHONE)

    def note(request: Request) -> None:
        body = request.post_data_buffer or b""
        sent.append(f"{request.url}\n{body.decode(errors='replace')}")

    seat.page.on("request", note)
    return seat


def by_university(seat: Seat) -> None:
    seat.go("/login")
    seat.does.press(f"Continue with {NAME}")


def open_journal(seat: Seat) -> None:
    seat.go("/me")
    seat.does.press("Private writing", role="link")


def assert_only_the_window_left(seat: Seat, university: FakeProvider) -> None:
    """The page asks nobody else for anything; the window itself went to the provider and back."""
    left = f"a third party was asked: {university.issuer}/authorize?"
    assert seat.complaints
    assert all(each.startswith(left) for each in seat.complaints)


@pytest.mark.exhaustive
def test_two_devices_without_a_password_and_one_passphrase(
    demo: World, university: FakeProvider
) -> None:
    sent: list[str] = []
    first = device(demo, "olga", sent)
    first.go("/login")
    assert_accessible(first.page, "log-in with a provider")
    by_university(first)
    expect(first.page.get_by_text(f"You come from {NAME}")).to_be_visible(timeout=WAIT)
    expect(first.page.get_by_label("Password", exact=True)).to_have_count(0)
    assert_accessible(first.page, "joining from a provider")
    first.does.fill("What may we call you?", "Olga")
    first.does.fill("Log-in name", "olga")
    first.does.tick("I understand, and go on without")
    first.does.tick("I am 18 or older")
    first.does.press("Create my account")
    expect(first.page).to_have_url("/today", timeout=WAIT)

    open_journal(first)
    first.does.fill("New vault passphrase", PASSPHRASE)
    assert_accessible(first.page, "choosing a passphrase")
    assert_fits(first.page, "choosing a passphrase")
    first.does.press("Go on to the recovery code")
    shown = first.page.get_by_test_id("recovery-code")
    expect(shown).to_be_visible(timeout=WAIT)
    code = (shown.text_content() or "").strip()
    first.does.fill("The last four characters of your code", code[-4:])
    first.does.press("Begin")
    expect(first.page.get_by_text("Nothing written yet")).to_be_visible(timeout=WAIT)
    first.does.press("Write")
    first.does.fill("Your words", WORDS)
    first.does.press("Save")
    expect(first.page.get_by_test_id("entry").filter(has_text=WORDS)).to_be_visible()
    expect(first.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)
    assert_only_the_window_left(first, university)

    second = device(demo, "olga-elsewhere", sent)
    by_university(second)
    expect(second.page).to_have_url("/today", timeout=WAIT)
    open_journal(second)
    second.does.fill("Your vault passphrase", PASSPHRASE)
    second.does.press("Open")
    written = second.page.get_by_test_id("entry").filter(has_text=WORDS)
    expect(written).to_be_visible(timeout=WAIT)

    second.does.press("Lock on this device")
    second.does.press("I forgot my vault passphrase")
    second.does.fill("Recovery code", code)
    second.does.fill("New vault passphrase", ANOTHER)
    second.does.press("Set it and open")
    expect(written).to_be_visible(timeout=WAIT)
    assert_only_the_window_left(second, university)

    assert any("/api/v1/me/passphrase" in each for each in sent)
    for secret in (PASSPHRASE, ANOTHER, WORDS, code):
        for form in (secret, base64.b64encode(secret.encode()).decode().rstrip("=")):
            assert not any(form in each for each in sent)
