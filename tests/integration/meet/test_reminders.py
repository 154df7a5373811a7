"""Reminders over real mail, and what the link in one does for somebody who does not sign in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import django.test
import pytest
import time_machine

from holdfast.core.links import facade as links
from holdfast.core.notify import tasks as delivering
from holdfast.core.notify.models import DeliveryAttempt, Notification
from holdfast.meet.reminders import copies, erasure, on_links, planning, tasks
from holdfast.meet.reminders.models import Reminder
from holdfast.meet.scheduling import facade as scheduling
from tests import factories
from tests.integration.core import mail_server
from tests.integration.core.mail_server import Mailbox
from tests.integration.meet.scheduling.scene import NOW, Scene, at, make_scene

pytestmark = pytest.mark.django_db

LOOK, USE = "/api/v1/links/look", "/api/v1/links/use"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server.running(settings) as running:
        yield running


@pytest.fixture
def scene() -> Iterator[Scene]:
    with time_machine.travel(NOW, tick=False):
        found = make_scene()
        user = factories.make_user(email="mira@example.org", time_zone="Europe/Berlin")
        found.client = factories.make_client(found.practice, user=user)
        yield found


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    tasks._gone_through.clear()


def pass_time(until: datetime, moved: Any) -> None:
    """The worker's ticks from now to then, at each instant at which something is due."""
    now = datetime.now(UTC)
    while True:
        moved.move_to(now)
        tasks.plan_missing(now)
        tasks.send_due(now)
        delivering.deliver_due(now)
        if now >= until:
            return
        planned = Reminder.objects.filter(state="planned").values_list("due_at", flat=True)
        waiting = DeliveryAttempt.objects.filter(outcome="waiting", next_attempt_at__isnull=False)
        ahead = [*planned, *waiting.values_list("next_attempt_at", flat=True)]
        now = min([at for at in ahead if at is not None and at > now] + [until])


def token_in(text: str) -> str:
    found = re.search(r"/l#([A-Za-z0-9_-]{66})\s", text)
    assert found is not None
    return found[1]


def reminders(mailbox: Mailbox) -> list[EmailMessage]:
    """What came in, but for the word that something was booked."""
    return [one for one in mailbox.messages if one["Subject"].startswith("Your appointment")]


def link_of(mailbox: Mailbox) -> str:
    return token_in(reminders(mailbox)[0].get_content())


def states() -> list[tuple[int, str]]:
    return list(Reminder.objects.order_by("starts_at", "-lead").values_list("lead", "state"))


def test_a_reminder_comes_a_day_and_an_hour_before_by_email_and_says_nothing_of_health(
    scene: Scene, mailbox: Mailbox
) -> None:
    scene.book(at(10, days=2))
    with time_machine.travel(NOW, tick=False) as moved:
        pass_time(at(11, days=2), moved)
    assert [message["Subject"] for message in reminders(mailbox)] == [
        "Your appointment: Wed 3 Jun, 10:00"
    ] * 2
    assert set(mailbox.recipients) == {"mira@example.org"}
    rows = Reminder.objects.order_by("due_at")
    assert [row.due_at for row in rows] == [at(10, days=1), at(9, days=2)]
    text = reminders(mailbox)[0].as_string().lower()
    for word in ("dana", "talk", "clinic", "therap", "health", scene.practice.name.lower()):
        assert word not in text
    link_of(mailbox)


def test_who_wished_to_hear_more_is_told_with_whom(scene: Scene, mailbox: Mailbox) -> None:
    assert scene.client.user is not None
    scene.client.user.discreet = False
    scene.client.user.save()
    scene.book(at(10, days=2))
    with time_machine.travel(NOW, tick=False) as moved:
        pass_time(at(11, days=1), moved)
    assert reminders(mailbox)[0]["Subject"] == "Your appointment: Wed 3 Jun, 10:00, with Dana"


def test_a_mail_scanner_that_opens_the_link_changes_nothing_and_a_person_confirms(
    scene: Scene, mailbox: Mailbox
) -> None:
    appointment = scene.book(at(10, days=2))
    with time_machine.travel(NOW, tick=False) as moved:
        pass_time(at(11, days=1), moved)
        token = link_of(mailbox)
        scanner = django.test.Client(enforce_csrf_checks=True)
        scanner.get("/l")
        assert scanner.get(LOOK).status_code == 405
        assert scanner.post(USE, {"token": token}, "application/json").status_code == 403
        page = django.test.Client()
        shown = page.post(LOOK, {"token": token}, "application/json").json()
        assert (shown["state"], shown["with_name"], shown["zone"]) == ("open", "", "Europe/Berlin")
        assert {"confirm", "move", "cancel"} <= set(shown["actions"])
        view = scheduling.get(scene.practice.pk, appointment.pk)
        assert view.confirmed_at is None
        deed = {"token": token, "action": "confirm", "version": shown["version"]}
        done = page.post(USE, deed, "application/json").json()
        assert done["state"] == "confirmed"
        assert page.post(USE, deed, "application/json").json()["state"] == "confirmed"
        assert scheduling.get(scene.practice.pk, appointment.pk).confirmed_at is not None


def test_another_time_is_chosen_by_link_and_reminded_of(scene: Scene, mailbox: Mailbox) -> None:
    appointment = scene.book(at(10, days=2))
    page = django.test.Client()
    with time_machine.travel(NOW, tick=False) as moved:
        pass_time(at(11, days=1), moved)
        token = link_of(mailbox)
        shown = page.post(LOOK, {"token": token}, "application/json").json()
        slot = shown["slots"][-1]
        deed = {
            "token": token,
            "action": "move",
            "version": shown["version"],
            "starts_at": slot["starts_at"],
        }
        done = page.post(USE, deed, "application/json").json()
        assert done["starts_at"] == slot["starts_at"]
        view = scheduling.get(scene.practice.pk, appointment.pk)
        assert view.starts_at == datetime.fromisoformat(slot["starts_at"])
        stale = {"token": token, "action": "cancel", "version": shown["version"]}
        answer = page.post(USE, stale, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (409, "link-changed")
        planning.bring_up_to_date(scene.practice.pk, appointment.pk, datetime.now(UTC))
    rows = Reminder.objects.filter(starts_at=view.starts_at)
    assert [row.state for row in rows] == ["planned", "planned"]
    assert not Reminder.objects.filter(state="planned").exclude(starts_at=view.starts_at).exists()


def test_the_link_cancels_and_its_clinician_is_told(scene: Scene, mailbox: Mailbox) -> None:
    scene.book(at(10, days=2))
    page = django.test.Client()
    with time_machine.travel(NOW, tick=False) as moved:
        pass_time(at(11, days=1), moved)
        token = link_of(mailbox)
        shown = page.post(LOOK, {"token": token}, "application/json").json()
        deed = {"token": token, "action": "cancel", "version": shown["version"]}
        for _ in range(2):
            assert page.post(USE, deed, "application/json").json()["state"] == "cancelled"
        pass_time(at(11, days=2), moved)
    told = Notification.objects.filter(recipient=scene.dana.user, kind="appointment-cancelled")
    assert told.count() == 1
    assert len(reminders(mailbox)) == 1


def test_where_no_other_time_is_offered_one_is_asked_for(scene: Scene, mailbox: Mailbox) -> None:
    scene.kind.online = False
    scene.kind.save()
    scene.book(at(10, days=2))
    page = django.test.Client()
    with time_machine.travel(NOW, tick=False) as moved:
        pass_time(at(11, days=1), moved)
        token = link_of(mailbox)
        shown = page.post(LOOK, {"token": token}, "application/json").json()
        assert (shown["slots"], "move" in shown["actions"]) == ([], False)
        deed = {"token": token, "action": "ask", "version": shown["version"]}
        assert page.post(USE, deed, "application/json").json()["state"] == "asked"
    told = Notification.objects.filter(recipient=scene.dana.user, kind="appointment-move-asked")
    assert told.count() == 1


def test_no_more_reminders_is_one_press_away(scene: Scene, mailbox: Mailbox) -> None:
    scene.book(at(10, days=2))
    page = django.test.Client()
    with time_machine.travel(NOW, tick=False) as moved:
        pass_time(at(11, days=1), moved)
        token = link_of(mailbox)
        deed = {"token": token, "action": "stop", "version": "0"}
        done = page.post(USE, deed, "application/json").json()
        assert "stop" not in done["actions"]
        for row in Reminder.objects.all():
            planning.bring_up_to_date(row.practice_id, row.appointment_id, datetime.now(UTC))
        pass_time(at(11, days=2), moved)
    assert len(reminders(mailbox)) == 1
    assert states() == [(1440, "sent"), (60, "dropped")]


@pytest.mark.parametrize("what", ["made-up", "expired", "other-purpose"])
def test_a_link_that_is_none_says_no_more_than_that(what: str, scene: Scene) -> None:
    until = NOW + timedelta(hours=1)
    row = Reminder(pk=scene.practice.pk)
    token = {
        "made-up": "A" * 66,
        "expired": links.make(on_links.CODE, row.pk, NOW),
        "other-purpose": links.make(200, row.pk, until),
    }[what]
    answer = django.test.Client().post(LOOK, {"token": token}, "application/json")
    expected = (410, "link-expired") if what == "expired" else (404, "link-unknown")
    assert (answer.status_code, answer.json()["code"]) == expected


def test_links_are_opened_by_hand_and_no_faster(scene: Scene) -> None:
    page = django.test.Client()
    answers = [page.post(LOOK, {"token": "A" * 66}, "application/json") for _ in range(21)]
    assert {each.status_code for each in answers[:20]} == {404}
    assert answers[20].status_code == 429


def test_a_reminder_that_reached_nobody_is_seen_by_the_person_and_the_practice(
    scene: Scene, mailbox: Mailbox, django_capture_on_commit_callbacks: Any
) -> None:
    factories.join_care_team(scene.client, scene.dana, primary=False)
    scene.book(at(10, days=2))
    mailbox.answer_to_recipient = "550 no such mailbox"
    with (
        time_machine.travel(NOW, tick=False) as moved,
        django_capture_on_commit_callbacks(execute=True),
    ):
        pass_time(at(10, 10, days=1), moved)
    told = Notification.objects.filter(recipient=scene.dana.user, kind="appointment-undelivered")
    assert told.count() == 1
    path = f"/api/v1/practices/{scene.practice.pk}/clients/{scene.client.pk}/reminders"
    items = factories.browser(scene.dana.user).get(path).json()["items"]
    assert [(one["lead"], one["state"]) for one in items] == [
        (60, "planned"),
        (1440, "not-delivered"),
    ]
    assert scene.client.user is not None
    own = f"/api/v1/practices/{scene.practice.pk}/deliveries"
    problems = [
        one["problem"] for one in factories.browser(scene.client.user).get(own).json()["items"]
    ]
    assert "not-delivered" in problems


def test_wishes_are_followed_by_what_is_booked_already(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    scene.book(at(10, days=2))
    tasks.plan_missing(NOW)
    assert scene.client.user is not None
    browser = factories.browser(scene.client.user)
    with django_capture_on_commit_callbacks(execute=True):
        changed = browser.patch(
            "/api/v1/me/reminders", {"leads": [120], "channels": ["sms"]}, "application/json"
        ).json()
    assert (changed["leads"], changed["channels"]) == ([120], ["sms"])
    assert states() == [(1440, "dropped"), (120, "planned"), (60, "dropped")]
    refused = browser.patch("/api/v1/me/reminders", {"leads": [7]}, "application/json")
    assert refused.status_code == 422


def test_a_booking_is_planned_at_once_and_again_where_its_process_was_killed(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        scene.book(at(10, days=2))
    assert states() == [(1440, "planned"), (60, "planned")]
    Reminder.objects.all().delete()
    tasks.plan_missing(NOW)
    assert states() == [(1440, "planned"), (60, "planned")]


def test_an_account_that_is_gone_takes_its_reminders_with_it(scene: Scene) -> None:
    from holdfast.core.identity.erasure import Subject
    from holdfast.meet.reminders import erasure

    scene.book(at(10, days=2))
    tasks.plan_missing(NOW)
    assert scene.client.user_id is not None
    subject = Subject(scene.client.user_id, scene.practice.pk, scene.client.pk)
    erasure.forget(subject)
    erasure.forget_wishes(subject)
    assert not Reminder.objects.exists()


def test_a_copy_has_each_reminder_and_old_ones_go(scene: Scene) -> None:
    appointment = scene.book(at(10, days=2))
    for lead, state in ((60, "planned"), (1440, "sent")):
        Reminder.objects.update_or_create(
            practice=scene.practice, client=scene.client, appointment_id=appointment.pk,
            starts_at=appointment.starts_at, lead=lead,
            defaults={"due_at": NOW, "state": state, "sent_at": NOW if state == "sent" else None},
        )  # fmt: skip
    assert sorted(row[2:4] for row in copies.rows(scene.client)) == [
        (60, "planned"),
        (1440, "sent"),
    ]
    assert [one["status"] for one in copies.resources(scene.client)] == ["completed"]
    begins = appointment.starts_at
    assert erasure.old_reminders(scene.practice.pk, begins).count() == 0
    assert erasure.old_reminders(scene.practice.pk, begins + timedelta(days=1)).count() == 2


def test_one_that_waits_on_its_way_out_is_called_back_when_the_appointment_goes(
    scene: Scene, mailbox: Mailbox
) -> None:
    appointment = scene.book(at(10, days=2))
    due = at(10, days=1)
    with time_machine.travel(due, tick=False):
        tasks.plan_missing(NOW)
        assert tasks.send_due(due) == 1
        scheduling.cancel(scene.practice.pk, appointment.pk, by=scene.by_dana)
        planning.bring_up_to_date(scene.practice.pk, appointment.pk, due)
        delivering.deliver_due(due)
    reminder = Notification.objects.filter(kind="appointment-reminder")
    row = DeliveryAttempt.objects.get(notification__in=reminder, channel="email")
    assert (row.outcome, row.reason) == ("skipped", "no-longer-needed")
