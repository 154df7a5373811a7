"""How somebody wishes to be told things, on which devices, and what came of each message."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import django.test
import pytest
import time_machine

from holdfast.core.notify import facade, tasks
from holdfast.core.notify.models import DeliveryAttempt, Notification, Subscription
from holdfast.core.tenancy.models import Client, Practice, Role
from tests import factories
from tests.integration.core import push_service
from tests.integration.core.push_service import Browser, PushService

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
SETTINGS = "/api/v1/me/notifications"
DEVICES = f"{SETTINGS}/devices"


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.PUSH_HOSTS = ("127.0.0.1",)
    with push_service.running() as running:
        yield running


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice()


@pytest.fixture
def person(practice: Practice) -> Client:
    return factories.make_client(practice, user=factories.make_user(email="mira@example.org"))


def at(person: Client) -> django.test.Client:
    assert person.user is not None
    return factories.browser(person.user)


def devices(browser: django.test.Client) -> list[tuple[str, str | None]]:
    shown = browser.get(SETTINGS).json()["devices"]
    return [(one["label"], one["ended_reason"]) for one in shown]


def test_nobody_has_to_choose_anything(person: Client, django_assert_num_queries: Any) -> None:
    browser = at(person)
    browser.get(SETTINGS)
    with django_assert_num_queries(5):  # session, account, wishes, addresses, devices
        shown = browser.get(SETTINGS).json()
    key = shown.pop("push_key")
    assert len(key) == 87  # an uncompressed point of P-256 in base64url
    assert shown == {
        "email": True,
        "email_address": "verified",
        "web_push": True,
        "sms": False,
        "sms_available": False,
        "phone": "none",
        "phone_ending": None,
        "order": ["web_push", "email", "sms"],
        "quiet": True,
        "quiet_from": "21:00:00",
        "quiet_until": "08:00:00",
        "devices": [],
    }


def test_only_what_is_sent_changes(person: Client) -> None:
    browser = at(person)
    browser.patch(SETTINGS, {"email": False}, "application/json")
    changed = browser.patch(SETTINGS, {"quiet_until": "06:30"}, "application/json").json()
    assert (changed["email"], changed["quiet_until"]) == (False, "06:30:00")
    assert (changed["web_push"], changed["quiet_from"]) == (True, "21:00:00")


@pytest.mark.parametrize(
    ("verified", "said"), [(True, "verified"), (False, "unverified"), (None, "none")]
)
def test_it_says_whether_an_e_mail_could_arrive(verified: bool | None, said: str) -> None:
    user = (
        factories.make_user()
        if verified is None
        else factories.make_user(email="z@example.org", verified=verified)
    )
    assert factories.browser(user).get(SETTINGS).json()["email_address"] == said


def test_a_device_is_taken_shown_and_removed(person: Client, service: PushService) -> None:
    browser = at(person)
    shown = browser.post(DEVICES, Browser(service).subscription(), "application/json").json()
    assert [one["label"] for one in shown["devices"]] == ["Firefox, Android"]
    body = {"id": shown["devices"][0]["id"]}
    assert browser.delete(DEVICES, body, "application/json").status_code == 204
    assert devices(browser) == [("Firefox, Android", "removed")]
    assert browser.delete(DEVICES, body, "application/json").status_code == 404


def test_a_browser_that_stops_names_itself(person: Client, service: PushService) -> None:
    browser, phone = at(person), Browser(service)
    browser.post(DEVICES, phone.subscription(), "application/json")
    body = {"endpoint": phone.endpoint}
    assert browser.delete(DEVICES, body, "application/json").status_code == 204
    assert devices(browser) == [("Firefox, Android", "removed")]
    both = body | {"id": str(Subscription.objects.get().pk)}
    assert browser.delete(DEVICES, both, "application/json").status_code == 422


def test_the_same_browser_again_changes_its_keys_and_stays_one(
    person: Client, service: PushService
) -> None:
    browser, phone, renewed = at(person), Browser(service), Browser(service)
    assert phone.endpoint == renewed.endpoint
    for each in (phone, renewed):
        browser.post(DEVICES, each.subscription(), "application/json")
    assert len(devices(browser)) == 1
    facade.send(
        practice_id=person.practice_id, recipients=[person.user_id or uuid.uuid4()],
        kind="prompt", now=NOON,
    )  # fmt: skip
    tasks.deliver_due(NOON)
    assert renewed.read(service.received[0])["path"] == "/today"


def test_a_browser_that_somebody_else_uses_now_tells_the_first_account_nothing(
    person: Client, service: PushService
) -> None:
    phone, other = Browser(service), factories.browser(factories.make_user())
    mine = at(person)
    mine.post(DEVICES, phone.subscription(), "application/json")
    other.post(DEVICES, phone.subscription(), "application/json")
    assert devices(mine) == [("Firefox, Android", "other-account")]
    assert devices(other) == [("Firefox, Android", None)]


def test_an_eleventh_device_takes_the_place_of_the_first(
    person: Client, service: PushService
) -> None:
    browser = at(person)
    for number in range(11):
        body = Browser(service, f"d{number}").subscription(label=f"device {number}")
        browser.post(DEVICES, body, "application/json")
    found = devices(browser)
    assert found[-1] == ("device 0", "replaced")
    assert {reason for _, reason in found[:-1]} == {None}
    assert len(found) == 11


def test_nobody_removes_the_device_of_somebody_else(person: Client, service: PushService) -> None:
    at(person).post(DEVICES, Browser(service).subscription(), "application/json")
    body = {"id": str(Subscription.objects.get().pk)}
    other = factories.browser(factories.make_user())
    assert other.delete(DEVICES, body, "application/json").status_code == 404
    assert devices(at(person)) == [("Firefox, Android", None)]


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://intranet.example/push"},
        {"endpoint": "http://127.0.0.2/push"},
        {"keys": {"p256dh": "AAAA", "auth": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"keys": {"p256dh": "B" + "A" * 86, "auth": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"label": "x" * 61},
    ],
)
def test_what_is_no_subscription_is_refused_and_not_repeated(
    person: Client, service: PushService, change: dict[str, Any]
) -> None:
    answer = at(person).post(DEVICES, Browser(service).subscription() | change, "application/json")
    assert answer.status_code == 422
    assert b"intranet" not in answer.content
    assert not Subscription.objects.exists()


def test_trying_it_goes_out_at_night_and_twice_at_once_is_once(
    person: Client, practice: Practice, mailoutbox: Any
) -> None:
    browser, path = at(person), f"/api/v1/practices/{practice.pk}/notifications/try"
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)
    with time_machine.travel(midnight, tick=False):
        first = browser.post(path).json()
        tasks.deliver_due(midnight)
        again = browser.post(path).json()
    assert first["id"] == again["id"]
    assert [(one["channel"], one["outcome"]) for one in first["attempts"]] == [
        ("in_app", "sent"),
        ("email", "waiting"),
    ]
    assert again["attempts"][1]["outcome"] == "sent"
    assert len(mailoutbox) == 1
    with time_machine.travel(midnight + timedelta(minutes=1), tick=False):
        assert browser.post(path).json()["id"] != first["id"]


def _tell(person: Client, **options: Any) -> None:
    values: dict[str, Any] = {"kind": "prompt", "now": NOON} | options
    facade.send(
        practice_id=person.practice_id, recipients=[person.user_id or uuid.uuid4()], **values
    )


def test_the_person_and_the_team_see_each_attempt_and_what_came_of_it(
    person: Client, practice: Practice, django_assert_num_queries: Any
) -> None:
    clinician = factories.make_member(practice, Role.CLINICIAN)
    factories.join_care_team(person, clinician)
    for _ in range(3):
        _tell(person, expires_at=NOON + timedelta(hours=1))
    tasks.deliver_due(NOON)
    tasks.judge_due(NOON + timedelta(hours=2))
    elsewhere = factories.make_practice()
    facade.send(
        practice_id=elsewhere.pk, recipients=[person.user_id or uuid.uuid4()], kind="prompt"
    )
    path = f"/api/v1/practices/{practice.pk}/clients/{person.pk}/deliveries"
    own = at(person).get(f"/api/v1/practices/{practice.pk}/deliveries").json()
    assert at(person).get(path).json() == own
    assert factories.browser(clinician.user).get(path).json() == own
    assert [one["problem"] for one in own["items"]] == ["client-silent"] * 3
    assert [(one["channel"], one["outcome"]) for one in own["items"][0]["attempts"]] == [
        ("in_app", "sent"),
        ("email", "sent"),
    ]
    browser, own_path = at(person), f"/api/v1/practices/{practice.pk}/deliveries"
    browser.get(own_path)
    with django_assert_num_queries(6):  # session, account, memberships, practice, and the two
        browser.get(own_path)


def test_a_person_without_an_account_was_told_nothing(practice: Practice) -> None:
    nobody = factories.make_client(practice, account=False)
    clinician = factories.make_member(practice, Role.CLINICIAN)
    factories.join_care_team(nobody, clinician)
    path = f"/api/v1/practices/{practice.pk}/clients/{nobody.pk}/deliveries"
    assert factories.browser(clinician.user).get(path).json() == {
        "items": [],
        "next": None,
        "dead": [],
    }


def test_deleting_the_account_leaves_neither_devices_nor_messages(
    person: Client, service: PushService
) -> None:
    browser = at(person)
    browser.post(DEVICES, Browser(service).subscription(), "application/json")
    _tell(person)
    assert person.user is not None
    body = {"current_auth_secret": factories.auth_secret(person.user.login)}
    assert browser.delete("/api/v1/me", body, "application/json").status_code == 204
    for model in (Subscription, Notification, DeliveryAttempt):
        assert not model.objects.exists()
