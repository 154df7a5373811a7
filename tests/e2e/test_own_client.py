"""`holdfast client` in a real browser: the page is of this machine, the data of the server."""

from __future__ import annotations

import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from holdfast.cli.client import WEB_DIST, Client
from holdfast.config.page import verified_files
from holdfast.core.identity.demo import PASSWORD
from tests.e2e.operators import field_of
from tests.e2e.world import Worlds, listen


@pytest.mark.exhaustive
def test_somebody_talks_through_the_client_of_their_own_computer(worlds: Worlds) -> None:
    """The person's page comes from `holdfast client`; the server is asked for data alone, and words
    to the companion go through this computer as well.
    """
    world = worlds.demo(talking=True)
    serving = Client(urlsplit(world.server.origin), 0, verified_files(WEB_DIST))
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    own = f"http://localhost:{serving.server_port}"
    asked: list[str] = []
    context = world.browser.new_context(base_url=own)
    page = context.new_page()
    complaints: list[str] = []
    listen(page, complaints)
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto("/login")
        field_of(page, "Log-in name or e-mail").fill("robin")
        field_of(page, "Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        expect(page).to_have_url(f"{own}/today")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.goto("/companion")
        page.get_by_test_id("talk-unkept").click()
        page.get_by_test_id("talk-before").get_by_role("button", name="Begin").click()
        talk = page.get_by_test_id("talk-log")
        expect(talk).to_contain_text("program")
    finally:
        context.close()
        serving.shutdown()
        serving.server_close()
        thread.join()
    paths = {urlsplit(url).path for url in asked}
    assert {"/api/v1/me", "/live/companion/turns"} <= paths
    assert {url for url in asked if not url.startswith((own, "data:", "blob:"))} == set()
    assert complaints == []
