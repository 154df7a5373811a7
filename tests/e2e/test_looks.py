"""Messages looked at in passing: off until agreed to, then numbers and a named human, at once."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_messages import clinician, look_closely, put_on_team, said, write
from tests.e2e.world import Seat, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys, writer

pytestmark = pytest.mark.exhaustive

ALARMING = "After the quiet-heron-9317 I want to kill myself tonight"


def look(seat: Seat, name: str) -> None:
    if folder := os.environ.get("HOLDFAST_LOOK_AT"):
        for scheme in ("light", "dark"):
            seat.page.emulate_media(color_scheme=scheme)
            seat.page.screenshot(path=f"{folder}/looks-{name}-{scheme}.png", full_page=True)
        seat.page.emulate_media(color_scheme="light")


def agree_to_looks(seat: Seat) -> None:
    """On the page of consents."""
    decide = seat.page.get_by_role("button", name=re.compile("danger in your messages"))
    decide.click()
    expect(decide).to_have_text(re.compile("back|withdraw", re.IGNORECASE), timeout=WAIT)


def test_danger_in_a_message_shows_numbers_and_reaches_a_human(worlds: Worlds) -> None:
    world = worlds.demo(talking=True)
    ines = writer(world, "Ines", "ines-looks")
    dana, ada = clinician(world, "Dana"), clinician(world, "Ada")
    put_on_team(ines, ada, "Dana")
    give_code_and_keys(dana)
    looks: list[str] = []
    ines.page.on("request", lambda asked: looks.append(asked.url))

    ines.go("/messages")
    ines.does.press("Write to somebody")
    expect(ines.page.get_by_role("checkbox", name=re.compile("Dana"))).to_be_checked()
    ines.does.press("Begin")
    whether = ines.page.get_by_test_id("whether-looked")
    expect(whether).to_contain_text("No program looks", timeout=WAIT)
    write(ines, ALARMING)
    expect(said(ines)).to_have_text([ALARMING], timeout=WAIT)
    assert not [url for url in looks if url.endswith("/looks")]
    thread = ines.page.url

    whether.get_by_role("link").click()
    agree_to_looks(ines)
    ines.page.goto(thread)
    expect(whether).to_contain_text("A program looks", timeout=WAIT)
    write(ines, f"{ALARMING}, again")
    looked = ines.page.get_by_test_id("looked")
    expect(looked.get_by_test_id("talk-card")).to_be_visible(timeout=WAIT)
    expect(looked.get_by_test_id("flag-status")).to_be_visible(timeout=WAIT)
    expect(said(ines)).to_have_text([ALARMING, f"{ALARMING}, again"], timeout=WAIT)
    look_closely(ines, "messages: looked at")
    look(ines, "card")
    kept = [one for one in world.server.data.rglob("*") if one.is_file()]
    assert kept
    assert not [one for one in kept if b"quiet-heron-9317" in one.read_bytes()]
