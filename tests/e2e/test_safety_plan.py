"""The safety plan: written and sealed on a phone, read by the team, open without network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_offline import ready_for_offline
from tests.e2e.test_sharing import DEMO_PASSWORD, demo_seat
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys

WALK = "Walk to the Fernsehturm and back"
KIM = "Kim, +49 151 2345678"
BOX = "My sister keeps the Quastenbox"


def robin_at_a_phone(world: World) -> Seat:
    """Robin of the demo, whom Dana treats, with private writing that is locked on this phone."""
    seat = world.seat("Robin", "robin", viewport=PHONE, installs=True)
    seat.password = DEMO_PASSWORD
    seat.go("/login")
    seat.page.get_by_test_id("demo-robin").click()
    expect(seat.page).to_have_url("/today", timeout=WAIT)
    give_code_and_keys(seat)
    return seat


def write(robin: Seat) -> None:
    robin.does.press("Open my plan", role="link")
    robin.does.fill("Your password", robin.password)
    robin.does.press("Open")
    robin.does.press("Write my plan")
    robin.does.fill("2. What I can do by myself", WALK)
    robin.does.fill("4. People I can ask for help", KIM)
    robin.does.press("Save my plan")
    plan = robin.page.get_by_test_id("plan")
    expect(plan).to_contain_text(WALK)
    number = plan.get_by_role("link", name="+49 151 2345678")
    expect(number).to_have_attribute("href", "tel:+491512345678")
    missing = robin.page.get_by_test_id("plan-nudges")
    expect(missing).to_contain_text("No professional or line")
    expect(missing).not_to_contain_text("Nobody stands in it")


def share(robin: Seat) -> None:
    readers = robin.page.get_by_test_id("plan-readers")
    expect(readers).to_contain_text("Only you can read this")
    assert_accessible(robin.page, "safety plan")
    assert_fits(robin.page, "safety plan")
    robin.does.press("Share with my team")
    dana = readers.get_by_role("listitem").filter(has_text="Dana")
    expect(dana).to_contain_text("can read it", timeout=WAIT)


@pytest.mark.exhaustive
def test_it_is_built_shared_read_by_the_team_and_opens_without_network(worlds: Worlds) -> None:
    world = worlds.demo()
    robin, dana = robin_at_a_phone(world), demo_seat(world, "Dana", "dana")
    give_code_and_keys(dana)
    robin.go("/today")
    write(robin)
    share(robin)

    # Help now, without network, by an app that was started anew.
    ready_for_offline(robin)
    robin.context.set_offline(True)
    robin.go("/help")
    robin.does.press("Open my plan", role="link")
    expect(robin.page.get_by_test_id("plan")).to_contain_text(WALK)
    robin.page.reload()
    expect(robin.page.get_by_test_id("plan")).to_contain_text(KIM)
    robin.context.set_offline(False)

    # Dana opens it with her own key, and proposes a line.
    _, me = robin.api("GET", "/me")
    dana.go(f"/people/{me['memberships'][0]['client_id']}")
    section = dana.page.locator("#plan")
    section.get_by_role("button", name="Open the safety plan").click()
    section.get_by_label("Your password").fill(dana.password)
    section.get_by_role("button", name="Open", exact=True).click()
    expect(section.get_by_test_id("shared-plan")).to_contain_text(WALK, timeout=WAIT)
    section.get_by_role("button", name="Propose words").click()
    section.get_by_label("6. Making it safer around me").fill(BOX)
    section.get_by_role("button", name="Seal and send").click()
    expect(section.get_by_test_id("proposed")).to_be_visible()

    # Robin takes it over: only then is it in the plan.
    robin.go("/safety-plan")
    proposal = robin.page.get_by_test_id("plan-proposal")
    expect(proposal).to_contain_text(BOX, timeout=WAIT)
    expect(robin.page.get_by_test_id("plan").first).not_to_contain_text(BOX)
    proposal.get_by_role("button", name="Look at it in my plan").click()
    robin.does.press("Save my plan")
    expect(robin.page.get_by_test_id("plan")).to_contain_text(BOX)
    expect(proposal).to_have_count(0)
    assert robin.complaints == []
    assert dana.complaints == []
