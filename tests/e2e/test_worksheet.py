"""A worksheet in a visit: both type in one field at once, one reloads, and it is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Playwright, expect

from tests.e2e import calls
from tests.e2e.test_messages import look_closely, said
from tests.e2e.test_visit import make_demo, open_keys
from tests.e2e.world import DESK, PHONE, Seat, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys

pytestmark = pytest.mark.exhaustive

#: Letters of one side are none of the other's: which got lost would be seen.
MINE, THEIRS = "quastenflosser", "MURMELBAHN"
FIELD = "What happened"


@pytest.fixture(scope="module")
def media(playwright: Playwright) -> Iterator[Browser]:
    started = calls.launch_with_media(playwright)
    yield started
    started.close()


def sheet(seat: Seat) -> Locator:
    return seat.page.get_by_test_id("worksheet")


def area(seat: Seat, name: str = FIELD) -> Locator:
    return sheet(seat).get_by_label(name, exact=True)


def press_worksheet(seat: Seat) -> None:
    controls = seat.page.get_by_role("toolbar")
    controls.get_by_role("button", name="Worksheet").click()


def begin_thread(robin: Seat) -> None:
    """Robin and Dana have messages with each other, in which nothing stands yet."""
    robin.go("/messages")
    open_keys(robin)
    robin.does.press("Write to somebody")
    dana = robin.page.get_by_role("checkbox", name=re.compile("Dana"))
    dana.check()
    robin.does.press("Begin")
    expect(robin.page.get_by_label("Your message")).to_be_visible(timeout=WAIT)


def meet(robin: Seat, dana: Seat, medium: str, *, keys: bool) -> None:
    visit = calls.plan(dana, robin, medium)
    robin.go(visit)
    calls.come(robin)
    dana.go(visit)
    if keys:
        open_keys(dana)
    calls.let_in(dana)
    calls.together(robin, dana)


def test_both_write_in_one_field_one_reloads_and_it_stands_in_their_messages(
    worlds: Worlds, media: Browser
) -> None:
    demo = make_demo(worlds, media)
    robin, dana = calls.pair(demo)
    for seat in (robin, dana):
        give_code_and_keys(seat)
    begin_thread(robin)
    meet(robin, dana, "video", keys=True)

    press_worksheet(dana)
    look_closely(dana, "visit: which worksheet")
    sheet(dana).get_by_role("button", name="Look at a thought").click()
    expect(area(dana)).to_be_visible(timeout=WAIT)
    # The other hears of it, and nothing is taken from their hand.
    expect(robin.page.get_by_test_id("worksheet-open")).to_contain_text("Look at a thought")
    expect(sheet(robin)).to_have_count(0)
    press_worksheet(robin)
    expect(area(robin)).to_be_visible(timeout=WAIT)

    for seat in (robin, dana):
        area(seat).focus()
    expect(sheet(robin).get_by_test_id("worksheet-there")).to_contain_text(
        f"Dana is writing in “{FIELD}”", timeout=WAIT
    )
    for at in range(max(len(MINE), len(THEIRS))):
        for seat, letters in ((robin, MINE), (dana, THEIRS)):
            if at < len(letters):
                seat.page.keyboard.type(letters[at])
    for seat in (robin, dana):
        expect(area(seat)).to_have_value(re.compile(f"^.{{{len(MINE + THEIRS)}}}$"), timeout=WAIT)
    written = area(dana).input_value()
    expect(area(robin)).to_have_value(written)
    assert Counter(written) == Counter(MINE + THEIRS)
    # What each typed stands in the order of their own hand.
    assert "".join(letter for letter in written if letter.islower()) == MINE
    area(dana, "What I felt").fill("Afraid, 70")
    # Whoever takes something back takes back nothing of the other's.
    area(robin, "What I felt").press("End")
    robin.page.keyboard.type(" of 100")
    expect(area(dana, "What I felt")).to_have_value("Afraid, 70 of 100", timeout=WAIT)
    dana.page.keyboard.press("Control+z")
    expect(area(robin, "What I felt")).to_have_value(" of 100", timeout=WAIT)
    dana.page.keyboard.press("Control+Shift+z")
    expect(area(robin, "What I felt")).to_have_value("Afraid, 70 of 100", timeout=WAIT)
    for seat in (robin, dana):
        look_closely(seat, f"visit: a worksheet ({seat.name})")

    robin.page.reload()
    calls.together(robin, dana)
    press_worksheet(robin)
    expect(area(robin)).to_have_value(written, timeout=WAIT)
    area(robin, "Next").fill("Ask them.")
    expect(area(dana, "Next")).to_have_value("Ask them.", timeout=WAIT)

    # Nobody leaves an unkept sheet without being asked, and nothing of it lies on the device.
    robin.page.get_by_role("button", name="Hang up").click()
    question = robin.page.get_by_role("dialog")
    expect(question).to_contain_text("Leave without keeping the worksheet?")
    question.get_by_role("button", name="Cancel").click()
    calls.together(robin, dana)
    stored = "JSON.stringify([localStorage, sessionStorage])"
    for seat in (robin, dana):
        assert written not in seat.page.evaluate(stored)

    keeping = dana.page.get_by_test_id("worksheet-keep")
    expect(keeping).to_contain_text("read by you and Robin", timeout=WAIT)
    keeping.get_by_role("button", name="Keep in our messages").click()
    expect(dana.page.get_by_test_id("worksheet-kept")).to_have_text(
        "Kept in your messages.", timeout=WAIT
    )
    expect(robin.page.get_by_test_id("worksheet-kept")).to_contain_text(
        "kept it in your messages", timeout=WAIT
    )
    # Kept as it stands: now nobody is asked.
    robin.page.get_by_role("button", name="Hang up").click()
    expect(robin.page.get_by_test_id("left")).to_be_visible(timeout=WAIT)
    dana.page.get_by_role("button", name="Finish the visit").click()
    dana.page.get_by_role("button", name="Yes, it is over").click()
    expect(dana.page.get_by_test_id("over")).to_be_visible(timeout=WAIT)

    text = f"Worksheet: Look at a thought\n\n{FIELD}\n{written}\n\nWhat I felt\nAfraid, 70 of 100"
    for seat in (robin, dana):
        seat.go("/messages")
        other = "Dana" if seat is robin else "Robin"
        seat.page.get_by_role("link", name=re.compile(other)).first.click()
        expect(said(seat)).to_have_count(1, timeout=WAIT)
        assert said(seat).locator("p").first.inner_text() == f"{text}\n\nNext\nAsk them."
    assert written not in demo.server.log()
    assert demo.complaints() == []


def test_in_writing_without_keys_the_sheet_takes_the_place_of_the_words_and_is_saved_as_a_file(
    worlds: Worlds, media: Browser
) -> None:
    demo = make_demo(worlds, media)
    robin, dana = calls.pair(demo)
    meet(robin, dana, "text", keys=False)
    robin.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    dana.page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    press_worksheet(robin)
    sheet(robin).get_by_role("button", name="Blank page").click()
    area(robin, "Our page").fill("For Thursday: the dentist.")
    expect(robin.page.get_by_test_id("lines")).to_be_hidden()
    press_worksheet(dana)
    expect(area(dana, "Our page")).to_have_value("For Thursday: the dentist.", timeout=WAIT)
    # At a desk both stand there; on a phone what was written last is still seen.
    dana.page.get_by_label(re.compile("^Write to Robin")).fill("Which Thursday?")
    dana.page.get_by_role("button", name="Send").click()
    expect(robin.page.get_by_text("Which Thursday?").locator("visible=true")).to_be_visible(
        timeout=WAIT
    )
    look_closely(robin, "visit in writing: a worksheet on a phone")

    keeping = robin.page.get_by_test_id("worksheet-keep")
    expect(keeping).to_contain_text("You have no keys for messages yet", timeout=WAIT)
    expect(keeping.get_by_role("button", name="Keep in our messages")).to_have_count(0)
    with robin.page.expect_download() as saving:
        keeping.get_by_role("button", name="Save as a file").click()
    assert re.fullmatch(r"worksheet-\d{4}-\d\d-\d\d\.txt", saving.value.suggested_filename)
    saved = Path(saving.value.path()).read_text(encoding="utf-8")
    assert saved == "Worksheet: Blank page\n\nOur page\nFor Thursday: the dentist."

    # The other has saved nothing: asked once, on the way to another screen, and then no more.
    dana.page.get_by_role("link", name="Caseload").first.click()
    question = dana.page.get_by_role("dialog")
    question.get_by_role("button", name="Leave without keeping").click()
    expect(dana.page).to_have_url("/caseload")
    # Robin has: hanging up asks nothing.
    robin.page.get_by_role("button", name="Hang up").click()
    expect(robin.page.get_by_test_id("left")).to_be_visible(timeout=WAIT)
    assert demo.complaints() == []
