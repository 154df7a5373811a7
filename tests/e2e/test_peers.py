"""Somebody who wants to be heard and somebody who learned to listen, neither knowing the other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from holdfast.meet.peers.engine import training
from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_looks import agree_to_looks
from tests.e2e.test_messages import clinician, put_on_team
from tests.e2e.world import Seat, World, Worlds
from tests.e2e.writers import WAIT, writer

pytestmark = pytest.mark.exhaustive

FIRST = "My head does not stop at night."
ANSWER = "That sounds exhausting. What is it like?"
DANGER = "I want to kill myself tonight, I have the pills here."
SHARED = "Please call me after six."


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> World:
    return worlds.demo(talking=True)


def look_closely(seat: Seat, name: str) -> None:
    assert_fits(seat.page, name)
    assert_accessible(seat.page, name)


def learns(noor: Seat) -> None:
    """The whole training, on the screen."""
    noor.go("/listen")
    noor.does.press("Begin the training")
    modules = training.shipped("en").modules
    for module in modules:
        shown = noor.page.get_by_test_id("module")
        expect(shown.get_by_role("heading", name=module.title)).to_be_visible(timeout=WAIT)
        if module is modules[0]:
            look_closely(noor, "peers: a lesson")
        for question in module.questions:
            group = shown.get_by_role("radiogroup", name=question.ask)
            group.get_by_text(question.choices[question.right], exact=True).click()
        noor.does.press("Check and go on")
    expect(noor.page.get_by_test_id("trained")).to_be_visible(timeout=WAIT)


def opens_availability(noor: Seat) -> None:
    noor.go("/listen")
    expect(noor.page.get_by_test_id("availability")).to_be_visible(timeout=WAIT)
    noor.does.tick("I am here for others now", "switch")
    noor.does.tick("Worry and panic")
    noor.does.tick("English")
    noor.does.press("Save")
    expect(noor.page.get_by_text("Saved", exact=True)).to_be_visible(timeout=WAIT)
    look_closely(noor, "peers: when somebody listens")


def say(seat: Seat, text: str) -> None:
    seat.page.get_by_label("Your message").fill(text)
    seat.does.press("Send")


def said(seat: Seat, texts: list[str]) -> None:
    bubbles = seat.page.get_by_test_id("message").locator(".hf-bubble")
    expect(bubbles).to_have_text(texts, timeout=WAIT)


def test_a_listener_is_found_talked_with_handed_over_from_and_reported(world: World) -> None:
    ines, noor = writer(world, "Ines", "ines"), writer(world, "Noor", "noor")
    ada, dana = clinician(world, "Ada"), clinician(world, "Dana")
    put_on_team(ines, ada, "Dana")

    learns(noor)
    ada.go("/admin/peers")
    ada.does.press("Give the badge", within=ada.page.get_by_test_id("listeners"))
    expect(ada.page.get_by_text("has the badge")).to_be_visible(timeout=WAIT)
    opens_availability(noor)

    ines.go("/me/consents")
    agree_to_looks(ines)
    ines.go("/peers")
    ines.page.get_by_label("About what").select_option(label="Worry and panic")
    own = "Quiet Harbour"
    ines.page.get_by_label("Your name in this chat").fill("Ines")
    ines.does.press("Ask for a listener")
    expect(ines.page.get_by_text("This name says who you are")).to_be_visible(timeout=WAIT)
    ines.page.get_by_label("Your name in this chat").fill(own)
    look_closely(ines, "peers: asking")
    ines.does.press("Ask for a listener")
    expect(ines.page.get_by_test_id("waiting")).to_contain_text(own, timeout=WAIT)
    look_closely(ines, "peers: waiting")

    request = noor.page.get_by_test_id("requests")
    expect(request.get_by_text(own)).to_be_visible(timeout=WAIT)
    noor.page.get_by_label("Your name in this chat").fill("Green Lantern")
    noor.does.press("Listen to them")
    expect(noor.page.get_by_text("You listen to Quiet Harbour")).to_be_visible(timeout=WAIT)
    ines.page.get_by_role("link", name="Chat with Green Lantern").click()
    say(ines, FIRST)
    said(noor, [FIRST])
    say(noor, ANSWER)
    said(ines, [FIRST, ANSWER])
    look_closely(ines, "peers: a chat")

    say(ines, DANGER)
    said(noor, [FIRST, ANSWER, DANGER])
    looked = ines.page.get_by_test_id("looked")
    expect(looked.get_by_test_id("talk-card")).to_be_visible(timeout=WAIT)
    look_closely(ines, "peers: danger")
    ines.does.press("Put this away", within=looked)

    noor.does.press("Ask for a clinician")
    asked = ines.page.get_by_test_id("hand-over")
    asked.get_by_label("What they should know").fill(SHARED)
    ines.does.press("Yes, please", within=asked)
    expect(ines.page.get_by_text("Somebody of the practice has been told")).to_be_visible(
        timeout=WAIT
    )
    expect(noor.page.get_by_text("They said yes")).to_be_visible(timeout=WAIT)
    assert not re.search(r"\b(Ines|ines)\b", noor.page.locator("main").inner_text())
    dana.go("/worklist")
    dana.page.get_by_role("link", name=re.compile("Ines")).first.click()
    expect(dana.page.get_by_test_id("hand-overs")).to_contain_text(SHARED, timeout=WAIT)
    expect(dana.page.get_by_test_id("flag-head")).to_contain_text("somebody gets in touch")
    look_closely(dana, "peers: the flag of a hand-over")

    ines.does.press("Report")
    form = ines.page.get_by_test_id("report")
    form.get_by_role("checkbox", name=re.compile("exhausting")).check()
    look_closely(ines, "peers: a report")
    ines.does.press("Send the report", within=form)
    expect(ines.page.get_by_text("This chat has ended")).to_be_visible(timeout=WAIT)
    ada.go("/admin/peers")
    report = ada.page.get_by_test_id("peer-report")
    expect(report).to_contain_text(ANSWER, timeout=WAIT)
    expect(report).not_to_contain_text(FIRST)
    look_closely(ada, "peers: moderation")
    ada.does.press("Suspend the listener", within=report)
    expect(ada.page.get_by_text("badge taken back")).to_be_visible(timeout=WAIT)
    noor.go("/listen")
    expect(noor.page.get_by_text("This is paused for you")).to_be_visible(timeout=WAIT)
    assert DANGER not in world.server.log()
    assert world.complaints() == []
