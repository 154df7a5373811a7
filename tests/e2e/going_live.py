"""An empty practice goes live: the story of acceptance 4's administrator."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.accounts import accept_invitation, enrol_authenticator
from tests.e2e.operators import Mouse, Operator
from tests.e2e.world import DESK, Seat, World, Worlds, berlin

REQUIREMENTS = (
    "administrator-second-factor",
    "clinician",
    "monitored-hours",
    "on-call",
    "end-of-chain",
    "crisis-contact",
    "crisis-line",
)
STARTS = berlin(2026, 11, 2, 10)


def live_practice(
    worlds: Worlds, operator: Callable[[Page], Operator], *, large_text: bool = False
) -> World:
    """A world whose practice is live; the first who asks for it takes it there."""
    key = operator.__name__
    if key not in worlds.live:
        world = worlds.fresh(operator, large_text=large_text)
        take_live(world, closely=True)
        worlds.live[key] = world
    worlds.latest = worlds.live[key]
    return worlds.live[key]


def working_practice(
    worlds: Worlds, operator: Callable[[Page], Operator], *, large_text: bool = False
) -> World:
    """The same for a story that begins later: by mouse and straight on, where nobody went yet."""
    key = operator.__name__
    if key not in worlds.live:
        world = worlds.fresh(Mouse, large_text=large_text)
        take_live(world, closely=False)
        world.operator = operator
        for seat in world.seats.values():
            seat.does = operator(seat.page)
        worlds.live[key] = world
    return live_practice(worlds, operator)


def take_live(world: World, *, closely: bool) -> None:
    """From `holdfast init` to a live practice with Ada, Dana and Amir in it.

    `closely`: on the way, whatever is still missing is enough for a refusal.
    """
    world.travel(STARTS)
    link = world.server.init("Linden Practice", time_zone="Europe/Berlin", country="DE")
    world.server.start()
    ada = world.seat("Ada", "ada", viewport=DESK)

    def refuse_without(count: int) -> None:
        if closely:
            refuse(ada, missing=REQUIREMENTS[-count:])

    accept_invitation(ada, link)
    refuse_without_second_factor(ada)
    enrol_authenticator(ada)
    refuse_without(6)

    dana = invite_clinician(world, ada, "Dana", "dana")
    refuse_without(6)
    enrol_authenticator(dana)
    amir = invite_clinician(world, ada, "Amir", "amir")
    enrol_authenticator(amir)
    refuse_without(5)

    set_monitored_hours(ada)
    refuse_without(4)
    set_on_call(ada, "Dana", "Amir")
    refuse_without(2)
    set_crisis_contact(ada)
    refuse_without(1)
    confirm_crisis_line(ada)
    if closely:
        refuse_each_alone(ada)

    visit(ada, "Going live")
    ada.does.screen("going live, ready")
    ada.does.press("Go live")
    dialogue = ada.page.get_by_role("dialog", name="Go live now?")
    expect(dialogue).to_be_visible()
    ada.does.press("Go live", within=dialogue)
    expect(ada.page.get_by_text("The practice is live")).to_be_visible()
    status, readiness = ada.api("GET", f"{practice_path(ada)}/readiness")
    assert (status, readiness["status"]) == (200, "live")


def practice_path(seat: Seat) -> str:
    _, me = seat.api("GET", "/me")
    return f"/practices/{me['memberships'][0]['practice']['id']}"


def visit(seat: Seat, page: str) -> None:
    """One of the practice's pages, by its navigation."""
    expect(seat.page.get_by_role("heading", level=1)).to_be_visible()
    if not seat.page.get_by_role("navigation", name="Practice").is_visible():
        follow(seat, "Practice", "Going live")
    follow(seat, page, page)


def follow(seat: Seat, link: str, title: str) -> None:
    """Open a screen. Another one takes the focus to its heading: who tabs before is led back."""
    heading = seat.page.get_by_role("heading", level=1)
    is_another = heading.text_content() != title
    seat.does.press(link, role="link")
    expect(heading).to_have_text(title)
    expect(seat.page.get_by_text("One moment…")).to_have_count(0)
    if is_another:
        expect(heading).to_be_focused()


def refuse_without_second_factor(seat: Seat) -> None:
    status, problem = seat.api("POST", f"{practice_path(seat)}/go-live")
    assert (status, problem["code"]) == (403, "second-factor-required")


def refuse(seat: Seat, *, missing: tuple[str, ...]) -> None:
    """The screen names what is missing and offers no way on; the server refuses as well."""
    visit(seat, "Going live")
    seat.page.reload()
    items = seat.page.get_by_test_id("requirements").locator("[data-requirement]")
    expect(items).to_have_count(len(REQUIREMENTS))
    unmet = seat.page.locator("[data-requirement][data-met=false]")
    expect(unmet).to_have_count(len(missing))
    shown = unmet.evaluate_all("all => all.map((each) => each.dataset.requirement)")
    assert set(shown) == set(missing)
    expect(seat.page.get_by_role("button", name="Go live", exact=True)).to_be_disabled()
    count = f"{len(missing)} thing{' is' if len(missing) == 1 else 's are'} still missing."
    expect(seat.page.get_by_text(count)).to_be_visible()
    assert refused(seat) == set(missing)
    seat.does.screen("going live, not ready")


def refused(seat: Seat) -> set[str]:
    """What the server says is missing when it is asked to go live all the same."""
    status, problem = seat.api("POST", f"{practice_path(seat)}/go-live")
    assert (status, problem["code"]) == (409, "not-ready")
    return {each["field"] for each in problem["errors"]}


def refuse_each_alone(seat: Seat) -> None:
    """With everything else in place, each single gap is enough for a refusal."""
    root = practice_path(seat)
    _, hours = seat.api("GET", f"{root}/monitored-hours")
    _, on_call = seat.api("GET", f"{root}/on-call")
    _, people = seat.api("GET", f"{root}/people")
    clinicians = [each["id"] for each in people["items"] if each["role"] == "clinician"]
    order = {"entries": [{"membership_id": e["membership_id"]} for e in on_call["entries"]]}
    end = {"end_of_chain": on_call["end_of_chain"]}
    blank = {"end_of_chain": {"name": "", "phone": "", "instructions": ""}}

    put(seat, f"{root}/monitored-hours", {"hours": [], "closures": []})
    assert refused(seat) == {"monitored-hours"}
    put(seat, f"{root}/monitored-hours", hours)
    put(seat, f"{root}/on-call", {"entries": [], **end})
    assert refused(seat) == {"on-call"}
    put(seat, f"{root}/on-call", {**order, **blank})
    assert refused(seat) == {"end-of-chain"}
    put(seat, f"{root}/on-call", {**order, **end})
    for active in (False, True):
        for each in clinicians:
            assert seat.api("PATCH", f"{root}/people/{each}", {"active": active})[0] == 200
        if not active:
            # Nobody who could be on call is left either.
            assert refused(seat) == {"clinician", "on-call"}


def put(seat: Seat, path: str, body: object) -> None:
    status, answer = seat.api("PUT", path, body)
    assert status in {200, 204}, answer


def invite_clinician(world: World, ada: Seat, name: str, login: str) -> Seat:
    """Make a link, pass it on, and have the new colleague accept it in a browser of their own."""
    visit(ada, "Invitations")
    ada.does.choose("Role", "Clinician")
    ada.does.press("Make the link")
    notice = ada.page.get_by_test_id("invitation-link")
    expect(notice).to_contain_text("This link is shown once")
    ada.does.screen("invitation link")
    link = (notice.locator("code").text_content() or "").strip()
    assert re.fullmatch(rf"{re.escape(world.server.origin)}/join#[\w-]+", link)
    ada.does.press("I have passed it on")
    expect(notice).to_be_hidden()
    seat = world.seat(name, login, viewport=DESK)
    accept_invitation(seat, link)
    return seat


def set_monitored_hours(ada: Seat) -> None:
    visit(ada, "Monitored hours")
    ada.does.press("Add hours on Monday")
    ada.does.press("Copy to Tuesday – Friday")
    expect(ada.page.get_by_label("Friday: until")).to_have_value("17:00")
    ada.does.screen("monitored hours")
    ada.does.press("Save")
    expect(ada.page.get_by_text("Saved")).to_be_visible()


def set_on_call(ada: Seat, *names: str) -> None:
    visit(ada, "On call")
    for name in names:
        ada.does.choose("Who", name)
        ada.does.press("Add to the end")
    expect(ada.page.get_by_test_id("on-call-order").locator("li")).to_have_count(len(names))
    ada.does.fill("Who or what comes last", "Ward 3, Linden Hospital")
    ada.does.fill("Telephone", "+49 30 555 0199")
    ada.does.fill("What to do then", "Ring the ward. They call the person back at once.")
    ada.does.screen("on call")
    ada.does.press("Save")
    expect(ada.page.get_by_text("Saved")).to_be_visible()


def set_crisis_contact(ada: Seat) -> None:
    visit(ada, "Settings")
    ada.does.fill("Telephone for people in a crisis", "+49 30 555 0100")
    ada.does.tick("People may register themselves", role="switch")
    ada.does.screen("settings")
    ada.does.press("Save")
    expect(ada.page.get_by_text("Saved")).to_be_visible()


def confirm_crisis_line(ada: Seat) -> None:
    visit(ada, "Crisis lines")
    germany = ada.page.get_by_test_id("country-DE")
    ada.does.screen("crisis lines")
    button = germany.get_by_role("button", name=re.compile(r"^I called .+: it is right$")).first
    name = button.get_attribute("aria-label") or ""
    ada.does.press(name)
    expect(germany.get_by_text("Confirmed by the practice on").first).to_be_visible()
    enabled = germany.get_by_role("checkbox")
    if not enabled.is_checked():
        ada.does.tick("The practice takes people in Germany")
    expect(enabled).to_be_checked()
