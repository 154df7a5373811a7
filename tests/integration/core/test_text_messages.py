"""Text messages over the wire to a provider; channels in the person's order, one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from holdfast.core.audit.models import INSTALLATION, AuditEvent
from holdfast.core.identity.models import User
from holdfast.core.notify import by_sms, facade, noting, tasks
from holdfast.core.notify.models import DeliveryAttempt, Notification, Preferences
from holdfast.core.tenancy.models import Practice
from tests import factories
from tests.integration.core import mail_server, sms_service
from tests.integration.core.mail_server import Mailbox
from tests.integration.core.sms_service import SmsService

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
SETTINGS = "/api/v1/me/notifications"
NUMBER = "+4915123456789"


@pytest.fixture
def service(settings: Any) -> Iterator[SmsService]:
    with sms_service.running() as running:
        settings.SMS_PROVIDER = running.provider
        yield running


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server.running(settings) as running:
        yield running


def person(**wishes: Any) -> User:
    """Somebody with a mailbox and a number of their own that was verified."""
    user = factories.make_user(email="mira@example.org")
    values = {"phone_verified_at": NOON, "sms": True} | wishes
    Preferences.objects.create(
        user=user, phone_sealed=by_sms.seal_number(user.pk, NUMBER), **values
    )
    return user


def told(user: User, **more: Any) -> Notification:
    practice = Practice.objects.first() or factories.make_practice()
    made = facade.send(
        practice_id=practice.pk, recipients=[user.pk], kind="notes-released", now=NOON, **more
    )
    return Notification.objects.get(pk=made[0])


def outcomes(of: Notification) -> list[tuple[str, str, str]]:
    rows = DeliveryAttempt.objects.filter(notification=of).exclude(channel="in_app").order_by("id")
    return list(rows.values_list("channel", "outcome", "reason"))


def test_a_number_takes_nothing_but_a_code_before_its_owner_typed_that_in(
    service: SmsService,
) -> None:
    user = factories.make_user()
    browser = factories.browser(user)
    with time_machine.travel(NOON, tick=False):
        given = browser.put(
            SETTINGS + "/phone", {"number": "+49 (151) 234-56789"}, "application/json"
        )
        assert (given.json()["phone"], given.json()["sms"]) == ("unverified", False)
        assert [each["to"] for each in service.received] == [NUMBER]
        assert (service.received[0]["from"], service.headers[0]["Authorization"]) == (
            sms_service.SENDER,
            "Bearer secret",
        )
        code = re.search(r"\d{6}", service.received[0]["text"])
        assert code is not None
        wrong = "000000" if code[0] != "000000" else "111111"
        refused = browser.post(SETTINGS + "/phone/code", {"code": wrong}, "application/json")
        assert (refused.status_code, refused.json()["code"]) == (422, "sms-code-wrong")
        right = browser.post(SETTINGS + "/phone/code", {"code": code[0]}, "application/json").json()
        assert (right["phone"], right["phone_ending"], right["sms"]) == ("verified", "789", True)
        again = browser.post(SETTINGS + "/phone/code", {"code": code[0]}, "application/json")
        assert again.status_code == 422
        assert browser.delete(SETTINGS + "/phone").json()["phone"] == "none"


def test_five_wrong_guesses_or_ten_minutes_end_a_code(service: SmsService) -> None:
    user = factories.make_user()
    browser = factories.browser(user)
    with time_machine.travel(NOON, tick=False) as moved:
        for seconds, guesses in ((0, 5), (601, 0)):
            service.received.clear()
            browser.put(SETTINGS + "/phone", {"number": NUMBER}, "application/json")
            code = re.findall(r"\d{6}", service.received[0]["text"])[0]
            for guess in range(guesses):
                wrong = f"{(int(code) + guess + 1) % 1_000_000:06d}"
                browser.post(SETTINGS + "/phone/code", {"code": wrong}, "application/json")
            moved.shift(seconds)
            late = browser.post(SETTINGS + "/phone/code", {"code": code}, "application/json")
            assert late.status_code == 422


def test_a_number_and_an_order_that_change_stand_in_the_log_of_the_record(
    service: SmsService,
) -> None:
    user = factories.make_user(email="mira@example.org")
    client = factories.make_client(factories.make_practice(), user=user)
    browser = factories.browser(user)
    browser.put(f"{SETTINGS}/phone", {"number": NUMBER}, "application/json")
    found = re.search(r"\d{6}", service.received[0]["text"])
    assert found is not None
    browser.post(f"{SETTINGS}/phone/code", {"code": found[0]}, "application/json")
    browser.patch(SETTINGS, {"order": ["sms", "email", "web_push"]}, "application/json")
    browser.patch(SETTINGS, {"quiet": True}, "application/json")
    for _ in range(2):
        browser.delete(f"{SETTINGS}/phone")
    log = AuditEvent.objects.filter(resource="notification_settings").order_by("id")
    said = ["give-phone", "verify-phone", "change-order", "forget-phone"]
    assert [one.action for one in log] == said
    assert {(one.practice_id, one.client_id) for one in log} == {(client.practice_id, client.pk)}
    assert NUMBER[-6:] not in repr(list(log.values()))


def test_what_staff_change_of_theirs_stands_in_the_log_of_the_installation() -> None:
    user = factories.make_user(email="dana@example.org")
    noting.note("change-order", user.pk)
    (entry,) = AuditEvent.objects.filter(resource="notification_settings")
    assert (entry.practice_id, entry.client_id) == (INSTALLATION, None)


def test_what_is_no_number_is_refused_and_not_repeated(service: SmsService) -> None:
    answer = factories.browser(factories.make_user()).put(
        SETTINGS + "/phone", {"number": "0151 hunter2"}, "application/json"
    )
    assert answer.status_code == 422
    assert b"hunter2" not in answer.content
    assert service.received == []


def test_the_first_channel_of_the_order_rings_and_the_others_stay_silent(
    service: SmsService, mailbox: Mailbox
) -> None:
    of = told(person(order="sms,email,web_push"))
    for minutes in (0, 6, 20):
        tasks.deliver_due(NOON + timedelta(minutes=minutes))
    assert [each["to"] for each in service.received] == [NUMBER]
    assert service.received[0]["text"].startswith("There is something new for you")
    assert mailbox.texts == []
    assert outcomes(of) == [("sms", "sent", ""), ("email", "skipped", "sent-by-sms")]


def test_a_dead_number_is_marked_and_the_next_channel_goes_at_once(
    service: SmsService, mailbox: Mailbox
) -> None:
    user = person(order="sms,email,web_push")
    service.status, service.answer = 400, {"code": 21211, "message": "invalid number"}
    of = told(user)
    tasks.deliver_due(NOON)
    tasks.deliver_due(NOON + timedelta(seconds=1))
    assert outcomes(of) == [("sms", "failed", "phone-dead"), ("email", "sent", "")]
    assert factories.browser(user).get(SETTINGS).json()["phone"] == "dead"
    service.status = 202
    again = told(user)
    tasks.deliver_due(NOON + timedelta(minutes=1))
    assert outcomes(again) == [("sms", "skipped", "phone-dead"), ("email", "sent", "")]
    assert service.received == []


def test_a_provider_that_is_away_is_tried_again_while_the_next_channel_takes_over(
    service: SmsService, mailbox: Mailbox
) -> None:
    service.status = 503
    of = told(person(order="sms,email,web_push"))
    for minutes in (0, 1, 5):
        tasks.deliver_due(NOON + timedelta(minutes=minutes))
    assert len(mailbox.texts) == 1
    service.status = 202
    tasks.deliver_due(NOON + timedelta(minutes=60))
    assert service.received == []
    assert outcomes(of)[-1] == ("sms", "skipped", "sent-by-email")


def test_of_a_text_message_that_nobody_knows_to_have_gone_out_no_second_one_goes(
    service: SmsService,
) -> None:
    of = told(person(order="sms,email,web_push", email=False))
    row = DeliveryAttempt.objects.get(notification=of, channel="sms")
    assert tasks._take(row, NOON + tasks.CLAIM_HOLDS, "claimed")
    tasks.deliver_due(NOON + tasks.CLAIM_HOLDS)
    assert service.received == []
    assert outcomes(of)[0] == ("sms", "failed", "outcome-unknown")


def test_an_email_tried_again_carries_the_same_name_for_the_mailbox(mailbox: Mailbox) -> None:
    of = told(person(sms=False))
    tasks.deliver_due(NOON)
    row = DeliveryAttempt.objects.get(notification=of, channel="email")
    DeliveryAttempt.objects.filter(pk=row.pk).update(
        outcome="claimed", next_attempt_at=NOON, finished_at=None
    )
    tasks.deliver_due(NOON)
    names = [message["Message-ID"] for message in mailbox.messages]
    assert len(names) == 2
    assert len(set(names)) == 1


def test_the_order_outlives_the_quiet_hours(service: SmsService, mailbox: Mailbox) -> None:
    night = datetime(2026, 11, 23, 23, tzinfo=UTC)
    user = person(order="email,sms,web_push")
    practice = factories.make_practice()
    facade.send(practice_id=practice.pk, recipients=[user.pk], kind="try", now=night)
    morning = datetime(2026, 11, 24, 8, tzinfo=UTC)
    tasks.deliver_due(night + timedelta(minutes=6))
    tasks.deliver_due(morning)
    tasks.deliver_due(morning + timedelta(minutes=6))
    assert (len(mailbox.texts), service.received) == (1, [])


def test_without_a_provider_a_wish_for_text_messages_says_why_nothing_comes() -> None:
    of = told(person())
    assert ("sms", "skipped", "no-provider") in outcomes(of)


def test_only_what_a_message_allows_is_taken(service: SmsService, mailbox: Mailbox) -> None:
    of = told(person(), channels=["sms"])
    tasks.deliver_due(NOON)
    assert outcomes(of) == [("sms", "sent", "")]
    assert mailbox.texts == []
