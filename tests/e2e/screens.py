"""Every screen of the client, and how to bring it up in the demo practice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.e2e.private_screens import (
    begin_note,
    look_before_sharing,
    open_own_note,
    open_signed_note,
    share,
)
from tests.e2e.talk_screens import before_talk, talk, talk_in_danger

Prepare = Callable[[Page], None]


def nothing(page: Page) -> None:
    """The screen is as it opens."""


@dataclass(frozen=True)
class Screen:
    """One picture: its file's name, who sees it, where it is and what is done there first.

    Without a path it goes on from the screen before. The order is a story: Robin's answers raise
    the flag that Dana then sees. `part` is what is looked at where another picture has the rest.
    """

    name: str
    who: str
    path: str
    prepare: Prepare = nothing
    arabic: bool = False
    part: str = ""
    #: Looked at with every change; else with `make everything` alone.
    always: bool = True


def press(selector: str) -> Prepare:
    def act(page: Page) -> None:
        page.locator(selector).first.click()

    return act


def want_to_leave(page: Page) -> None:
    """What goes and what stays, before anything is deleted."""
    page.get_by_role("checkbox").check()
    expect(page.get_by_test_id("stays")).to_be_visible()


def choose_germany(page: Page) -> None:
    page.locator("select").first.select_option("DE")
    expect(page.get_by_role("link", name=re.compile("112"))).to_be_visible()


def fill_registration(page: Page) -> None:
    page.locator("input[autocomplete=nickname]").fill("Mira")
    page.locator("input[autocomplete=username]").fill("mira.k")
    page.locator("input[autocomplete=new-password]").fill("quiet harbour lantern")
    for box in page.get_by_role("checkbox").all():
        box.check()


def show_recovery_code(page: Page) -> None:
    fill_registration(page)
    page.locator("form button[type=submit]").click()
    expect(page.get_by_test_id("recovery-code")).to_be_visible()


def open_preferences(page: Page) -> None:
    page.get_by_role("button", name="Language and colours").click()
    expect(page.locator("input[name=language]").first).to_be_visible()


def begin_check_in(title: str) -> Prepare:
    """From *Today* to the page before the first question."""

    def act(page: Page) -> None:
        page.locator(".hf-due", has_text=title).get_by_role("link").click()
        expect(page.locator(".hf-page-head h1")).to_be_visible()
        expect(page).to_have_url(re.compile("/check-in/"))
        expect(page.locator(".hf-buttons button").first).to_be_visible()

    return act


def first_question(title: str) -> Prepare:
    def act(page: Page) -> None:
        begin_check_in(title)(page)
        page.locator(".hf-buttons button").first.click()
        expect(page.locator(".hf-question")).to_be_visible()

    return act


def give_worrying_answers(page: Page) -> None:
    """PHQ-9 with item 9 above zero: the help card, with the first of the direct questions."""
    page.locator(".hf-due", has_text="PHQ-9").get_by_role("link").click()
    # Begun by an earlier picture, it goes on at its first question.
    expect(page.locator(".hf-question")).to_be_visible()
    for number in range(1, 11):
        expect(page.locator(".hf-checkin-head")).to_contain_text(re.compile(rf"^\D*{number}\D+10$"))
        page.keyboard.press("3")
    expect(page.get_by_test_id("follow-up")).to_be_visible()
    expect(page.get_by_test_id("flag-status")).to_be_visible()


def say_right_now(page: Page) -> None:
    """On from the help card: every direct question answered with yes."""
    questions = page.get_by_test_id("follow-up").get_by_role("heading", level=3)
    for _ in range(5):
        asked = questions.text_content()
        page.locator("[data-code='1']").click()
        expect(questions.filter(has_text=asked or "")).to_have_count(0)
    expect(page.get_by_test_id("emergency")).to_be_visible()


def open_report(page: Page) -> None:
    """The person's report of their finished fourteen days."""
    page.locator(".hf-feature a").last.click()
    expect(page.get_by_test_id("talk")).to_be_visible()


def open_doctors_report(page: Page) -> None:
    open_report(page)
    page.locator("a[href$='/doctor']").click()
    expect(page.get_by_test_id("pdf-ar")).to_be_visible()
    expect(page.get_by_test_id("screening")).to_be_visible()


def begin_authenticator(page: Page) -> None:
    page.get_by_role("button", name="Set up an app").click()
    expect(page.get_by_test_id("totp-secret")).to_be_visible()


def open_row(name: str, then: Prepare = nothing) -> Prepare:
    """The caseload's page of one person."""

    def act(page: Page) -> None:
        page.locator("input[type=search]").fill(name)
        row = page.locator("[data-row]", has_text=name).first
        expect(row).to_be_visible()
        row.click()
        expect(page.locator("#since")).to_be_visible()
        then(page)

    return act


def open_first_flag(page: Page) -> None:
    page.locator("[data-row]").first.click()
    expect(page.get_by_test_id("flag-head")).to_be_visible()


def record_attempt(page: Page) -> None:
    open_first_flag(page)
    page.keyboard.press("c")
    expect(page.get_by_role("dialog").get_by_role("radio").first).to_be_visible()


def show_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def choose_kind(page: Page) -> None:
    """From what an appointment is for to the days with free times."""
    page.locator("main button").first.click()
    expect(page.locator(".hm-days button").first).to_be_visible()


def choose_day(page: Page) -> None:
    choose_kind(page)
    page.locator(".hm-days button").first.click()
    expect(page.locator(".hm-times button").first).to_be_visible()


def open_hours(page: Page) -> None:
    """The first hours of the week with what else is said of them."""
    page.locator(".hm-more summary").first.click()
    expect(page.locator(".hm-more input[type=date]").first).to_be_visible()


def open_kind(page: Page) -> None:
    page.locator("main li button[aria-expanded]").first.click()
    expect(page.locator("main li form").first).to_be_visible()


SCREENS: tuple[Screen, ...] = (
    Screen("welcome", "visitor", "/", arabic=True),
    Screen("log-in", "visitor", "/login"),
    Screen("register", "visitor", "/register", arabic=True),
    Screen("register-recovery-code", "visitor", "/register", show_recovery_code),
    Screen("recover", "visitor", "/recover"),
    Screen("join-without-link", "visitor", "/join"),
    Screen("receipt", "visitor", "/receipt"),
    Screen("help-where", "visitor", "/help"),
    Screen("help-lines", "visitor", "/help", choose_germany, arabic=True),
    Screen("preferences", "visitor", "/", open_preferences),
    Screen("not-found", "visitor", "/no-such-page"),
    Screen("today", "robin", "/today"),
    Screen("check-in-beginning", "robin", "/today", begin_check_in("PHQ-9")),
    Screen("check-in-question", "robin", "/today", first_question("PHQ-9")),
    Screen("check-in-slider", "robin", "/today", first_question("check-in")),
    Screen("help-card", "robin", "/today", give_worrying_answers),
    Screen("emergency", "robin", "", say_right_now),
    Screen("today-with-flag", "robin", "/today", arabic=True),
    Screen("progress", "robin", "/progress", arabic=True),
    Screen("assessment", "robin", "/assessment"),
    Screen("assessment-report", "robin", "/assessment", open_report, arabic=True),
    Screen("assessment-for-doctor", "robin", "/assessment", open_doctors_report, arabic=True),
    Screen("flags-status", "robin", "/flags-status", arabic=True),
    Screen("safety-plan", "robin", "/safety-plan"),
    Screen("talk-before", "robin", "/companion", before_talk),
    Screen("talk", "robin", "/companion", talk, arabic=True),
    Screen("talk-in-danger", "robin", "/companion", talk_in_danger, arabic=True),
    Screen("protocol", "visitor", "/protocol"),
    Screen("me", "robin", "/me", arabic=True),
    Screen("me-details", "robin", "/me/details"),
    Screen("me-medication", "robin", "/me/medication"),
    Screen("me-events", "robin", "/me/events"),
    Screen("me-consents", "robin", "/me/consents", arabic=True),
    Screen("me-access", "robin", "/me/access", arabic=True),
    Screen("me-data", "robin", "/me/data", want_to_leave, arabic=True),
    Screen("me-notifications", "robin", "/me/notifications", arabic=True),
    Screen("me-private-writing", "robin", "/me/journal", arabic=True),
    Screen("me-app", "robin", "/me/app"),
    Screen("security", "robin", "/security"),
    Screen("security-authenticator", "robin", "/security", begin_authenticator),
    Screen("caseload", "dana", "/caseload", arabic=True),
    Screen("person-single-case", "dana", "/caseload", open_row("Single case")),
    Screen("person-robin", "dana", "/caseload", open_row("Robin"), arabic=True),
    Screen(
        "note-being-written",
        "dana",
        "/caseload",
        open_row("Robin", begin_note),
        arabic=True,
        part="#notes",
        always=False,
    ),
    Screen(
        "notes",
        "dana",
        "/caseload",
        open_row("Robin", open_signed_note),
        arabic=True,
        part="#notes",
        always=False,
    ),
    Screen(
        "psychotherapy-note",
        "dana",
        "/caseload",
        open_row("Robin", open_own_note),
        arabic=True,
        part="[data-testid=own-notes]",
        always=False,
    ),
    Screen("me-notes", "robin", "/me/notes", arabic=True, always=False),
    Screen(
        "share-preview",
        "robin",
        "/me/journal",
        look_before_sharing,
        arabic=True,
        part="[role=dialog]",
        always=False,
    ),
    Screen("who-can-read", "robin", "/me/sharing", share, arabic=True, always=False),
    Screen("appointments", "robin", "/appointments", arabic=True, always=False),
    Screen("appointment-day", "robin", "/appointments/book", choose_kind, always=False),
    Screen(
        "appointment-time", "robin", "/appointments/book", choose_day, arabic=True, always=False
    ),
    Screen("me-calendar", "robin", "/me/calendar", always=False),
    Screen("find", "robin", "/find", arabic=True, always=False),
    Screen("messages", "robin", "/messages", arabic=True, always=False),
    Screen("agenda", "dana", "/agenda", arabic=True, always=False),
    Screen("hours", "dana", "/agenda/hours", open_hours, arabic=True, always=False),
    Screen("calendars", "dana", "/calendars", always=False),
    Screen("offer", "dana", "/offer", arabic=True, always=False),
    Screen("flags", "dana", "/worklist", arabic=True),
    Screen("flag", "dana", "/worklist", open_first_flag, arabic=True),
    Screen("flag-attempt", "dana", "/worklist", record_attempt),
    Screen("keyboard", "dana", "/worklist", show_keys),
    Screen("notifications", "dana", "/notifications"),
    Screen("exercises", "dana", "/flows"),
    Screen("exercise", "dana", "/flows/thought-record", arabic=True),
    Screen("admin-going-live", "ada", "/admin/go-live", arabic=True),
    Screen("admin-people", "ada", "/admin/people"),
    Screen("admin-invitations", "ada", "/admin/invitations"),
    Screen("admin-hours", "ada", "/admin/hours"),
    Screen("admin-on-call", "ada", "/admin/on-call"),
    Screen("admin-lines", "ada", "/admin/lines"),
    Screen("admin-questionnaires", "ada", "/admin/instruments"),
    Screen("admin-companion", "ada", "/admin/companion"),
    Screen("admin-appointments", "ada", "/admin/appointments", open_kind, always=False),
    Screen("admin-licences", "ada", "/admin/licences", always=False),
    Screen("admin-settings", "ada", "/admin/practice"),
    Screen("admin-leaving", "ada", "/admin/leaving", arabic=True),
    Screen("admin-record", "ada", "/admin/audit", arabic=True),
)
