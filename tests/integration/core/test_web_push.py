"""Web push, against a push service on loopback and a browser that decrypts what comes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from holdfast.core.identity.models import User
from holdfast.core.notify import by_web_push, facade, subscriptions, tasks
from holdfast.core.notify.models import DeliveryAttempt, Notification, Preferences, Subscription
from holdfast.core.tenancy.models import Practice
from tests import factories
from tests.integration.core import push_service
from tests.integration.core.push_service import Browser, PushService

pytestmark = pytest.mark.django_db

#: Nobody's quiet hours.
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.PUSH_HOSTS = ("127.0.0.1",)
    with push_service.running() as running:
        yield running


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice("Sunrise Clinic")


def subscribe(user: User, browser: Browser) -> None:
    answer = factories.browser(user).post(
        "/api/v1/me/notifications/devices", browser.subscription(), "application/json"
    )
    assert answer.status_code == 200, answer.content


def tell(practice: Practice, user: User, **options: Any) -> uuid.UUID:
    settings: dict[str, Any] = {"kind": "prompt", "subject_id": uuid.uuid4(), "now": NOON} | options
    return facade.send(practice_id=practice.pk, recipients=[user.pk], **settings)[0]


def tries(channel: str = "web_push") -> list[tuple[int, str, str]]:
    rows = DeliveryAttempt.objects.filter(channel=channel).order_by("attempt", "id")
    return list(rows.values_list("attempt", "outcome", "reason"))


def test_a_push_arrives_sealed_for_the_browser_and_signed_by_the_installation(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user("zebra", language="de")
    phone = Browser(service)
    subscribe(user, phone)
    told = tell(practice, user)
    assert tasks.deliver_due(NOON) == 1
    assert tries() == [(1, "sent", "")]
    message = service.received[0]
    assert message.path == phone.path
    claims = message.claims(by_web_push.public_key())
    assert claims["sub"].startswith("mailto:")
    assert phone.read(message) == {
        "title": "Es gibt etwas Neues für Sie",
        "language": "de",
        "path": "/today",
        "tag": str(told),
    }


def test_neither_the_push_service_nor_the_lock_screen_learns_what_it_is_about(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user("zebra", language="en")
    phone = Browser(service)
    subscribe(user, phone)
    tell(practice, user, kind="flag-acknowledged")
    tasks.deliver_due(NOON)
    message = service.received[0]
    seen = f"{message.path} {message.headers} {phone.plain(message)!r}".lower()
    for word in ("zebra", "sunrise", "flag", "clinic", "answer", str(practice.pk), str(user.pk)):
        assert word not in seen


def test_messages_of_every_kind_and_language_have_one_length(
    practice: Practice, service: PushService
) -> None:
    sizes = set()
    for language in ("en", "ar"):
        for kind, discreet in (("prompt", True), ("flag-raised", False)):
            user = factories.make_user(language=language, discreet=discreet)
            subscribe(user, Browser(service, user.login))
            tell(practice, user, kind=kind)
    tasks.deliver_due(NOON)
    sizes = {len(message.body) for message in service.received}
    assert (len(service.received), len(sizes)) == (4, 1)


def test_whoever_turned_discretion_off_is_told_what_kind_of_news_it_is(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user(discreet=False)
    phone = Browser(service)
    subscribe(user, phone)
    tell(practice, user)
    tasks.deliver_due(NOON)
    assert phone.read(service.received[0])["title"] == "A check-in is waiting for you"


def test_every_device_gets_it_and_each_has_its_own_row(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user()
    for name in ("phone", "tablet"):
        subscribe(user, Browser(service, name))
    tell(practice, user)
    tasks.deliver_due(NOON)
    assert {message.path for message in service.received} == {"/push/phone", "/push/tablet"}
    assert tries() == [(1, "sent", ""), (1, "sent", "")]


def test_a_message_is_kept_for_a_browser_that_is_off_only_while_it_is_of_use(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user()
    subscribe(user, Browser(service))
    tell(practice, user, expires_at=NOON + timedelta(minutes=30))
    tell(practice, user, urgent=True)
    tell(practice, user)
    tasks.deliver_due(NOON)
    kept = [(one.headers["ttl"], one.headers["urgency"]) for one in service.received]
    assert sorted(kept) == [("14400", "high"), ("1800", "normal"), ("86400", "normal")]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_ended_with_the_reason_and_the_e_mail_goes_at_once(
    practice: Practice, service: PushService, status: int
) -> None:
    user = factories.make_user(email="z@example.org")
    phone = Browser(service)
    subscribe(user, phone)
    service.answers[phone.path] = (status, {})
    tell(practice, user)
    tasks.deliver_due(NOON)
    assert tries() == [(1, "failed", "device-gone")]
    device = Subscription.objects.get()
    assert (device.ended_reason, device.ended_at, bytes(device.sealed)) == ("gone", NOON, b"")
    assert tasks.deliver_due(NOON) == 1
    assert tries("email") == [(1, "sent", "")]
    tell(practice, user)
    assert len(tries()) == 1


def test_a_push_service_that_is_away_is_tried_after_1_5_and_30_minutes_and_no_more(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user()
    phone = Browser(service)
    subscribe(user, phone)
    service.answers[phone.path] = (503, {})
    told = tell(practice, user)
    now = NOON
    assert tasks.deliver_due(now) == 1
    for wait in (1, 5, 30):
        now += timedelta(minutes=wait)
        assert tasks.deliver_due(now - timedelta(seconds=1)) == 0
        assert tasks.deliver_due(now) == 1
    assert tries() == [(n, "failed", "push-503") for n in (1, 2, 3, 4)]
    assert Notification.objects.get(pk=told).problem == "not-delivered"


def test_a_busy_push_service_is_given_the_time_it_asks_for(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user()
    phone = Browser(service)
    subscribe(user, phone)
    service.answers[phone.path] = (429, {"retry-after": "600"})
    tell(practice, user)
    tasks.deliver_due(NOON)
    second = DeliveryAttempt.objects.get(channel="web_push", attempt=2)
    assert second.next_attempt_at == NOON + timedelta(minutes=10)
    service.answers.clear()
    tasks.deliver_due(NOON + timedelta(minutes=10))
    assert tries() == [(1, "failed", "push-429"), (2, "sent", "")]


def test_a_push_service_that_cannot_be_reached_is_written_down(
    practice: Practice, settings: Any
) -> None:
    settings.PUSH_HOSTS = ("127.0.0.1",)
    user = factories.make_user()
    with push_service.running() as away:
        subscribe(user, Browser(away))
    tell(practice, user)
    tasks.deliver_due(NOON)
    assert tries() == [(1, "failed", "server-unreachable"), (2, "waiting", "")]


def test_a_redirect_is_not_followed(practice: Practice, service: PushService) -> None:
    user = factories.make_user()
    phone = Browser(service)
    subscribe(user, phone)
    service.answers[phone.path] = (307, {"location": f"{service.origin}/elsewhere"})
    tell(practice, user)
    tasks.deliver_due(NOON)
    assert [one.path for one in service.received] == [phone.path]
    assert tries()[0] == (1, "failed", "push-307")


def test_an_e_mail_follows_only_where_no_push_went_out(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user(email="z@example.org")
    subscribe(user, Browser(service))
    tell(practice, user)
    tasks.deliver_due(NOON)
    assert tries("email") == [(1, "waiting", "")]
    tasks.deliver_due(NOON + timedelta(minutes=5))
    assert tries("email") == [(1, "skipped", "sent-by-push")]


def test_what_is_urgent_takes_every_channel_at_once_whatever_was_turned_off(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user(email="z@example.org")
    subscribe(user, Browser(service))
    Preferences.objects.create(user=user, email=False, web_push=False)
    tell(practice, user, urgent=True)
    assert tasks.deliver_due(NOON) == 2
    assert (tries(), tries("email")) == ([(1, "sent", "")], [(1, "sent", "")])


def test_channels_that_were_turned_off_are_left_alone(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user(email="z@example.org")
    subscribe(user, Browser(service))
    Preferences.objects.create(user=user, email=False, web_push=False)
    tell(practice, user)
    assert tasks.deliver_due(NOON) == 0
    assert (tries(), tries("email")) == ([], [(1, "skipped", "turned-off")])


def test_a_claim_of_a_process_that_died_is_taken_over_and_only_then(
    practice: Practice, service: PushService
) -> None:
    user = factories.make_user()
    subscribe(user, Browser(service))
    tell(practice, user)
    attempt = DeliveryAttempt.objects.get(channel="web_push")
    assert tasks._take(attempt, NOON + tasks.CLAIM_HOLDS, "claimed")
    assert not tasks._take(attempt, NOON + tasks.CLAIM_HOLDS, "claimed")
    assert tasks.deliver_due(NOON) == 0
    assert tasks.deliver_due(NOON + tasks.CLAIM_HOLDS) == 1
    assert tries() == [(1, "sent", "")]


def test_a_row_that_was_tampered_with_stops_nothing_else(
    practice: Practice, service: PushService
) -> None:
    user, other = factories.make_user(), factories.make_user()
    subscribe(user, Browser(service, "broken"))
    subscribe(other, Browser(service, "whole"))
    Subscription.objects.filter(user=user).update(sealed=b"\x01" + bytes(60))
    tell(practice, user)
    tell(practice, other)
    tasks.deliver_due(NOON)
    assert tries() == [(1, "failed", "device-unreadable"), (1, "sent", "")]


def test_without_a_key_of_its_own_an_installation_has_no_web_push(
    practice: Practice, service: PushService, settings: Any
) -> None:
    user = factories.make_user()
    subscribe(user, Browser(service))
    settings.VAPID_PRIVATE_KEY = ""
    shown = factories.browser(user).get("/api/v1/me/notifications").json()
    assert shown["push_key"] is None
    tell(practice, user)
    tasks.deliver_due(NOON)
    assert tries() == [(1, "skipped", "no-key")]


def test_what_a_browser_gave_is_sealed_at_rest(service: PushService) -> None:
    user = factories.make_user()
    phone = Browser(service)
    subscribe(user, phone)
    row = Subscription.objects.get()
    kept = repr(vars(row) | {"sealed": bytes(row.sealed)})
    for secret in (phone.endpoint, *phone.keys.values()):
        assert secret not in kept
    assert subscriptions.opened(row).endpoint == phone.endpoint


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://db5p.notify.windows.com/w/?token=abc", True),
        ("https://fcm.googleapis.com:443/fcm/send/abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/abc", False),
        ("https://fcm.googleapis.com.evil.example/abc", False),
        ("https://evilfcm.googleapis.com.example/abc", False),
        ("https://someone@fcm.googleapis.com/abc", False),
        ("https://127.0.0.1/abc", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("https://[::1]/abc", False),
        ("https://fcm.googleapis.com:port/abc", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_known_push_services_are_posted_to(address: str, good: bool) -> None:
    assert subscriptions.is_push_service(address) is good
