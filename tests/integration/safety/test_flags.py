"""A flag from the answer to its end: who owns it, when it is due, what the person is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from holdfast.core.actor import system
from holdfast.core.audit.models import AuditEvent
from holdfast.core.notify.models import DeliveryAttempt, Notification
from holdfast.core.tenancy.models import OnCall
from holdfast.safety.flags import facade, queries, tasks
from holdfast.safety.flags.facade import Signal
from holdfast.safety.flags.models import Flag, FlagEvent, FlagSignal
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, as_shown, asq, at, make_scene, phq9

pytestmark = pytest.mark.django_db

NIGHT = "2026-11-23T20:00:00+00:00"
TUESDAY_9 = factories.instant("2026-11-24T08:00:00+00:00")  # 09:00 in Berlin


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def signal(level: str = "concern", reason: str = "thoughts-of-death", **more: Any) -> Signal:
    return Signal("self-harm-item", level, reason, **more)


def raise_one(scene: Scene, *signals: Signal, moment: Any = MONDAY_10, **options: Any) -> Flag:
    when = factories.instant(moment) if isinstance(moment, str) else moment
    with at(when):
        status = facade.raise_signals(
            client=scene.client,
            signals=signals or (signal(),),
            answered_at=when,
            received_at=when,
            by=system(scene.practice.pk),
            **options,
        )
    assert status is not None
    return Flag.objects.get(pk=status.id)


def kinds(flag: Flag) -> list[str]:
    told = FlagEvent.objects.filter(flag=flag).exclude(kind="notified")
    return list(told.order_by("id").values_list("kind", flat=True))


def do(
    scene: Scene, flag: Flag, what: str, body: Any = None, who: Any = None, moment: Any = MONDAY_10
) -> Any:
    """Take a step through the API; an acknowledgement says what the flag is now."""
    if what == "acknowledge" and not body:
        flag.refresh_from_db()
        body = as_shown(flag)
    with at(moment):
        return scene.clinician(who).post(
            scene.url(f"flags/{flag.pk}/{what}"), body or {}, content_type="application/json"
        )


# --- raising -----------------------------------------------------------------------------------


def test_it_is_due_the_same_day_inside_monitored_hours(scene: Scene) -> None:
    flag = raise_one(scene)
    assert flag.due_at == factories.instant("2026-11-23T16:00:00+00:00")
    assert flag.due_kind == "same_day"


def test_it_is_due_at_the_next_opening_outside_them(scene: Scene) -> None:
    flag = raise_one(scene, moment=NIGHT)
    assert (flag.due_at, flag.due_kind) == (TUESDAY_9, "next_opening")


def test_a_closure_moves_the_next_opening(scene: Scene) -> None:
    factories.close_on(scene.practice, datetime(2026, 11, 24).date())  # noqa: DTZ001
    flag = raise_one(scene, moment=NIGHT)
    assert flag.due_at == factories.instant("2026-11-25T08:00:00+00:00")


def test_the_first_on_call_owns_it_and_the_team_hears_too(scene: Scene) -> None:
    factories.set_on_call(scene.practice, scene.eli, scene.dana)
    flag = raise_one(scene)
    assert flag.owner == scene.eli
    told = Notification.objects.filter(subject_id=flag.pk, kind="flag-raised")
    assert {one.recipient_id for one in told} == {scene.eli.user_id, scene.dana.user_id}
    outcomes = DeliveryAttempt.objects.filter(notification__in=told)
    assert sorted(outcomes.values_list("channel", "outcome", "reason")) == [
        ("email", "skipped", "no-address"),
        ("email", "waiting", ""),
        ("in_app", "sent", ""),
        ("in_app", "sent", ""),
    ]


def test_without_an_on_call_order_the_treating_clinician_owns_it(scene: Scene) -> None:
    OnCall.objects.all().delete()
    assert raise_one(scene).owner == scene.dana


def test_an_open_flag_absorbs_repeats_in_silence(scene: Scene) -> None:
    flag = raise_one(scene)
    again = raise_one(scene, moment="2026-11-23T11:00:00+00:00")
    assert (again.pk, again.repeats, again.due_at) == (flag.pk, 1, flag.due_at)
    assert kinds(again) == ["raised", "repeated"]
    assert Notification.objects.count() == 1


def test_a_higher_level_alarms_again_and_shortens_the_clock(scene: Scene) -> None:
    flag = raise_one(scene)
    assert do(scene, flag, "acknowledge").status_code == 200
    higher = raise_one(scene, signal("emergency"), moment="2026-11-23T11:00:00+00:00")
    assert higher.pk == flag.pk
    assert (higher.state, higher.level, higher.seen_at) == ("open", 4, None)
    assert higher.due_at == factories.instant("2026-11-23T11:15:00+00:00")
    assert Notification.objects.filter(kind="flag-level-raised").exists()


def test_a_lower_level_never_lowers_it(scene: Scene) -> None:
    raise_one(scene, signal("urgent"))
    assert raise_one(scene, signal("watch")).level == 3


def test_a_repeat_after_somebody_acted_is_news(scene: Scene) -> None:
    flag = raise_one(scene)
    do(scene, flag, "acknowledge")
    do(scene, flag, "act", {"action": "called"})
    again = raise_one(scene, moment="2026-11-23T12:00:00+00:00")
    assert (again.pk, again.state) == (flag.pk, "open")
    assert again.due_at == factories.instant("2026-11-23T16:00:00+00:00")


def test_a_lifetime_attempt_that_is_known_is_no_new_flag(scene: Scene) -> None:
    first = raise_one(scene, signal("watch", "lifetime-attempt-only"))
    do(scene, first, "acknowledge")
    do(scene, first, "close", {"outcome": "safe-and-followed-up"})
    with at(MONDAY_10):
        status = facade.raise_signals(
            client=scene.client,
            signals=[signal("watch", "lifetime-attempt-only")],
            answered_at=MONDAY_10,
            received_at=MONDAY_10,
            by=system(scene.practice.pk),
        )
    assert status is None
    assert Flag.objects.count() == 1


def test_history_is_marked_and_pages_nobody(scene: Scene) -> None:
    flag = raise_one(scene, historical=True)
    assert (flag.state, flag.outcome, flag.historical) == ("closed", "historical", True)
    assert (flag.due_at, flag.escalate_at, flag.owner) == (None, None, None)
    assert not Notification.objects.exists()
    assert FlagEvent.objects.filter(kind="notified").count() == 0


def test_history_never_touches_an_open_flag(scene: Scene) -> None:
    flag = raise_one(scene)
    raise_one(scene, historical=True)
    flag.refresh_from_db()
    assert (flag.state, flag.repeats) == ("open", 0)


def test_level_none_raises_nothing(scene: Scene) -> None:
    with at(MONDAY_10):
        status = facade.raise_signals(
            client=scene.client,
            signals=[signal("none")],
            answered_at=MONDAY_10,
            received_at=MONDAY_10,
            by=system(scene.practice.pk),
        )
    assert status is None


def test_the_database_holds_one_flag_that_is_not_closed(scene: Scene) -> None:
    flag = raise_one(scene)
    flag.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.create(
            practice=scene.practice,
            client=scene.client,
            level=1,
            reason="x",
            raised_at=MONDAY_10,
            answered_at=MONDAY_10,
        )


# --- what clinicians do ------------------------------------------------------------------------


def test_two_attempts_without_answer_are_recorded_and_it_is_closed(scene: Scene) -> None:
    flag = raise_one(scene)
    assert do(scene, flag, "acknowledge", moment="2026-11-23T13:05:00+00:00").status_code == 200
    for _ in range(2):
        body = {"means": "phone", "outcome": "not-answered"}
        assert do(scene, flag, "contact-attempts", body).status_code == 201
    page = do(scene, flag, "act", {"action": "appointment"}).json()
    assert [one["outcome"] for one in page["attempts"]] == ["not-answered", "not-answered"]
    closed = do(scene, flag, "close", {"outcome": "safe-and-followed-up"}).json()
    assert (closed["state"], closed["outcome"]) == ("closed", "safe-and-followed-up")
    assert kinds(flag) == [
        "raised", "acknowledged", "contact-attempt", "contact-attempt", "acted", "closed",
    ]  # fmt: skip


def test_the_person_is_told_who_saw_it_and_when(scene: Scene) -> None:
    flag = raise_one(scene)
    with at(MONDAY_10):
        before = scene.person().get(scene.mine("flags")).json()["items"][0]
    do(scene, flag, "acknowledge", moment="2026-11-23T13:05:00+00:00")
    with at(MONDAY_10):
        after = scene.person().get(scene.mine("flags")).json()["items"][0]
    assert (before["seen_by"], before["due_kind"]) == (None, "same_day")
    assert (after["seen_by"], after["seen_at"]) == ("Dana", "2026-11-23T13:05:00Z")
    assert [step["kind"] for step in after["history"]] == ["raised", "acknowledged"]
    assert set(after["history"][0]) == {"at", "kind", "by"}


def test_the_person_is_told_each_step_with_a_row_per_channel(scene: Scene) -> None:
    flag = raise_one(scene)
    for step, body in (
        ("acknowledge", {}),
        ("act", {"action": "called"}),
        ("close", {"outcome": "safe-and-followed-up"}),
    ):
        do(scene, flag, step, body)
    told = Notification.objects.filter(recipient=scene.client.user).order_by("created_at", "id")
    assert [one.kind for one in told] == ["flag-acknowledged", "flag-acted", "flag-closed"]
    attempts = DeliveryAttempt.objects.filter(notification__in=told)
    assert attempts.count() == 6
    assert set(attempts.values_list("channel", "outcome")) == {
        ("in_app", "sent"),
        ("email", "skipped"),
    }


def test_an_answer_added_after_somebody_looked_stands_in_the_persons_history(
    scene: Scene,
) -> None:
    flag = raise_one(scene)
    do(scene, flag, "acknowledge", moment="2026-11-23T13:05:00+00:00")
    raise_one(scene, moment="2026-11-23T14:00:00+00:00")
    with at(MONDAY_10):
        status = scene.person().get(scene.mine("flags")).json()["items"][0]
    last = status["history"][-1]
    assert (last["kind"], last["at"]) == ("repeated", "2026-11-23T14:00:00Z")
    assert status["seen_at"] == "2026-11-23T13:05:00Z"


def test_the_second_to_acknowledge_is_told_who_was_first(scene: Scene) -> None:
    flag = raise_one(scene)
    factories.join_care_team(scene.client, scene.eli, starts_on=datetime(2020, 1, 1).date())  # noqa: DTZ001
    assert do(scene, flag, "acknowledge").status_code == 200
    second = do(scene, flag, "acknowledge", who=scene.eli)
    assert (second.status_code, second.json()["code"]) == (409, "flag-already-taken")
    assert second.json()["taken_by"] == "Dana"
    assert second.json()["taken_at"] == "2026-11-23T10:00:00Z"
    assert kinds(flag).count("acknowledged") == 1


@pytest.mark.parametrize(
    ("what", "body"), [("act", {"action": "called"}), ("close", {"outcome": "not-needed"})]
)
def test_nothing_is_done_with_a_flag_nobody_took(scene: Scene, what: str, body: Any) -> None:
    answer = do(scene, raise_one(scene), what, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "flag-wrong-state")


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("acknowledge", {}),
        ("act", {"action": "called"}),
        ("close", {"outcome": "not-needed"}),
        ("contact-attempts", {"means": "phone", "outcome": "answered"}),
    ],
)
def test_a_closed_flag_stays_closed(scene: Scene, what: str, body: Any) -> None:
    flag = raise_one(scene)
    do(scene, flag, "acknowledge")
    do(scene, flag, "close", {"outcome": "not-needed"})
    answer = do(scene, flag, what, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "flag-closed")


def test_it_is_handed_to_a_colleague_who_is_told(scene: Scene) -> None:
    flag = raise_one(scene)
    page = do(scene, flag, "assign", {"membership_id": str(scene.eli.pk)}).json()
    assert page["owner_name"] == "Eli"
    assert Notification.objects.filter(kind="flag-assigned", recipient=scene.eli.user).exists()


def test_it_is_not_handed_to_an_administrator_or_another_practice(scene: Scene) -> None:
    flag = raise_one(scene)
    with at(MONDAY_10):
        other = make_scene()
    refused = do(scene, flag, "assign", {"membership_id": str(scene.ada.pk)})
    unknown = do(scene, flag, "assign", {"membership_id": str(other.dana.pk)})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-assignable")
    assert unknown.status_code == 404


def test_a_contact_attempt_lies_in_the_past(scene: Scene) -> None:
    body = {"means": "phone", "outcome": "answered", "at": "2026-11-24T10:00:00Z"}
    assert do(scene, raise_one(scene), "contact-attempts", body).status_code == 422


def test_every_step_leaves_an_audit_event(scene: Scene) -> None:
    flag = raise_one(scene)
    do(scene, flag, "acknowledge")
    do(scene, flag, "act", {"action": "called"})
    do(scene, flag, "close", {"outcome": "handed-over"})
    events = AuditEvent.objects.filter(resource="flag", resource_id=str(flag.pk))
    assert set(events.values_list("action", flat=True)) == {
        "raise", "acknowledge", "act", "close",
    }  # fmt: skip


# --- who sees what -----------------------------------------------------------------------------


def test_the_page_holds_what_is_needed_to_act(scene: Scene) -> None:
    scene.client.contact = {
        "phone": "+49 1",
        "email": "",
        "emergency_contact": {"name": "Kim", "phone": "+49 2", "relationship": "sister"},
    }
    scene.client.current_location = "At home"
    scene.client.located_at = MONDAY_10
    scene.client.save()
    body = phq9(2)
    with at(MONDAY_10):
        scene.person().post(scene.mine("responses"), body, content_type="application/json")
        flag = Flag.objects.get()
        page = scene.clinician().get(scene.url(f"flags/{flag.pk}")).json()
    assert page["client"]["phone"] == "+49 1"
    assert page["client"]["emergency_contact"]["name"] == "Kim"
    assert page["client"]["current_location"] == "At home"
    evidence = page["evidence"][0]
    assert (evidence["response_id"], evidence["item"]) == (body["id"], "phq9_9")
    assert evidence["follow_up_awaited_until"] == "2026-11-23T10:30:00Z"
    assert page["end_of_chain"]["name"] == "Night desk"


def test_it_opens_for_those_it_came_to_and_not_for_those_behind_them(scene: Scene) -> None:
    flag = raise_one(scene)
    with at(MONDAY_10):
        assert scene.clinician(scene.eli).get(scene.url(f"flags/{flag.pk}")).status_code == 403
        assert scene.clinician(scene.eli).get(scene.mine("safety-plan")).status_code == 403
    with at("2026-11-23T16:00:01+00:00"):
        tasks.escalate_due(factories.instant("2026-11-23T16:00:01+00:00"))
        assert scene.clinician(scene.eli).get(scene.url(f"flags/{flag.pk}")).status_code == 200
        assert scene.clinician(scene.eli).get(scene.mine("safety-plan")).status_code == 200


def test_another_practice_finds_nothing(scene: Scene) -> None:
    flag = raise_one(scene)
    with at(MONDAY_10):
        other = make_scene()
        browser = other.clinician()
        assert browser.get(other.url(f"flags/{flag.pk}")).status_code == 404
        assert browser.get(scene.url(f"flags/{flag.pk}")).status_code == 404
        assert browser.get(other.url("flags")).json()["items"] == []
        answer = browser.post(
            other.url(f"flags/{flag.pk}/acknowledge"),
            as_shown(flag),
            content_type="application/json",
        )
    assert answer.status_code == 404


def test_the_worklist_puts_what_presses_most_first(scene: Scene) -> None:
    raise_one(scene)
    people = {scene.client.pk: "concern"}
    with at(MONDAY_10):
        for level in ("watch", "emergency", "urgent"):
            client = factories.make_client(scene.practice)
            factories.join_care_team(client, scene.dana)
            people[client.pk] = level
            other = Scene(scene.practice, client, scene.dana, scene.eli, scene.ada)
            raise_one(other, signal(level))
        rows = scene.clinician().get(scene.url("flags")).json()["items"]
        mine = scene.clinician(scene.eli).get(scene.url("flags?owner=me")).json()["items"]
    assert [row["level"] for row in rows] == ["emergency", "urgent", "concern", "watch"]
    assert rows[2]["display_name"] == "Noor"
    assert mine == []


def test_the_worklist_takes_a_constant_number_of_statements(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    actor = factories.actor_for(scene.dana)
    raise_one(scene)

    def read(**more: Any) -> Any:
        return queries.worklist(
            scene.practice.pk, actor, MONDAY_10, states=["open"], owner="all", **more
        )

    with django_assert_num_queries(1):
        read(after=None)
    with at(MONDAY_10):
        for _ in range(5):
            client = factories.make_client(scene.practice)
            raise_one(Scene(scene.practice, client, scene.dana, scene.eli, scene.ada))
    with django_assert_num_queries(1):
        page, following = read(after=None, limit=4)
    rest, end = read(after=following, limit=4)
    assert (len(page), len(rest), end) == (4, 2, None)
    assert not {row.id for row in page} & {row.id for row in rest}


def test_statistics_count_flags_per_clinician_and_week(scene: Scene) -> None:
    raise_one(scene)
    raise_one(scene, historical=True)
    with at(MONDAY_10):
        body = scene.clinician().get(scene.url("flag-statistics")).json()
    week = body["weeks"][-1]
    assert (week["starts_on"], week["flags"], week["per_clinician"]) == ("2026-11-23", 1, 0.5)
    assert week["by_level"] == {"concern": 1}
    assert {row["display_name"]: row["flags"] for row in body["clinicians"]} == {
        "Dana": 1,
        "Eli": 0,
    }


# --- follow-ups --------------------------------------------------------------------------------


def test_a_follow_up_that_never_comes_is_told_once(scene: Scene) -> None:
    raise_one(scene, signal(response_id=scene.client.pk, follow_up="asq"))
    early, late = "2026-11-23T10:29:59+00:00", "2026-11-23T10:30:00+00:00"
    assert tasks.note_missed_follow_ups(factories.instant(early)) == 0
    assert tasks.note_missed_follow_ups(factories.instant(late)) == 1
    assert tasks.note_missed_follow_ups(factories.instant(late)) == 0
    flag = Flag.objects.get()
    assert FlagSignal.objects.filter(flag=flag, reason="missed-follow-up").count() == 1
    assert kinds(flag) == ["raised", "repeated"]


def test_a_follow_up_that_came_is_not_missed(scene: Scene) -> None:
    body = phq9(1)
    with at(MONDAY_10):
        browser = scene.person()
        for one in (body, asq(body["id"], 0, 0, 0, 0)):
            browser.post(scene.mine("responses"), one, content_type="application/json")
    assert tasks.note_missed_follow_ups(factories.instant("2026-11-24T10:00:00+00:00")) == 0


def test_a_follow_up_may_come_before_what_it_follows(scene: Scene) -> None:
    body = phq9(1)
    with at(MONDAY_10):
        browser = scene.person()
        for one in (asq(body["id"], 0, 0, 0, 0), body):
            answer = browser.post(scene.mine("responses"), one, content_type="application/json")
            assert answer.status_code == 201
    assert tasks.note_missed_follow_ups(factories.instant("2026-11-24T10:00:00+00:00")) == 0
