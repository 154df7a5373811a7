"""Fourteen days at a browser: begin, answer a prompt with its follow-up, take the report away."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.world import DESK, PHONE, Seat, World, Worlds, berlin

#: A Monday morning, so that the first prompt is still to come.
EARLY = berlin(2026, 11, 23, 7, 0)


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo(EARLY)


def log_in(demo: World, login: str, viewport: dict[str, int]) -> Seat:
    seat = demo.seat(login.title(), login, viewport=viewport)
    seat.go("/login")
    seat.page.get_by_test_id(f"demo-{login}").click()
    expect(seat.page.locator(".hf-shell-nav")).to_be_visible()
    return seat


@pytest.fixture(scope="module")
def robin(demo: World) -> Seat:
    return log_in(demo, "robin", PHONE)


def choose(page: Page, question: str, answer: str) -> None:
    """Answer the question on the screen, and be at the next one."""
    heading = page.locator(".hf-question")
    expect(heading).to_have_text(question)
    page.locator(".hf-option", has_text=re.compile(f"^[0-9]?{re.escape(answer)}$")).click()
    expect(heading.filter(has_text=question)).to_have_count(0)


def test_a_person_begins_and_answers_a_prompt_with_its_follow_up(demo: World, robin: Seat) -> None:
    page = robin.page
    robin.go("/assessment")
    expect(page.get_by_test_id("begin")).to_contain_text("not a diagnosis")
    assert_accessible(page, "beginning")
    page.get_by_test_id("begin").get_by_role("button", name="Begin").click()
    expect(page.get_by_test_id("running")).to_contain_text("Day 1 of 14")
    expect(page.get_by_test_id("answer-now")).to_have_count(0)

    demo.travel(EARLY + timedelta(hours=2, minutes=5))
    robin.go("/today")
    page.get_by_role("link", name="Answer now: Fourteen days").click()
    expect(page.locator(".hf-checkin-head")).to_contain_text("1 of 4")
    choose(page, "How low, sad or empty have you felt?", "Quite a lot")
    # The follow-up came because of the answer, and makes the prompt longer.
    expect(page.locator(".hf-checkin-head")).to_contain_text("2 of 5")
    choose(page, "Has it been like that for most of the day so far?", "Yes")
    choose(page, "How hard has it been to care about things, or to enjoy them?", "A little")
    expect(page.locator(".hf-question")).to_contain_text("sleep last night")
    page.locator("[data-code='0']").click()
    choose(page, "How tired have you been, or without energy?", "Not at all")
    expect(page.get_by_test_id("thanks")).to_be_visible()
    expect(page.get_by_test_id("answer-now")).to_have_count(0)
    expect(page.get_by_label("Day 1: answered")).to_be_visible()
    assert robin.complaints == []


def test_the_finished_report_is_read_and_taken_as_a_pdf(robin: Seat) -> None:
    page = robin.page
    robin.go("/assessment")
    page.get_by_role("link", name=re.compile("^Read the report: ")).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your fourteen days")
    expect(page.get_by_test_id("screening")).to_contain_text("not a diagnosis")
    expect(page.get_by_text("Check-ins answered: 35 of 42")).to_be_visible()
    assert_accessible(page, "report")
    assert_fits(page, "report")
    with page.expect_download() as waiting:
        page.get_by_test_id("pdf").click()
    assert re.fullmatch(r"report-\d{4}-\d\d-\d\d\.pdf", waiting.value.suggested_filename)
    text = read(waiting.value.path())
    for said in ("A screening, not a diagnosis", "Robin", "35 of 42"):
        assert said in text
    assert robin.complaints == []


def read(path: Path) -> str:
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_asking_for_a_talk_reaches_the_care_team(demo: World, robin: Seat) -> None:
    page = robin.page
    page.get_by_role("button", name="Ask for a talk").click()
    expect(page.get_by_test_id("talk-waits")).to_contain_text("1 person has been told")

    dana = log_in(demo, "dana", DESK)
    dana.page.get_by_test_id("talk-requests").get_by_role("link").click()
    section = dana.page.locator("#assessment")
    section.get_by_role("button", name="I take this on").click()
    expect(section.get_by_test_id("talk-request")).to_contain_text("Dana took it on")
    section.get_by_role("link", name=re.compile("^Read the report: ")).last.click()
    expect(dana.page.get_by_test_id("screening")).to_contain_text("A screening, not a diagnosis")
    assert_accessible(dana.page, "the doctor's report")
    with dana.page.expect_download() as waiting:
        dana.page.get_by_test_id("pdf-ar").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF")

    page.reload()
    expect(page.get_by_test_id("talk-taken")).to_contain_text("Dana")
    assert dana.complaints == []
    assert robin.complaints == []
