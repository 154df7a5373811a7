"""A reminder comes by real mail; its link confirms and moves an appointment without signing in."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.world import BERLIN, DESK, PHONE, World, Worlds
from tests.integration.core import mail_server
from tests.integration.core.mail_server import Mailbox

#: Robin gave a mail address, Dana's hours are known, and the two are to meet.
BOOKED = """
import sys
import django
django.setup()
from datetime import UTC, date, datetime, time, timedelta
from allauth.account.models import EmailAddress
from holdfast.core.actor import system
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.scheduling import facade
from holdfast.meet.scheduling.models import AppointmentType, AvailabilityRule

staff = Membership.objects.filter(role="clinician")
dana = next(m for m in staff if "Dana" in m.display_name)
robin = next(c for c in Client.objects.filter(practice=dana.practice) if "Robin" in c.display_name)
# The demo's own bookings make room, before anybody could be written to about it.
now = datetime.now(UTC)
for booked in facade.upcoming(
    dana.practice_id, membership_id=dana.pk, since=now, until=now + timedelta(days=30)
):
    if booked.status == "booked":
        facade.cancel(dana.practice_id, booked.id, by=system(dana.practice_id))
EmailAddress.objects.update_or_create(
    user=robin.user, defaults={"email": "robin@example.org", "verified": True, "primary": True}
)
kind, _ = AppointmentType.objects.get_or_create(
    practice=dana.practice,
    name="By video",
    defaults={"media": ["video"], "online": True, "notice_minutes": 60},
)
for weekday in range(1, 6):
    AvailabilityRule.objects.create(
        practice=dana.practice, membership=dana, weekday=weekday, from_time=time(9),
        until_time=time(17), time_zone="Europe/Berlin", media=["video"],
        valid_from=date(2026, 1, 1),
    )
facade.book(
    dana.practice_id,
    facade.NewAppointment(
        id=uuid7(), membership_id=dana.pk, type_id=kind.pk, client_ids=(robin.pk,),
        starts_at=datetime.fromisoformat(sys.argv[1]), medium="video",
    ),
    by=system(dana.practice_id),
)
"""


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, dict[str, str]]]:
    chosen = SimpleNamespace()
    with mail_server.running(chosen) as running:
        yield (
            running,
            {
                "HOLDFAST_EMAIL_HOST": chosen.EMAIL_HOST,
                "HOLDFAST_EMAIL_PORT": str(chosen.EMAIL_PORT),
                "HOLDFAST_EMAIL_TLS": "0",
                "DJANGO_SETTINGS_MODULE": "holdfast.config.settings",
            },
        )


def a_weekday_at_ten() -> datetime:
    """In two days or a little more, on the clock on Berlin's wall."""
    day = datetime.now(BERLIN) + timedelta(days=2)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


def reminder_in(mailbox: Mailbox) -> str:
    """The link of the reminder that came, as its reader sees it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for message in mailbox.messages:
            if message["Subject"].startswith("Your appointment"):
                found = re.search(r"http\S+/l#\S+", message.get_content())
                assert found is not None
                return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no reminder came: {[one['Subject'] for one in mailbox.messages]}")


@pytest.mark.exhaustive
def test_a_reminder_that_came_by_mail_is_answered_without_signing_in(
    worlds: Worlds, mailbox: tuple[Mailbox, dict[str, str]]
) -> None:
    inbox, environment = mailbox
    demo = worlds.demo(environment=environment)
    starts_at = a_weekday_at_ten()
    subprocess.run(
        [sys.executable, "-c", BOOKED, starts_at.isoformat()],
        env=demo.server.environment,
        check=True,
        timeout=120,
    )
    demo.travel(starts_at - timedelta(days=1) + timedelta(minutes=1))
    demo.server.work()
    link = reminder_in(inbox)
    stranger = demo.seat("Nobody", "nobody", viewport=PHONE).page
    _confirm(stranger, link)
    _move(stranger)
    _calendar(demo)


def _confirm(page: Page, link: str) -> None:
    page.goto(link)
    state = page.get_by_test_id("link-state")
    expect(state).to_have_attribute("data-state", "open")
    expect(page.locator("main")).to_contain_text("10:00")
    expect(page.locator("main")).not_to_contain_text("Dana")
    assert_accessible(page, "a link")
    assert_fits(page, "a link")
    page.get_by_role("button", name="I will come").click()
    expect(state).to_have_attribute("data-state", "confirmed")


def _move(page: Page) -> None:
    before = page.locator("main h2").first.inner_text()
    page.get_by_role("button", name="Choose another time").click()
    first = page.get_by_role("radio").first
    first.check()
    page.get_by_role("button", name="Take this time").click()
    expect(page.get_by_role("button", name="Take this time")).to_have_count(0)
    expect(page.get_by_test_id("link-state")).to_have_attribute("data-state", "open")
    expect(page.locator("main h2").first).not_to_have_text(before)


def _calendar(demo: World) -> None:
    """Somebody subscribes to their appointments, and takes the address back."""
    robin = demo.seat("Robin", "robin", viewport=DESK)
    robin.go("/login")
    robin.page.get_by_test_id("demo-robin").click()
    expect(robin.page.locator(".hf-shell-nav")).to_be_visible()
    robin.go("/me/calendar")
    page = robin.page
    page.get_by_role("button", name="Make an address").click()
    address = page.get_by_label("Your secret address").input_value()
    answer = page.request.get(address)
    assert answer.status == 200
    assert "BEGIN:VEVENT" in answer.text()
    assert "Dana" not in answer.text()
    assert_accessible(page, "calendar")
    assert_fits(page, "calendar")
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_role("button", name="Make an address")).to_be_visible()
    assert page.request.get(address).status == 404
