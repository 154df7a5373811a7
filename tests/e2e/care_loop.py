"""The care loop, end to end: an answer that worries, the human it reaches, and what changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from playwright.sync_api import Playwright, Route, expect

from tests.e2e.accounts import fill_registration, keep_recovery_code, log_in, log_out
from tests.e2e.going_live import visit
from tests.e2e.world import FLAGS, PHONE, Seat, World, berlin
from tools.system_packages import chromium

FIRST_DAY = berlin(2026, 11, 2, 11)
MEETING_DAY = berlin(2026, 11, 4, 16)
BAD_DAY = berlin(2026, 11, 18, 10, 12)
LATER = berlin(2026, 11, 25, 10)

THE_MEETING = re.compile(".*(4 Nov|Nov 4)")
#: PHQ-9 answers, items 1 to 9 and the tenth about difficulty: totals 4 and 19.
MILD = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
WORSE = [3, 3, 2, 2, 2, 2, 2, 1, 2, 2]
#: The five direct questions: thoughts, not right now; and right now.
NOT_NOW = [1, 1, 0, 0, 0]
RIGHT_NOW = [1, 1, 1, 0, 1]


def care_for_mira(world: World, playwright: Playwright) -> None:
    """The whole story, from registration to the end of the on-call chain."""
    join_as_mira(world, playwright)
    begin_care(world)
    answer_well_and_meet(world)
    answer_in_a_tunnel(world)
    reach_a_human(world)
    read_what_changed(world)
    leave_a_flag_alone(world)


# --- Mira comes in ---------------------------------------------------------------------------


def join_as_mira(world: World, playwright: Playwright) -> None:
    """Without e-mail, of age, with a recovery code; then installs the app."""
    world.travel(FIRST_DAY)
    # Chromium installs an app only into a profile that is kept.
    context = playwright.chromium.launch_persistent_context(
        world.server.folder / "mira",
        executable_path=chromium(),
        args=FLAGS,
        **world.options(PHONE),
    )
    mira = world.take("Mira", "mira.k", context, context.pages[0])
    mira.go("/")
    mira.does.screen("welcome")
    mira.does.press("Start here", role="link")
    expect(mira.page.get_by_role("heading", level=1)).to_have_text("Start here")
    unreachable = mira.page.get_by_test_id("unreachable")
    expect(unreachable).to_contain_text("your team cannot call or write to you")
    mira.does.screen("registration")
    fill_registration(mira, adult=False)
    mira.does.fill("Phone (optional)", "+49 170 5550 123")
    expect(unreachable).to_be_hidden()
    mira.does.press("Continue")
    expect(mira.page.get_by_text("This is for adults.")).to_be_visible()
    mira.does.tick("I am 18 or older")
    mira.does.press("Continue")
    keep_recovery_code(mira)
    expect(mira.page).to_have_url("/today")
    expect(mira.page.get_by_text(mira.recovery_code)).to_have_count(0)
    expect(mira.page.get_by_role("heading", level=1)).to_have_text("Today")
    expect(mira.page.get_by_text("Nothing to do right now")).to_be_visible()
    mira.does.screen("today, nothing due")
    install_app(mira)


def install_app(seat: Seat) -> None:
    """Install as the browser's own menu would, under the name the manifest gives."""
    seat.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    devtools = seat.context.new_cdp_session(seat.page)
    origin = seat.page.evaluate("location.origin")
    app = f"{origin}/?app=holdfast"
    devtools.send("PWA.install", {"manifestId": app, "installUrlOrBundleUrl": f"{origin}/"})
    state: dict[str, Any] = devtools.send("PWA.getOsAppState", {"manifestId": app})
    assert state["badgeCount"] == 0
    devtools.detach()


def begin_care(world: World) -> None:
    """Ada puts Dana on Mira's care team; Dana asks for PHQ-9 every week."""
    ada, dana = world.seats["ada"], world.seats["dana"]
    ada.go("/")
    visit(ada, "People")
    ada.does.press("Care team of Mira")
    ada.does.press("Add a person")
    ada.does.choose("Who", "Dana")
    ada.does.tick("First contact")
    ada.does.screen("people")
    ada.does.press("Add")
    expect(ada.page.get_by_role("button", name="End Dana's place on the team")).to_be_visible()

    dana.go("/caseload")
    dana.does.screen("caseload")
    dana.does.press("Mira", role="link")
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Mira")
    expect(dana.page.get_by_text("No answers yet")).to_be_visible()
    dana.does.press("Assign")
    dana.does.choose("Questionnaire", "PHQ-9")
    dana.does.choose("How often", "Every 7 days")
    dana.does.screen("person, nothing yet")
    dana.does.press("Assign", within=dana.page.get_by_role("form", name="Assign"))
    expect(dana.page.get_by_role("button", name="End PHQ-9")).to_be_visible()


# --- answering -------------------------------------------------------------------------------


def check_in(seat: Seat, codes: Sequence[int], *, up_to_last: bool = False) -> None:
    """PHQ-9 from *Today* to its last answer, or until the last question stands there."""
    seat.go("/today")
    seat.does.press("Begin: PHQ-9", role="link")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("PHQ-9")
    seat.does.screen("check-in, beginning")
    seat.does.press("Begin")
    for number, code in enumerate(codes, start=1):
        expect(seat.page.get_by_text(f"{number} of {len(codes)}", exact=True)).to_be_visible()
        if number == 1:
            seat.does.screen("check-in, question")
        if number == len(codes) and up_to_last:
            return
        seat.does.answer(code)


def follow_up(seat: Seat, codes: Sequence[int]) -> None:
    """The direct questions that come at once."""
    panel = seat.page.get_by_test_id("follow-up")
    words = (
        "have you wished you were dead",
        "would be better off if you were dead",
        "thoughts about killing yourself",
        "ever tried to kill yourself",
        "killing yourself right now",
    )
    for text, code in zip(words, codes, strict=True):
        expect(panel.get_by_role("heading", level=3)).to_contain_text(text)
        seat.does.answer(code)
    expect(panel).to_be_hidden()


def answer_well_and_meet(world: World) -> None:
    """A mild first answer; two days later Mira and Dana meet, and Dana records that."""
    mira, dana = world.seats["mira.k"], world.seats["dana"]
    check_in(mira, MILD)
    expect(mira.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(mira.page.get_by_test_id("delivery")).to_contain_text("Received:")
    expect(mira.page.get_by_test_id("help-card")).to_have_count(0)
    mira.does.screen("after an answer")

    world.travel(MEETING_DAY)
    open_person(dana)
    dana.does.press("Record a meeting")
    dana.does.choose("How", "In person")
    dana.does.press("Save")
    expect(dana.page.get_by_role("heading", level=2, name="Since you last met")).to_contain_text(
        THE_MEETING
    )


def open_person(dana: Seat) -> None:
    dana.go("/caseload")
    dana.does.press("Mira", role="link")
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Mira")


class Tunnel:
    """Nothing comes back from the server while it lasts; what is sent waits at its mouth."""

    def __init__(self, seat: Seat) -> None:
        self.held: list[Route] = []
        self.seat = seat

    def hold(self, route: Route) -> None:
        self.held.append(route)

    def __enter__(self) -> Tunnel:
        self.seat.page.route("**/api/**", self.hold)
        return self

    def __exit__(self, *_: object) -> None:
        for route in self.held:
            route.continue_()
        self.seat.page.unroute("**/api/**", self.hold)

    @property
    def answers_sent(self) -> int:
        return sum(1 for route in self.held if route.request.url.endswith("/responses"))


def answer_in_a_tunnel(world: World) -> None:
    """Item 9 is 2. Help, lines and direct questions stand there before the server says a word."""
    world.travel(BAD_DAY)
    mira = world.seats["mira.k"]
    check_in(mira, WORSE, up_to_last=True)
    with Tunnel(mira) as tunnel:
        mira.does.answer(WORSE[-1])
        expect(mira.page.get_by_role("heading", level=1)).to_have_text("Thank you for telling us")
        card = mira.page.get_by_test_id("help-card")
        expect(card).to_contain_text("nobody has been told yet")
        lines = mira.page.get_by_test_id("crisis-lines")
        mira.does.choose("Where are you now?", "Germany")
        expect(lines.get_by_role("link", name=re.compile("112"))).to_be_visible()
        expect(lines.get_by_role("link", name=re.compile(r"^Call 0800"))).not_to_have_count(0)
        expect(mira.page.get_by_test_id("follow-up")).to_be_visible()
        mira.does.screen("help card and direct questions")
        follow_up(mira, NOT_NOW)
        expect(card).to_contain_text("nobody has been told yet")
        assert tunnel.answers_sent >= 1, "the first attempt to send is under way"
        assert mira.api("GET", "/me")[0] == 200, "the server itself is well"
        world.pass_time(timedelta(minutes=8))
    status = card.get_by_test_id("flag-status")
    expect(status).to_have_attribute("data-standing", "unseen", timeout=20_000)
    expect(status).to_contain_text(re.compile("You answered: .*10:12"))
    expect(status).to_contain_text(re.compile("Received: .*10:2[01]"))
    expect(status).to_contain_text("Told: Dana.")
    expect(status).to_contain_text(re.compile("It will be looked at by .*11:2[01]"))
    expect(status).to_contain_text("Not yet seen")
    expect(mira.page.get_by_text("nobody has been told yet")).to_have_count(0)
    mira.does.screen("help card, received")


# --- a human ---------------------------------------------------------------------------------


def reach_a_human(world: World) -> None:
    """Dana logs in, sees it, calls twice in vain, writes that down, and closes with an outcome."""
    mira, dana = world.seats["mira.k"], world.seats["dana"]
    log_out(dana)
    log_in(dana)
    dana.does.press("Flags", role="link")
    row = dana.page.get_by_test_id("worklist").locator("tbody tr, li").first
    expect(row).to_contain_text("Mira")
    expect(row).to_contain_text("Urgent", ignore_case=True)
    dana.does.screen("flags")
    dana.does.press("Mira", role="link")
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Flag: Mira")
    head = dana.page.get_by_test_id("flag-head")
    expect(head).to_contain_text(re.compile("Answered.*10:12.*Received.*10:2[01]"))
    expect(head).to_contain_text(re.compile(r"\([78] minutes later\)"))
    expect(head).to_contain_text("Thoughts of being better off dead")
    phone = dana.page.get_by_role("link", name=re.compile("5550 123")).first
    expect(phone).to_have_attribute("href", "tel:+491705550123")
    dana.does.screen("flag, open")

    dana.does.key("a", button="I have seen it")
    expect(head).to_contain_text("by Dana")
    see_standing(mira, "seen", re.compile("Seen by Dana: .*10:2"))

    for attempt in (1, 2):
        dana.does.key("c", button="Record an attempt to reach them")
        dana.does.tick("No answer", role="radio")
        if attempt == 1:
            dana.does.screen("flag, attempt")
        dana.does.press("Record the attempt")
        expect(dana.page.get_by_role("dialog")).to_have_count(0)
        history = dana.page.get_by_test_id("flag-history")
        expect(history.get_by_text(re.compile("Tried to reach them.*No answer"))).to_have_count(
            attempt
        )
    see_standing(mira, "seen", re.compile("Dana tried to reach you"), times=2)

    dana.does.key("d", button="Record what was done")
    dana.does.tick("Made an appointment", role="radio")
    dana.does.press("Record it")
    expect(head).to_contain_text("acted", ignore_case=True)
    see_standing(mira, "acted", re.compile("Somebody has done something about it"))

    dana.does.key("x", button="Close")
    dana.does.tick("Safe, and followed up", role="radio")
    dana.does.screen("flag, closing")
    dana.does.press("Close the flag")
    expect(head).to_contain_text("Safe, and followed up")
    dana.does.screen("flag, closed")
    see_standing(mira, "closed", re.compile("Closed: .*10:2"))


def see_standing(mira: Seat, standing: str, words: re.Pattern[str], times: int = 1) -> None:
    """What Mira reads when she opens "What became of my answers"."""
    mira.go("/flags-status")
    card = mira.page.get_by_test_id("flag-status").first
    expect(card).to_have_attribute("data-standing", standing)
    mira.does.open_details("Every step")
    expect(card.get_by_text(words).locator("visible=true")).to_have_count(times)
    mira.does.screen(f"flags status, {standing}")


def read_what_changed(world: World) -> None:
    """Dana opens *Person*: since the meeting, a reliable deterioration."""
    dana = world.seats["dana"]
    open_person(dana)
    since = dana.page.get_by_role(
        "region", name=re.compile(f"^Since you last met: {THE_MEETING.pattern}")
    )
    expect(since).to_contain_text("13 days ago")
    row = since.get_by_test_id("since-scores").get_by_role("row", name=re.compile("PHQ-9"))
    expect(row).to_contain_text("Reliably worse")
    expect(row).to_contain_text("(+15)")
    dana.does.open_details("How this is judged")
    expect(row).to_contain_text("A change of 6 points or more counts as more than noise.")
    expect(row).to_contain_text("NHS England")
    dana.does.screen("person, what changed")
    mira = world.seats["mira.k"]
    mira.does.press("Progress", role="link")
    expect(mira.page.get_by_role("heading", level=1)).to_have_text("Progress")
    mira.does.screen("progress")


# --- a flag left alone -----------------------------------------------------------------------


def leave_a_flag_alone(world: World) -> None:
    """ "Right now: yes", and nobody looks: it goes on to Amir on time, and then alarms."""
    world.travel(LATER)
    mira, dana, amir = (world.seats[each] for each in ("mira.k", "dana", "amir"))
    check_in(mira, WORSE)
    follow_up(mira, RIGHT_NOW)
    emergency = mira.page.get_by_test_id("emergency")
    expect(emergency).to_contain_text("Please talk to somebody now")
    expect(emergency.get_by_role("link", name=re.compile("112"))).to_be_visible()
    mira.does.tick("I am alone", role="radio")
    expect(emergency).to_contain_text("ask somebody to come")
    mira.does.screen("emergency")
    status = mira.page.get_by_test_id("flag-status")
    expect(status).to_contain_text("Told: Dana.")
    expect(status).to_contain_text(re.compile("by .*10:15"))

    # An emergency is due after fifteen minutes, whatever the hour (escalation.yaml).
    world.travel(LATER + timedelta(minutes=14))
    world.server.work()
    with_whom(dana, "Dana")
    world.travel(LATER + timedelta(minutes=16))
    world.server.work()
    with_whom(amir, "Amir")
    mira.go("/flags-status")
    expect(mira.page.get_by_test_id("flag-status").first).to_contain_text("Told: Amir.")
    expect(mira.page.get_by_test_id("flag-status").first).to_contain_text("Not yet seen")

    # The next has ten minutes; nobody comes after Amir.
    world.travel(LATER + timedelta(minutes=27))
    world.server.work()
    for seat in (dana, amir):
        seat.go("/worklist")
        expect(seat.page.get_by_role("alert")).to_contain_text(
            "nobody on the on-call list has answered"
        )
    amir.does.screen("flags, alarm")
    amir.does.press("Mira", role="link")
    expect(amir.page.get_by_role("alert")).to_contain_text("Ward 3, Linden Hospital")
    expect(amir.page.get_by_role("alert")).to_contain_text("Ring the ward.")
    expect(amir.page.get_by_test_id("flag-head")).to_contain_text("Not yet seen")
    amir.does.screen("flag, alarm")
    mira.go("/flags-status")
    card = mira.page.get_by_test_id("flag-status").first
    expect(card).to_have_attribute("data-standing", "alarm")
    expect(card).to_contain_text("Everybody on call has been told, and nobody has answered so far.")
    mira.does.screen("flags status, alarm")


def with_whom(seat: Seat, owner: str) -> None:
    """Whose flag it is, as that person's own worklist has it."""
    seat.go("/worklist")
    row = seat.page.get_by_test_id("worklist").locator("tbody tr, li").first
    expect(row).to_contain_text(owner)
    expect(row).to_contain_text("Emergency", ignore_case=True)
    expect(seat.page.get_by_role("alert")).to_have_count(0)
