"""What the main stories of meeting leave out: numbers and orders, words spoken, who else reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e import calls
from tests.e2e.talk_screens import before_talk
from tests.e2e.test_messages import clinician, look_closely, put_on_team, said, write
from tests.e2e.test_sharing import demo_seat
from tests.e2e.world import World, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys, writer
from tests.integration.core import sms_service

pytestmark = pytest.mark.exhaustive

NUMBER = "+49 151 23456789"


@pytest.fixture(scope="module")
def media(playwright: Playwright) -> Iterator[Browser]:
    """A browser with a microphone that beeps."""
    started = calls.launch_with_media(playwright)
    yield started
    started.close()


def test_a_number_is_proved_with_a_code_and_its_channel_put_first(worlds: Worlds) -> None:
    with sms_service.running() as service:
        address = f"http://localhost:{service.port}/messages"
        demo = worlds.demo(environment={"HOLDFAST_SMS_URL": address})
        robin = demo_seat(demo, "Robin", "robin")
        robin.go("/me/notifications")
        panel = robin.page.get_by_test_id("phone")
        panel.get_by_label("Phone number").fill(NUMBER)
        panel.get_by_role("button", name="Send me a code").click()
        expect(panel.get_by_test_id("phone-state")).to_have_attribute("data-state", "unverified")
        sent = re.search(r"\d{6}", service.received[0]["text"])
        assert sent is not None
        wrong = f"{(int(sent[0]) + 1) % 1_000_000:06d}"
        panel.get_by_label("Code from the text message").fill(wrong)
        panel.get_by_role("button", name="This is the code").click()
        expect(panel.get_by_role("alert")).to_contain_text("not the code")
        panel.get_by_label("Code from the text message").fill(sent[0])
        panel.get_by_role("button", name="This is the code").click()
        expect(panel.get_by_test_id("phone-state")).to_have_attribute("data-state", "verified")
        expect(panel.get_by_label("Send me text messages")).to_be_checked()

        robin.page.get_by_text("Which way first").click()
        order = robin.page.get_by_test_id("order").get_by_role("listitem")
        for place in (1, 0):
            robin.page.get_by_role("button", name="Text message: earlier").click()
            expect(order.nth(place)).to_contain_text("Text message")
        look_closely(robin, "a number and an order")
        robin.page.reload()
        robin.page.get_by_text("Which way first").click()
        expect(order.first).to_contain_text("Text message")

        robin.go("/me/access")
        robin.page.get_by_label("Only what others did").uncheck()
        changed = robin.page.get_by_text("Changed which way of telling comes first")
        expect(changed.first).to_be_visible(timeout=WAIT)
        robin.go("/me/notifications")
        panel.get_by_role("button", name="Delete this number").click()
        expect(panel.get_by_label("Phone number")).to_have_value("")
        assert demo.complaints() == []


def test_who_says_to_be_15_is_seen_by_their_team_who_say_otherwise(worlds: Worlds) -> None:
    demo = worlds.demo(talking=True)
    robin, dana = demo_seat(demo, "Robin", "robin"), demo_seat(demo, "Dana", "dana")
    robin.go("/companion")
    before_talk(robin.page)
    robin.page.get_by_test_id("talk-before").get_by_role("button").last.click()
    composer = robin.page.locator(".hf-talk-composer")
    composer.locator("textarea").first.fill("I am 15 years old.")
    composer.locator("button[type=submit]").click()
    expect(robin.page.get_by_test_id("talk-log")).to_contain_text("meant for adults", timeout=WAIT)

    _, me = robin.api("GET", "/me")
    own = next(each for each in me["memberships"] if each["client_id"])
    dana.go(f"/people/{own['client_id']}")
    notice = dana.page.get_by_test_id("age-said")
    expect(notice).to_contain_text("Said to be under 18", timeout=WAIT)
    look_closely(dana, "said to be under 18")
    notice.get_by_role("button", name="They are 18 or over").click()
    dana.page.get_by_role("dialog").get_by_role("button", name="Yes, I know it").click()
    expect(notice).to_have_count(0)
    dana.page.reload()
    expect(dana.page.locator("#since")).to_be_visible(timeout=WAIT)
    expect(notice).to_have_count(0)


@pytest.fixture(scope="module")
def world(worlds: Worlds, media: Browser) -> World:
    demo = worlds.demo()
    demo.browser = media
    return demo


def test_a_voice_note_is_recorded_sealed_and_heard(world: World) -> None:
    ines = writer(world, "Ines", "ines")
    dana, ada = clinician(world, "Dana"), clinician(world, "Ada")
    ines.context.grant_permissions(["microphone"])
    put_on_team(ines, ada, "Dana")
    give_code_and_keys(dana)
    ines.go("/messages")
    ines.does.press("Write to somebody")
    ines.does.press("Begin")
    ines.does.press("Voice note")
    expect(ines.page.get_by_text("Recording: 2 s")).to_be_visible(timeout=WAIT)
    ines.does.press("Done")
    expect(ines.page.get_by_role("list", name="Files of this message")).to_be_visible()
    ines.does.press("Send")
    expect(said(ines)).to_have_count(1, timeout=WAIT)

    dana.go("/messages")
    dana.does.fill("Your password", dana.password)
    dana.does.press("Open")
    dana.page.get_by_role("link", name=re.compile("Ines")).click()
    dana.page.get_by_role("button", name=re.compile("Play voice note")).click()
    voice = dana.page.get_by_test_id("voice")
    expect(voice).to_be_visible(timeout=WAIT)
    dana.page.wait_for_function(
        "() => document.querySelector('[data-testid=voice]').currentTime > 0.5", timeout=WAIT
    )
    look_closely(dana, "a voice note")


def test_a_colleague_is_added_and_reads_from_then_on_and_supervision_is_apart(
    world: World,
) -> None:
    """Follows the story before."""
    ines, dana, ada = (world.seats[login] for login in ("ines", "dana", "ada"))
    amir, sol = clinician(world, "Amir"), clinician(world, "Sol")
    put_on_team(ines, ada, "Amir")
    for seat in (amir, sol):
        give_code_and_keys(seat)
    dana.page.reload()
    dana.page.get_by_text("Who reads this").click()
    dana.page.get_by_role("listitem").filter(has_text="Amir").get_by_role(
        "button", name="Add"
    ).click()
    write(dana, "Amir reads with us from here on.")
    expect(said(dana)).to_have_count(2, timeout=WAIT)
    expect(said(ines).last).to_have_text("Amir reads with us from here on.", timeout=WAIT)
    amir.go("/messages")
    amir.does.fill("Your password", amir.password)
    amir.does.press("Open")
    amir.page.get_by_role("link", name=re.compile("Ines")).click()
    expect(said(amir).last).to_have_text("Amir reads with us from here on.", timeout=WAIT)
    expect(amir.page.get_by_role("button", name=re.compile("Play voice note"))).to_have_count(0)
    look_closely(amir, "a thread of three")

    _, me = ines.api("GET", "/me")
    client = me["memberships"][0]["client_id"]
    dana.go(f"/people/{client}")
    section = dana.page.locator("#messages")
    section.get_by_role("button", name="Write to a supervisor").click()
    section.get_by_role("checkbox", name=re.compile("Sol")).check()
    section.get_by_role("button", name="Begin").click()
    expect(dana.page.get_by_test_id("never-shown")).to_be_visible(timeout=WAIT)
    write(dana, "I would like your view.")
    expect(said(dana)).to_have_text(["I would like your view."], timeout=WAIT)
    sol.go("/messages")
    sol.does.fill("Your password", sol.password)
    sol.does.press("Open")
    sol.page.get_by_role("link", name=re.compile("Supervision about Ines")).click()
    expect(sol.page.get_by_test_id("never-shown")).to_be_visible(timeout=WAIT)
    expect(said(sol)).to_have_text(["I would like your view."], timeout=WAIT)
    look_closely(sol, "supervision")
    practice = me["memberships"][0]["practice"]["id"]
    _, seen = ines.api("GET", f"/practices/{practice}/threads")
    assert [each["kind"] for each in seen["items"]] == ["client"]
    assert world.complaints() == []
