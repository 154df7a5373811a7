"""Notifications and every attempt to deliver them, against a real SMTP server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from holdfast.core.identity.models import User
from holdfast.core.notify import facade, tasks
from holdfast.core.notify.models import DeliveryAttempt, Notification
from holdfast.core.tenancy.models import Practice, Role
from tests import factories
from tests.integration.core import mail_server
from tests.integration.core.mail_server import Mailbox

pytestmark = pytest.mark.django_db

#: Noon in Berlin and the UTC of an account that says nothing else: no quiet hours.
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server.running(settings) as handler:
        yield handler


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice("Sunrise Clinic")


def _notify(practice: Practice, *users: User) -> None:
    facade.send(
        practice_id=practice.pk,
        recipients=[user.pk for user in users],
        kind="flag-raised",
        subject_id=practice.pk,
        now=NOON,
    )


def _emails() -> list[tuple[int, str, str]]:
    rows = DeliveryAttempt.objects.filter(channel="email").order_by("attempt", "id")
    return list(rows.values_list("attempt", "outcome", "reason"))


def test_each_recipient_gets_one_notification_in_the_app_at_once(
    practice: Practice, django_assert_num_queries: Any
) -> None:
    users = [factories.make_user() for _ in range(5)]
    with django_assert_num_queries(8):  # four reads, two inserts, the transaction's two ends
        _notify(practice, *users, users[0])
    assert Notification.objects.count() == 5
    in_app = DeliveryAttempt.objects.filter(channel="in_app")
    assert set(in_app.values_list("outcome", flat=True)) == {"sent"}


def test_without_a_verified_address_the_email_is_skipped_and_says_why(practice: Practice) -> None:
    _notify(practice, factories.make_user())
    _notify(practice, factories.make_user(email="x@example.org", verified=False))
    assert _emails() == [(1, "skipped", "no-address"), (1, "skipped", "address-unverified")]


def test_an_email_goes_out_once_and_tells_nothing(practice: Practice, mailbox: Mailbox) -> None:
    user = factories.make_user("zebra", email="z@example.org", language="en")
    _notify(practice, user)
    assert tasks.deliver_due(NOON) == 1
    assert tasks.deliver_due(NOON) == 0
    assert _emails() == [(1, "sent", "")]
    text = mailbox.texts[0].lower()
    assert "there is something new for you" in text
    for word in ("zebra", "sunrise", "flag", "clinic", str(practice.pk)):
        assert word not in text


def test_it_is_written_in_the_recipients_language(practice: Practice, mailbox: Mailbox) -> None:
    _notify(practice, factories.make_user(email="z@example.org", language="de"))
    tasks.deliver_due(NOON)
    assert "Melden Sie sich an" in mailbox.texts[0]


def test_a_server_that_is_away_is_tried_after_1_5_and_30_minutes_and_no_more(
    practice: Practice, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.free_port()
    settings.EMAIL_USE_TLS = False
    _notify(practice, factories.make_user(email="z@example.org"))
    now = NOON
    assert tasks.deliver_due(now) == 1
    for wait in (1, 5, 30):
        now += timedelta(minutes=wait)
        assert tasks.deliver_due(now - timedelta(seconds=1)) == 0
        assert tasks.deliver_due(now) == 1
    assert _emails() == [(n, "failed", "server-unreachable") for n in (1, 2, 3, 4)]
    assert tasks.deliver_due(now + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ({"answer_to_recipient": "451 come again"}, "recipient-refused"),
        ({"answer_to_data": "554 looks like spam"}, "smtp-554"),
    ],
)
def test_a_refusal_is_written_down(
    practice: Practice, mailbox: Mailbox, refusal: dict[str, str], reason: str
) -> None:
    for name, answer in refusal.items():
        setattr(mailbox, name, answer)
    _notify(practice, factories.make_user(email="z@example.org"))
    tasks.deliver_due(NOON)
    assert _emails() == [(1, "failed", reason), (2, "waiting", "")]


def test_a_mailbox_that_does_not_exist_is_not_tried_again_until_the_address_is_another(
    practice: Practice, mailbox: Mailbox
) -> None:
    user = factories.make_user(email="gone@example.org")
    mailbox.answer_to_recipient = "550 no such mailbox"
    _notify(practice, user)
    tasks.deliver_due(NOON)
    assert _emails() == [(1, "failed", "address-dead")]
    mailbox.answer_to_recipient = "250 OK"
    _notify(practice, user)
    tasks.deliver_due(NOON)
    assert _emails()[-1] == (1, "skipped", "address-dead")
    row = EmailAddress.objects.get(user=user)
    row.email = "here@example.org"
    row.save()
    _notify(practice, user)
    tasks.deliver_due(NOON)
    assert _emails()[-1] == (1, "sent", "")
    assert mailbox.recipients == ["here@example.org"]


def test_who_mistook_a_full_day_of_the_mail_server_for_the_end_asks_to_try_again(
    practice: Practice, mailbox: Mailbox
) -> None:
    person = factories.make_client(practice, user=factories.make_user(email="gone@example.org"))
    clinician = factories.make_member(practice, Role.CLINICIAN)
    factories.join_care_team(person, clinician)
    assert person.user is not None
    mailbox.answer_to_recipient = "550 no such mailbox"
    _notify(practice, person.user)
    tasks.deliver_due(NOON)
    path = f"/api/v1/practices/{practice.pk}/clients/{person.pk}/deliveries"
    dead = factories.browser(clinician.user).get(path).json()["dead"]
    assert [(one["channel"], one["reason"]) for one in dead] == [("email", "smtp-550")]
    own = factories.browser(person.user)
    settings = "/api/v1/me/notifications"
    assert own.get(settings).json()["email_address"] == "dead"
    own.patch(settings, {"try_again": "email"}, "application/json")
    assert own.get(settings).json()["email_address"] == "verified"
    mailbox.answer_to_recipient = "250 OK"
    _notify(practice, person.user)
    tasks.deliver_due(NOON)
    assert mailbox.recipients == ["gone@example.org"]


def test_a_second_attempt_that_succeeds_ends_it(practice: Practice, mailbox: Mailbox) -> None:
    mailbox.answer_to_data = "451 later"
    _notify(practice, factories.make_user(email="z@example.org"))
    tasks.deliver_due(NOON)
    mailbox.answer_to_data = "250 OK"
    tasks.deliver_due(NOON + timedelta(minutes=2))
    assert _emails() == [(1, "failed", "smtp-451"), (2, "sent", "")]


def _given_up() -> int:
    return DeliveryAttempt.objects.filter(outcome="failed", next_attempt_at=None).count()


def test_only_the_last_failure_counts_as_a_message_that_did_not_arrive(
    practice: Practice, mailbox: Mailbox
) -> None:
    mailbox.answer_to_data = "451 later"
    _notify(practice, factories.make_user(email="z@example.org"))
    now = NOON
    tasks.deliver_due(now)
    assert _given_up() == 0
    for wait in (1, 5):
        now += timedelta(minutes=wait)
        tasks.deliver_due(now)
    assert _given_up() == 0
    tasks.deliver_due(now + timedelta(minutes=30))
    assert _given_up() == 1


def test_a_row_that_another_process_has_claimed_is_left_alone(practice: Practice) -> None:
    _notify(practice, factories.make_user(email="z@example.org"))
    attempt = DeliveryAttempt.objects.get(channel="email")
    stale = DeliveryAttempt.objects.get(pk=attempt.pk)
    later = NOON + tasks.CLAIM_HOLDS
    assert tasks._take(attempt, later, "claimed")
    assert not tasks._take(stale, later, "claimed")
    assert tasks.deliver_due(NOON) == 0


def test_a_claim_of_a_process_that_died_is_taken_over(practice: Practice, mailbox: Mailbox) -> None:
    _notify(practice, factories.make_user(email="z@example.org"))
    attempt = DeliveryAttempt.objects.get(channel="email")
    tasks._take(attempt, NOON + tasks.CLAIM_HOLDS, "claimed")
    assert tasks.deliver_due(NOON + tasks.CLAIM_HOLDS) == 1
    assert _emails() == [(1, "sent", "")]


def test_ones_own_notifications_are_listed_and_marked_read(
    practice: Practice, django_assert_num_queries: Any
) -> None:
    member = factories.make_member(practice, Role.CLINICIAN)
    other = factories.make_member(practice, Role.CLINICIAN)
    for _ in range(60):
        _notify(practice, member.user, other.user)
    browser = factories.browser(member.user)
    path = f"/api/v1/practices/{practice.pk}/notifications"
    browser.get(path)
    with django_assert_num_queries(5):  # session, account, memberships, practice, the list
        first = browser.get(path).json()
    assert len(first["items"]) == 50
    second = browser.get(f"{path}?cursor={first['next']}").json()
    assert (len(second["items"]), second["next"]) == (10, None)
    one = first["items"][0]["id"]
    assert browser.post(f"{path}/{one}/read").json()["read_at"] is not None
    theirs = Notification.objects.filter(recipient=other.user).first()
    assert theirs is not None
    assert browser.post(f"{path}/{theirs.pk}/read").status_code == 404


def test_a_made_up_cursor_is_refused(practice: Practice) -> None:
    browser = factories.browser(factories.make_member(practice, Role.CLINICIAN).user)
    answer = browser.get(f"/api/v1/practices/{practice.pk}/notifications?cursor=hunter2")
    assert answer.status_code == 422
    assert b"hunter2" not in answer.content
