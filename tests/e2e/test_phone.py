"""A visit by ordinary phone: rung, answered, heard, broken off, called again, finished."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests import sip_peer
from tests.e2e import calls
from tests.e2e.accessibility import assert_accessible
from tests.e2e.server import free_port
from tests.e2e.world import Worlds
from tests.e2e.writers import WAIT

pytestmark = pytest.mark.exhaustive

NUMBER = "+49 30 1234567"
BARE = "4930" + "1234567"


@pytest.fixture(scope="module")
def media(playwright: Playwright) -> Iterator[Browser]:
    started = calls.launch_with_media(playwright)
    yield started
    started.close()


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("HOLDFAST_LOOK_AT"):
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/phone-{name}-{width}.png", full_page=True)


def test_a_visit_by_ordinary_phone(worlds: Worlds, media: Browser, tmp_path: Path) -> None:
    with sip_peer.running(tmp_path) as peer:
        environment = {"HOLDFAST_TOPICS_PORT": str(free_port()), "HOLDFAST_SFU": "1"}
        demo = worlds.demo(environment=environment | peer.provider)
        demo.browser = media
        robin, dana = calls.pair(demo)
        visit = calls.plan(dana, robin, medium="phone")
        _, me = robin.api("GET", "/me")
        own = next(each for each in me["memberships"] if each["client_id"] is not None)
        record = f"/practices/{own['practice']['id']}/clients/{own['client_id']}"
        assert robin.api("PATCH", record, {"phone": NUMBER})[0] == 200
        heard: list[str] = []
        dana.page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))),
        )

        dana.go(visit)
        dana.page.get_by_role("button", name="Open the room").click()
        panel = dana.page.get_by_test_id("phone")
        expect(panel).to_contain_text("ends in 67", timeout=WAIT)
        assert_accessible(dana.page, "phone panel")
        look(dana.page, "panel")
        panel.get_by_role("button", name=re.compile("^Call Robin.* phone$")).click()
        line = dana.page.get_by_test_id("phone-line")
        expect(line).to_have_attribute("data-phase", "talking", timeout=WAIT)
        # What the phone hears it sends back: sound goes both ways.
        calls.until(dana.page, lambda now: now.audio > 4000)
        expect(dana.page.get_by_test_id("timer")).to_be_visible(timeout=WAIT)
        assert_accessible(dana.page, "phone line")
        look(dana.page, "line")
        assert f"INVITE sip:+{BARE}@127.0.0.1:{peer.port}" in peer.messages

        # Hanging up ends nothing; the phone can be rung again, and the visit is where it was.
        line.get_by_role("button", name="Hang up").click()
        expect(panel).to_contain_text("The visit has not", timeout=WAIT)
        peer.until("\nBYE ")
        panel.get_by_role("button", name=re.compile("again$")).click()
        expect(line).to_have_attribute("data-phase", "talking", timeout=WAIT)
        dana.page.get_by_role("button", name="Finish the visit").click()
        dana.page.get_by_role("button", name="Yes, it is over").click()
        expect(dana.page.get_by_test_id("over")).to_contain_text("The visit is over", timeout=WAIT)
        peer.until("\nBYE ", 2)
        assert heard
        assert not [frame for frame in heard if BARE in frame or NUMBER in frame]
        assert demo.complaints() == []
