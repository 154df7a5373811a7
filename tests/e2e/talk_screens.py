"""Brings up a conversation with the companion in any language: nothing here goes by words."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

CRISIS = "I am going to kill myself tonight. I have the pills in front of me."
WAIT = 30_000


def before_talk(page: Page) -> None:
    """What is told before the first word; the conversation is kept nowhere."""
    page.get_by_test_id("talk-unkept").click()
    before = page.get_by_test_id("talk-before")
    expect(before.get_by_test_id("talk-policy").get_by_role("listitem").first).to_be_visible(
        timeout=WAIT
    )


def talk(page: Page) -> None:
    """A first exercise, with its question."""
    _begin(page)
    _turn(page, lambda: page.locator(".hf-talk-replies button").first.click())


def talk_in_danger(page: Page) -> None:
    """Words that worry, and the card that stays."""
    _begin(page)
    page.locator(".hf-talk-composer textarea").first.fill(CRISIS)
    _turn(page, lambda: page.locator(".hf-talk-composer button[type=submit]").click())
    expect(page.get_by_test_id("talk-card")).to_be_visible()


def _begin(page: Page) -> None:
    before_talk(page)
    page.get_by_test_id("talk-before").get_by_role("button").last.click()
    _answered(page, 1)


def _turn(page: Page, act: Callable[[], None]) -> None:
    before = int(page.locator(".hf-talk-answer").get_attribute("data-turns") or 0)
    act()
    _answered(page, before + 1)


def _answered(page: Page, turns: int) -> None:
    answer = page.locator(".hf-talk-answer")
    expect(answer).to_have_attribute("data-turns", str(turns), timeout=WAIT)
    expect(answer).to_have_attribute("aria-busy", "false", timeout=WAIT)
