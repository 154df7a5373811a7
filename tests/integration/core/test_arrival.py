"""A message that did not arrive is a delivery problem, and never the person's silence."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from holdfast.core import events
from holdfast.core.notify import facade, tasks
from holdfast.core.notify.events import DeliveryProblemChanged
from holdfast.core.notify.models import DeliveryAttempt, Notification, Preferences
from holdfast.core.tenancy.models import Client, Practice, Role
from tests import factories

pytestmark = pytest.mark.django_db

#: Noon in Berlin, where everybody here is unless a test says otherwise.
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
CLOSES = NOON + timedelta(hours=2)
AFTER = CLOSES + timedelta(seconds=1)


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice()


@pytest.fixture
def person(practice: Practice) -> Client:
    return factories.make_client(practice, user=factories.make_user(email="mira@example.org"))


def account(person: Client) -> uuid.UUID:
    assert person.user_id is not None
    return person.user_id


def prompt(person: Client, **options: Any) -> uuid.UUID:
    """Tell the person of a prompt that opens at noon and closes at two; returns its id."""
    subject = uuid.uuid4()
    values: dict[str, Any] = {"kind": "prompt", "now": NOON, "expires_at": CLOSES} | options
    facade.send(
        practice_id=person.practice_id,
        recipients=[account(person)],
        **({"subject_id": subject} | values),
    )
    return subject


def problem(person: Client, subject: uuid.UUID) -> str | None:
    return facade.problems_of(person.practice_id, [subject]).get(subject)


def break_mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False


def test_a_prompt_that_the_app_fetched_in_time_arrived(person: Client) -> None:
    subject = prompt(person)
    facade.seen(account(person), NOON + timedelta(minutes=30))
    assert tasks.judge_due(AFTER) == 1
    assert problem(person, subject) is None


def test_a_prompt_that_no_channel_delivered_is_a_delivery_problem(
    person: Client, settings: Any
) -> None:
    break_mail(settings)
    subject = prompt(person)
    tasks.deliver_due(NOON)
    assert tasks.judge_due(CLOSES - timedelta(seconds=1)) == 0
    assert problem(person, subject) is None
    tasks.judge_due(AFTER)
    assert problem(person, subject) == "not-delivered"


def test_a_prompt_whose_client_was_silent_is_a_delivery_problem(person: Client) -> None:
    subject = prompt(person)
    tasks.deliver_due(NOON)
    facade.seen(account(person), NOON - timedelta(minutes=1))
    facade.seen(account(person), AFTER)
    tasks.judge_due(AFTER)
    assert problem(person, subject) == "client-silent"


def test_one_reminder_that_arrived_is_enough(person: Client) -> None:
    subject = prompt(person)
    prompt(person, kind="reminder", subject_id=subject, now=NOON + timedelta(hours=1))
    facade.seen(account(person), NOON + timedelta(minutes=90))
    tasks.judge_due(AFTER)
    assert problem(person, subject) is None


def test_a_device_that_was_open_without_network_takes_the_problem_back(person: Client) -> None:
    subject, other = prompt(person), prompt(person, expires_at=NOON + timedelta(minutes=5))
    tasks.deliver_due(NOON)
    tasks.judge_due(AFTER)
    assert problem(person, subject) == "client-silent"
    facade.seen(account(person), AFTER, at=NOON + timedelta(minutes=10))
    assert problem(person, subject) is None
    assert problem(person, other) == "client-silent"


def test_a_clock_that_runs_ahead_on_the_device_cannot_see_the_future(person: Client) -> None:
    prompt(person)
    facade.seen(account(person), NOON, at=NOON + timedelta(days=400))
    assert Notification.objects.get().seen_at == NOON


def test_an_answered_prompt_is_no_problem_and_asks_nobody_any_more(person: Client) -> None:
    missed = prompt(person)
    tasks.judge_due(AFTER)
    assert problem(person, missed) == "not-delivered"
    waiting = prompt(person, now=AFTER, expires_at=AFTER + timedelta(hours=1))
    facade.settle(practice_id=person.practice_id, subject_ids=[missed, waiting], now=AFTER)
    assert problem(person, missed) is None
    assert tasks.deliver_due(AFTER) == 0
    tasks.judge_due(AFTER + timedelta(hours=2))
    assert problem(person, waiting) is None
    reasons = DeliveryAttempt.objects.filter(channel="email").values_list("reason", flat=True)
    assert set(reasons) == {"no-longer-needed"}


def test_nothing_is_sent_of_what_has_expired(person: Client) -> None:
    prompt(person)
    assert tasks.deliver_due(AFTER) == 0
    mail = DeliveryAttempt.objects.get(channel="email")
    assert (mail.outcome, mail.reason) == ("skipped", "expired")


def test_an_app_that_is_open_needs_no_e_mail(person: Client) -> None:
    prompt(person)
    facade.seen(account(person), NOON)
    assert tasks.deliver_due(NOON) == 0
    assert DeliveryAttempt.objects.get(channel="email").reason == "seen-in-app"


def test_whoever_waits_for_a_standing_hears_of_each_change(
    person: Client, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[DeliveryProblemChanged] = []
    events.subscribe(DeliveryProblemChanged, heard.append)
    subject = prompt(person)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.judge_due(AFTER)
    with django_capture_on_commit_callbacks(execute=True):
        facade.settle(practice_id=person.practice_id, subject_ids=[subject], now=AFTER)
    expected = DeliveryProblemChanged(person.practice_id, account(person))
    assert heard == [expected, expected]


def test_problems_are_counted_and_listed_per_practice(
    person: Client, django_assert_num_queries: Any
) -> None:
    elsewhere = factories.make_practice()
    subject = prompt(person)
    facade.send(
        practice_id=elsewhere.pk,
        recipients=[account(person)],
        kind="prompt",
        now=NOON,
        expires_at=CLOSES,
    )
    tasks.judge_due(AFTER)
    with django_assert_num_queries(1):
        assert facade.problems_by_account(person.practice_id, NOON) == {account(person): 1}
    with django_assert_num_queries(1):
        found = facade.recent_problems(person.practice_id, account(person), NOON)
    assert [(one.at, one.kind, one.subject_id, one.reason) for one in found] == [
        (AFTER, "prompt", subject, "not-delivered")
    ]
    assert facade.problems_by_account(person.practice_id, AFTER + timedelta(seconds=1)) == {}


def test_judging_many_takes_as_many_statements_as_judging_one(
    practice: Practice, django_assert_num_queries: Any
) -> None:
    for _ in range(20):
        prompt(factories.make_client(practice))
    # what is due, those rows, their attempts, one update, the standings, the transaction's ends
    with django_assert_num_queries(7):
        assert tasks.judge_due(AFTER) == 20


# --- quiet hours

NIGHT = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # 22:30 in Berlin


def test_at_night_a_reminder_waits_for_the_morning_of_the_persons_zone(person: Client) -> None:
    prompt(person, now=NIGHT, expires_at=None)
    assert tasks.deliver_due(NIGHT) == 0
    mail = DeliveryAttempt.objects.get(channel="email")
    morning = datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert (mail.outcome, mail.next_attempt_at) == ("waiting", morning)
    assert tasks.deliver_due(morning - timedelta(seconds=1)) == 0
    assert tasks.deliver_due(morning) == 1


def test_the_zone_is_where_the_person_is_now(person: Client) -> None:
    prompt(person, now=NIGHT, expires_at=None)
    tasks.deliver_due(NIGHT)
    Client.objects.update(time_zone="America/New_York")
    morning = datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert tasks.deliver_due(morning) == 0
    assert tasks.deliver_due(datetime(2026, 11, 24, 13, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        ("2026-03-28T21:30+01:00", "2026-03-29T06:00Z"),
        ("2026-10-24T21:30+02:00", "2026-10-25T07:00Z"),
    ],
)
def test_the_night_the_clocks_change_the_morning_is_eight_on_the_wall(
    person: Client, evening: str, morning: str
) -> None:
    prompt(person, now=factories.instant(evening), expires_at=None)
    tasks.deliver_due(factories.instant(evening))
    waits = DeliveryAttempt.objects.get(channel="email").next_attempt_at
    assert waits == factories.instant(morning)


def test_own_quiet_hours_count_and_none_is_a_choice_too(person: Client) -> None:
    wishes = Preferences.objects.create(user_id=account(person), quiet=False)
    prompt(person, now=NIGHT, expires_at=None)
    assert tasks.deliver_due(NIGHT) == 1
    wishes.quiet, wishes.quiet_from, wishes.quiet_until = True, time(23), time(5, 30)
    wishes.save()
    prompt(person, now=NIGHT, expires_at=None)
    assert tasks.deliver_due(NIGHT) == 1
    prompt(person, now=NIGHT + timedelta(hours=1), expires_at=None)
    assert tasks.deliver_due(NIGHT + timedelta(hours=1)) == 0


def test_a_flag_wakes_those_who_answer_for_it(practice: Practice) -> None:
    member = factories.make_member(
        practice, Role.CLINICIAN, email="dana@example.org", time_zone="Europe/Berlin"
    )
    facade.send(
        practice_id=practice.pk, recipients=[member.user_id], kind="flag-raised", now=NIGHT,
        urgent=True,
    )  # fmt: skip
    assert tasks.deliver_due(NIGHT) == 1


def test_what_quiet_hours_held_back_until_it_expired_is_a_delivery_problem(person: Client) -> None:
    closes = NIGHT + timedelta(hours=2)
    subject = prompt(person, now=NIGHT, expires_at=closes)
    tasks.deliver_due(NIGHT)
    tasks.judge_due(closes)
    assert problem(person, subject) == "not-delivered"


def test_a_slow_mail_server_does_not_keep_the_worker(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        user = factories.make_user(email=f"person{number}@example.org")
        prompt(factories.make_client(practice, user=user))
    ticks = iter(range(0, 1000, 4))
    monkeypatch.setattr("holdfast.core.notify.tasks.monotonic", lambda: float(next(ticks)))
    assert tasks.deliver_due(NOON) == 2
    assert tasks.deliver_due(NOON) == 2


def test_flags_go_before_reminders(practice: Practice, person: Client, mailoutbox: Any) -> None:
    prompt(person)
    member = factories.make_member(practice, Role.CLINICIAN, email="dana@example.org")
    facade.send(
        practice_id=practice.pk, recipients=[member.user_id], kind="flag-raised", urgent=True,
        now=NOON + timedelta(minutes=1),
    )  # fmt: skip
    tasks.deliver_due(NOON + timedelta(minutes=1))
    assert [mail.to for mail in mailoutbox] == [["dana@example.org"], ["mira@example.org"]]


def test_the_app_reports_that_it_is_open(person: Client, django_assert_num_queries: Any) -> None:
    prompt(person)
    assert person.user is not None
    with time_machine.travel(NOON + timedelta(minutes=3), tick=False):
        browser = factories.browser(person.user)
        assert browser.post("/api/v1/me/seen", {}, "application/json").status_code == 204
        assert Notification.objects.get().seen_at == NOON + timedelta(minutes=3)
        with django_assert_num_queries(5):  # session, account, one update and its transaction
            browser.post("/api/v1/me/seen", {}, "application/json")
