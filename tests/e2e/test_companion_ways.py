"""Ways through the companion beside the words: a plan, a breath, a voice, and its clinicians'."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_companion import CRISIS, answered, answering, begin_anew, heard, log, say, tap
from tests.e2e.test_safety_plan import WALK, robin_at_a_phone
from tests.e2e.test_sharing import demo_seat
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT

SIGN = "I stop answering the Fernsprecher"

#: A stand-in for the browser's own speech: what a microphone hears is said by `hear(text)`, what
#: would sound stands in `spoken`.
FAKE_SPEECH = """
  window.spoken = [];
  window.hushed = 0;
  window.SpeechRecognition = class {
    start() { window.ear = this; this.heard = []; }
    stop() { window.ear = null; this.onend(); }
  };
  window.hear = (text) => {
    window.ear.heard.push(Object.assign([{ transcript: text }], { isFinal: true }));
    window.ear.onresult({ results: window.ear.heard });
  };
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  Object.defineProperty(window, "speechSynthesis", { configurable: true, value: {
    speak: ({ lang, text }) => window.spoken.push({ lang, text }),
    cancel: () => { window.hushed += 1; },
  } });
"""
NO_SPEECH = """
  delete window.SpeechRecognition;
  delete window.webkitSpeechRecognition;
  delete window.speechSynthesis;
  delete window.SpeechSynthesisUtterance;
"""


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> World:
    return worlds.demo(talking=True)


@pytest.fixture(scope="module")
def robin(world: World) -> Seat:
    """At a phone, with private writing that is open."""
    robin = robin_at_a_phone(world)
    robin.go("/companion")
    robin.does.fill("Your password", robin.password)
    robin.does.press("Open")
    begin(robin)
    return robin


@pytest.fixture
def quiet(world: World) -> Iterator[World]:
    """The world, of which nobody complains afterwards."""
    yield world
    assert world.complaints() == []


def begin(seat: Seat) -> None:
    before = seat.page.get_by_test_id("talk-before")
    before.get_by_role("button", name="Begin").click(timeout=WAIT)
    answered(seat, 0)


def at_a_phone(world: World, name: str, script: str) -> Seat:
    """Robin at another phone, whose browser has what the script leaves it. Nothing is kept."""
    seat = world.seat(name, name, viewport=PHONE)
    seat.context.add_init_script(script)
    seat.go("/login")
    seat.page.get_by_test_id("demo-robin").click()
    expect(seat.page).to_have_url("/today", timeout=WAIT)
    seat.go("/companion")
    seat.page.get_by_test_id("talk-unkept").click(timeout=WAIT)
    begin(seat)
    return seat


@pytest.mark.exhaustive
def test_a_safety_plan_made_in_a_conversation_is_the_plan(quiet: World, robin: Seat) -> None:
    begin_anew(robin)
    say(robin, "Take me to the safety plan")
    say(robin, SIGN)
    tap(robin, "That's all")
    say(robin, WALK)
    tap(robin, "That's all")
    into = answering(robin).get_by_role("button", name="Into my safety plan")
    for _ in range(8):
        if into.is_visible():
            break
        tap(robin, "Skip this")
    tap(robin, "Into my safety plan")
    robin.go("/safety-plan")
    plan = robin.page.get_by_test_id("plan")
    expect(plan).to_contain_text(SIGN, timeout=WAIT)
    expect(plan).to_contain_text(WALK)
    _, me = robin.api("GET", "/me")
    membership = me["memberships"][0]
    record = f"/practices/{membership['practice']['id']}/clients/{membership['client_id']}"
    _, items = robin.api("GET", f"{record}/vault/items")
    assert items["items"]
    assert "Fernsprecher" not in str(items)


def reach_the_breath(seat: Seat) -> Locator:
    begin_anew(seat)
    say(seat, "Take me to slow breathing")
    say(seat, "60")
    tap(seat, "Slow breathing")
    exercise = seat.page.get_by_test_id("exercise")
    exercise.get_by_role("button", name="Begin: 2 minutes").click()
    return exercise


@pytest.mark.exhaustive
def test_a_breath_is_paced_and_stops(quiet: World, robin: Seat) -> None:
    exercise = reach_the_breath(robin)
    circle = exercise.locator(".hf-breath-circle")
    breath = exercise.locator(".hf-breath")
    expect(breath).to_have_attribute("data-phase", "in")
    expect(exercise.get_by_text("Breathe in")).to_be_visible()
    expect(circle).to_be_visible()
    small = circle.get_attribute("style")
    expect(circle).not_to_have_attribute("style", small or "")
    assert_accessible(robin.page, "a paced breath")
    assert_fits(robin.page, "a paced breath")
    expect(breath).to_have_attribute("data-phase", "out")
    expect(exercise.get_by_text("Breathe out")).to_be_visible()
    expect(exercise).to_contain_text(re.compile(r"1:5\d left"))
    exercise.get_by_role("button", name="Stop").click()
    expect(breath).to_have_count(0)
    expect(exercise.get_by_role("button", name="Begin: 2 minutes")).to_be_visible()
    # The question stands all the while: nothing has to be finished to answer it.
    tap(robin, "A little better")
    expect(exercise).to_have_count(0)


@pytest.mark.exhaustive
def test_whoever_wants_no_motion_is_paced_by_words(quiet: World, robin: Seat) -> None:
    robin.page.emulate_media(reduced_motion="reduce")
    try:
        exercise = reach_the_breath(robin)
        expect(exercise.get_by_text("Breathe in")).to_be_visible()
        expect(exercise.locator(".hf-breath-circle")).to_be_hidden()
        expect(exercise.get_by_text("Breathe out")).to_be_visible()
        exercise.get_by_role("button", name="Stop").click()
    finally:
        robin.page.emulate_media(reduced_motion=None)


@pytest.mark.exhaustive
def test_words_are_dictated_and_read_aloud_by_the_browsers_own_functions(quiet: World) -> None:
    seat = at_a_phone(quiet, "a phone that speaks", FAKE_SPEECH)
    box = answering(seat).get_by_label("In your own words")
    turns = heard(seat)
    answering(seat).get_by_role("button", name="Dictate").click()
    expect(answering(seat).get_by_role("status")).to_contain_text("nothing is sent")
    for words in ("Take me to", "gratitude"):
        seat.page.evaluate("(words) => window.hear(words)", words)
    expect(box).to_have_value("Take me to gratitude")
    answering(seat).get_by_role("button", name="Stop dictating").click()
    expect(answering(seat).get_by_role("button", name="Dictate")).to_be_visible()
    assert heard(seat) == turns
    assert seat.page.evaluate("window.spoken") == []

    seat.page.get_by_role("button", name="Read aloud").click()
    answering(seat).get_by_role("button", name="Send").click()
    answered(seat, turns)
    newest = log(seat).locator("li[data-by=companion] p").last.inner_text()
    spoken = seat.page.evaluate("window.spoken")
    assert newest in [each["text"] for each in spoken]
    assert {each["lang"].split("-")[0] for each in spoken} == {"en"}
    assert "Take me to gratitude" not in [each["text"] for each in spoken]
    seat.page.get_by_role("button", name="Stop reading aloud").click()
    assert seat.page.evaluate("window.hushed") > 0
    count = len(spoken)
    say(seat, "My sister rang")
    assert len(seat.page.evaluate("window.spoken")) == count


@pytest.mark.exhaustive
def test_where_the_browser_has_no_speech_there_are_no_buttons_for_it(quiet: World) -> None:
    seat = at_a_phone(quiet, "a phone without speech", NO_SPEECH)
    expect(answering(seat).get_by_role("button", name="Send")).to_be_visible()
    expect(seat.page.get_by_role("button", name=re.compile("Dictate"))).to_have_count(0)
    expect(seat.page.get_by_role("button", name=re.compile("aloud"))).to_have_count(0)


@pytest.mark.exhaustive
def test_a_clinician_tries_an_exercise_as_a_person_meets_it(quiet: World) -> None:
    """Switched off, in another language, and with words that would raise a flag elsewhere."""
    dana = demo_seat(quiet, "Dana", "dana")
    _, me = dana.api("GET", "/me")
    flags = f"/practices/{me['memberships'][0]['practice']['id']}/flags"
    _, before = dana.api("GET", flags)
    dana.go("/flows/gratitude")
    switch = dana.page.get_by_role("switch", name=re.compile("English"))
    switch.click(force=True)
    expect(switch).not_to_be_checked()
    dana.does.press("Try it")
    preview = dana.page.get_by_test_id("flow-preview")
    expect(preview).to_contain_text("nothing is kept")
    answered(dana, 1)
    expect(answering(dana).get_by_role("button", name="Skip this")).to_be_visible()
    assert_accessible(dana.page, "a preview of an exercise")
    assert_fits(dana.page, "a preview of an exercise")
    say(dana, CRISIS)
    expect(dana.page.get_by_test_id("talk-card")).to_be_visible()
    expect(dana.page.get_by_test_id("who-knows")).to_have_count(0)
    _, after = dana.api("GET", flags)
    assert after == before

    dana.page.get_by_role("combobox", name="Language").select_option("de")
    answered(dana, 1)
    expect(log(dana)).to_contain_text("Programm")
    expect(answering(dana).get_by_role("button", name="Auslassen")).to_be_visible()
    dana.page.get_by_role("button", name="From the beginning").click()
    answered(dana, 1)
    dana.page.get_by_role("combobox", name="Language").select_option("en")
    switch.click(force=True)
    expect(switch).to_be_checked()
    dana.page.reload()
    expect(switch).to_be_checked()


@pytest.mark.exhaustive
def test_what_a_clinician_says_of_an_exercise_stands_there_until_it_is_dealt_with(
    quiet: World,
) -> None:
    dana = demo_seat(quiet, "Dana", "dana")
    remark = "The second question is two questions."
    dana.go("/flows/worry")
    dana.page.get_by_label("About").select_option(index=2)
    dana.does.fill("Your comment", remark)
    dana.does.press("Add comment")
    said = dana.page.get_by_role("listitem").filter(has_text=remark)
    expect(said).to_be_visible()
    dana.go("/flows")
    expect(dana.page.get_by_test_id("flow-worry")).to_contain_text("1 open comment")
    dana.go("/flows/worry")
    said.get_by_role("button", name="Dealt with").click()
    expect(said).to_contain_text("Dealt with on")


@pytest.mark.exhaustive
def test_whoever_runs_the_practice_writes_what_its_team_is_told_and_names_a_model(
    quiet: World,
) -> None:
    ada = demo_seat(quiet, "Ada", "ada")
    note = "On Sundays nobody reads before noon."
    ada.go("/admin/companion")
    policy = ada.page.locator("form").first
    policy.get_by_label("Your own words").fill(note)
    policy.get_by_role("button", name="Save").click()
    expect(policy).to_contain_text("Saved")
    model = ada.page.locator("form").last
    model.get_by_label("Address of the endpoint").fill("https://model.example/v1")
    model.get_by_label("Name of the model").fill("small-one")
    model.get_by_role("button", name="Save").click()
    expect(model).to_contain_text("Saved")
    ada.page.reload()
    expect(ada.page.get_by_text(note).first).to_be_visible()
    expect(model.get_by_label("Name of the model")).to_have_value("small-one")
