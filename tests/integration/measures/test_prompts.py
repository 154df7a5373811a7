"""Asking at the right time: planned, opened, reminded of, put off, answered late, missed."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from holdfast.core.notify.models import Notification
from holdfast.sense.measures import facade
from holdfast.sense.measures.engine.schedule import (
    AfterEvent,
    DailyTimes,
    EveryNDays,
    Moments,
    Rule,
    When,
)
from holdfast.sense.measures.models import Assignment, Prompt
from holdfast.sense.measures.prompting import queries, rows, tasks
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene, phq9

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]

#: Monday 23 November 2026 in Berlin, an hour ahead of UTC.
THREE_A_DAY = DailyTimes(at=(time(9), time(14), time(20)))


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene(time_zone="Europe/Berlin")


def utc(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def ask(
    scene: Scene, when: When = THREE_A_DAY, now: datetime = MONDAY_10, **more: Any
) -> uuid.UUID:
    rule = Rule(**({"when": when, "starts_on": date(2026, 11, 23), "window_minutes": 120} | more))
    with at(now):
        return facade.assign(
            scene.client, instrument="phq-9", rule=rule, by=factories.actor_for(scene.dana)
        )


def tick(now: datetime) -> None:
    with at(now):
        tasks.plan_prompts(now)
        tasks.advance_prompts(now)


def states(assignment: uuid.UUID) -> dict[tuple[int, int], str]:
    found = Prompt.objects.filter(assignment_id=assignment)
    return {(row.local_date.day, row.slot): row.state for row in found}


def said(scene: Scene) -> list[str]:
    own = Notification.objects.filter(recipient=scene.client.user).order_by("created_at", "id")
    return list(own.values_list("kind", flat=True))


def post(scene: Scene, received: datetime, **changes: Any) -> Any:
    with at(received):
        return scene.person().post(
            scene.mine("responses"), phq9(0, **changes), content_type="application/json"
        )


def test_two_days_are_written_down_at_once_and_twice_is_harmless(scene: Scene) -> None:
    assignment = ask(scene)
    first = list(Prompt.objects.order_by("opens_at").values())
    assert [row["opens_at"] for row in first] == [
        utc(13), utc(19), utc(8, day=24), utc(13, day=24), utc(19, day=24), utc(8, day=25),
    ]  # fmt: skip
    row = Assignment.objects.get(pk=assignment)
    for _ in range(2):
        assert rows.plan(row, scene.client, MONDAY_10) == 0
    Assignment.objects.update(plan_again_at=MONDAY_10)
    tick(MONDAY_10)
    assert list(Prompt.objects.order_by("opens_at").values()) == first


def test_it_opens_reminds_once_and_is_missed(scene: Scene) -> None:
    assignment = ask(scene, reminders=(30, 60))
    for moment in (utc(12, 59), utc(13), utc(13, 1), utc(13, 30), utc(13, 31)):
        tick(moment)
    assert states(assignment)[23, 1] == "open"
    assert said(scene) == ["prompt", "reminder"]
    tick(utc(15))
    assert states(assignment)[23, 1] == "missed"
    assert said(scene) == ["prompt", "reminder"]
    told = Notification.objects.filter(kind="prompt").get()
    assert told.subject_id == Prompt.objects.get(local_date="2026-11-23", slot=1).pk


def test_an_answer_closes_it_and_nothing_more_is_said(scene: Scene) -> None:
    assignment = ask(scene, reminders=(30,))
    tick(utc(13))
    answer = post(scene, utc(13, 10), answered_at="2026-11-23T13:09:00Z")
    assert answer.status_code == 201
    tick(utc(13, 40))
    tick(utc(15, 10))
    row = Prompt.objects.get(assignment=assignment, local_date="2026-11-23", slot=1)
    assert (row.state, str(row.answered_by)) == ("answered", answer.json()["id"])
    assert said(scene) == ["prompt"]


def test_an_answer_given_without_network_turns_missed_into_answered(scene: Scene) -> None:
    assignment = ask(scene)
    tick(utc(13))
    tick(utc(15, 1))
    assert states(assignment)[23, 1] == "missed"
    assert adherence(scene)["missed"] + adherence(scene)["undelivered"] == 1
    post(scene, utc(9, day=24), answered_at="2026-11-23T14:30:00Z")
    assert states(assignment)[23, 1] == "answered"
    counts = adherence(scene)
    assert (counts["done"], counts["missed"], counts["undelivered"]) == (1, 0, 0)


def test_what_was_begun_in_time_counts(scene: Scene) -> None:
    assignment = ask(scene)
    tick(utc(13))
    post(
        scene,
        utc(15, 5),
        answered_at="2026-11-23T15:04:00Z",
        started_at="2026-11-23T14:58:00Z",
    )
    assert states(assignment)[23, 1] == "answered"


def test_an_answer_between_two_windows_answers_neither(scene: Scene) -> None:
    assignment = ask(scene)
    tick(utc(13))
    tick(utc(16))
    post(scene, utc(16), answered_at="2026-11-23T16:00:00Z")
    assert states(assignment)[23, 1] == "missed"
    assert states(assignment)[23, 2] == "planned"


@pytest.mark.django_db(transaction=True)
def test_the_prompt_that_the_device_names_is_the_one_answered(scene: Scene) -> None:
    """Planned in Berlin and answered there without network; meanwhile the person's zone changed."""
    assignment = ask(scene)
    named = str(rows.prompt_id(assignment, date(2026, 11, 24), 0))
    travel(scene, "America/New_York", utc(12))
    tick(utc(12, 1))
    assert Prompt.objects.get(pk=named).opens_at == utc(14, day=24)
    post(scene, utc(18, day=24), answered_at="2026-11-24T08:30:00Z", prompt_id=named)
    assert states(assignment)[24, 0] == "answered"


def test_a_name_that_is_nobodys_harms_nothing(scene: Scene) -> None:
    assignment = ask(scene)
    tick(utc(13))
    answer = post(
        scene, utc(13, 10), answered_at="2026-11-23T13:05:00Z", prompt_id=str(uuid.uuid4())
    )
    assert answer.status_code == 201
    assert states(assignment)[23, 1] == "answered"


def test_the_same_answer_again_answers_nothing_else(scene: Scene) -> None:
    assignment = ask(scene)
    tick(utc(13))
    body = phq9(0, answered_at="2026-11-23T13:05:00Z")
    for received in (utc(13, 6), utc(19, 30)):
        with at(received):
            scene.person().post(scene.mine("responses"), body, content_type="application/json")
        tick(received)
    assert states(assignment)[23, 1] == "answered"
    assert states(assignment)[23, 2] == "open"


def travel(scene: Scene, zone: str, now: datetime) -> None:
    with at(now):
        changed = scene.person().patch(
            scene.mine("").rstrip("/"), {"time_zone": zone}, content_type="application/json"
        )
    assert changed.status_code == 200
    scene.client.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_journey_moves_what_has_not_opened_and_nothing_else(scene: Scene) -> None:
    assignment = ask(scene)
    tick(utc(13))
    before = Prompt.objects.get(assignment=assignment, local_date="2026-11-23", slot=1)
    travel(scene, "Europe/London", utc(13, 30))
    tick(utc(13, 31))
    after = Prompt.objects.get(pk=before.pk)
    assert (after.opens_at, after.closes_at, after.state) == (utc(13), utc(15), "open")
    evening = Prompt.objects.get(assignment=assignment, local_date="2026-11-23", slot=2)
    assert evening.opens_at == utc(20)
    assert evening.time_zone == "Europe/London"
    assert said(scene) == ["prompt"]


def adherence(scene: Scene) -> Any:
    with at(utc(12, day=24)):
        listed = scene.clinician().get(scene.mine("assignments")).json()["items"]
        page = scene.clinician().get(scene.mine("overview")).json()["adherence"]
    assert listed[0]["last_28_days"] == page
    return page


def test_the_clinician_sees_apart_what_was_missed_and_what_never_arrived(scene: Scene) -> None:
    ask(scene)
    tick(utc(13))
    post(scene, utc(13, 5), answered_at="2026-11-23T13:05:00Z")
    # Told of in time, and left: theirs. Opened by no worker at all: ours.
    tick(utc(19))
    with at(utc(19, 5)):
        scene.person().get(scene.mine("today"))
    Notification.objects.update(seen_at=utc(19, 5))
    tick(utc(21))
    tick(utc(11, day=24))
    assert adherence(scene) == {"due": 3, "done": 1, "missed": 1, "undelivered": 1}


def test_where_nobody_has_an_account_nothing_is_called_their_silence(scene: Scene) -> None:
    scene.client.user = None
    scene.client.save()
    ask(scene)
    tick(utc(13))
    tick(utc(15))
    assert not Notification.objects.exists()
    assert adherence(scene)["undelivered"] == 1


def prompts(scene: Scene, now: datetime) -> Any:
    with at(now):
        return scene.person().get(scene.mine("prompts")).json()["items"]


def test_a_device_is_given_two_days_with_every_instant(scene: Scene) -> None:
    ask(scene, snoozes=2)
    listed = prompts(scene, utc(13, 5))
    assert [(one["opens_at"], one["closes_at"], one["state"]) for one in listed][:2] == [
        ("2026-11-23T13:00:00Z", "2026-11-23T15:00:00Z", "open"),
        ("2026-11-23T19:00:00Z", "2026-11-23T21:00:00Z", "planned"),
    ]
    assert len(listed) == 7
    assert listed[0]["snoozes_left"] == 2
    with at(utc(13, 5)):
        today = scene.person().get(scene.mine("today")).json()
    assert today["due"] == listed[:1]
    assert today["upcoming"] == listed[1:]


def test_without_a_worker_it_is_asked_all_the_same(scene: Scene) -> None:
    """Nothing has been planned for days: the device is told, and the answer finds its place."""
    assignment = ask(scene)
    listed = prompts(scene, utc(13, 5, day=27))
    assert listed[0]["due_on"] == "2026-11-27"
    assert not Prompt.objects.filter(local_date__gt="2026-11-25").exists()
    post(scene, utc(13, 6, day=27), answered_at="2026-11-27T13:06:00Z")
    assert states(assignment)[27, 1] == "answered"
    assert prompts(scene, utc(13, 7, day=27))[0]["opens_at"] == "2026-11-27T19:00:00Z"


def snooze(scene: Scene, prompt: str, now: datetime) -> Any:
    with at(now):
        return scene.person().post(
            scene.mine(f"prompts/{prompt}/snooze"), content_type="application/json"
        )


def test_it_can_be_put_off_and_comes_back(scene: Scene) -> None:
    ask(scene, snoozes=1, snooze_minutes=20)
    tick(utc(13))
    prompt = prompts(scene, utc(13, 5))[0]["prompt_id"]
    put_off = snooze(scene, prompt, utc(13, 5))
    assert (put_off.status_code, put_off.json()["state"]) == (200, "snoozed")
    assert put_off.json()["snoozed_until"] == "2026-11-23T13:25:00Z"
    tick(utc(13, 10))
    assert said(scene) == ["prompt"]
    tick(utc(13, 25))
    assert said(scene) == ["prompt", "reminder"]
    again = snooze(scene, prompt, utc(13, 30))
    assert (again.status_code, again.json()["code"]) == (409, "prompt-not-open")


def test_it_cannot_be_put_off_by_others_nor_before_it_opens(scene: Scene) -> None:
    ask(scene, snoozes=1)
    listed = prompts(scene, utc(13, 5))
    with at(utc(13, 5)):
        path = scene.mine(f"prompts/{listed[0]['prompt_id']}/snooze")
        assert scene.clinician().post(path, content_type="application/json").status_code == 403
    assert snooze(scene, listed[1]["prompt_id"], utc(13, 5)).json()["code"] == "prompt-not-open"
    assert snooze(scene, str(uuid.uuid4()), utc(13, 5)).status_code == 404


def test_ending_the_assignment_ends_its_prompts(scene: Scene) -> None:
    assignment = ask(scene)
    tick(utc(13))
    with at(utc(13, 5)):
        scene.clinician().delete(scene.mine(f"assignments/{assignment}"))
    tick(utc(16))
    assert set(states(assignment).values()) == {"cancelled"}
    assert prompts(scene, utc(13, 6)) == []


def test_after_a_meeting_and_after_the_first_answer(scene: Scene) -> None:
    evening = AfterEvent(event="encounter-end", after_days=0, at=time(20))
    met = ask(scene, evening)
    soon = ask(scene, AfterEvent(event="first-answer", after_minutes=30))
    joined = ask(scene, AfterEvent(event="enrolment", after_days=1, at=time(9)))
    assert states(met) == states(soon) == {}
    assert states(joined) == {(24, 0): "planned"}
    with at(utc(11)):
        meeting = {"starts_at": "2026-11-23T10:00:00Z", "status": "finished", "medium": "video"}
        made = scene.clinician().post(
            scene.mine("encounters"), meeting, content_type="application/json"
        )
        assert made.status_code == 201
    tick(utc(11))
    assert states(met) == {(23, 0): "planned"}
    assert Prompt.objects.get(assignment=met).opens_at == utc(19)
    post(scene, utc(12), answered_at="2026-11-23T12:00:00Z")
    post(scene, utc(12, 10), answered_at="2026-11-23T12:10:00Z")
    tick(utc(12, 10))
    assert Prompt.objects.get(assignment=soon).opens_at == utc(12, 30)


def test_random_moments_are_inside_waking_hours_and_no_replica_disagrees(scene: Scene) -> None:
    assignment = ask(scene, Moments(per_day=4, gap_minutes=120), window_minutes=30)
    planned = set(Prompt.objects.values_list("id", "opens_at"))
    Prompt.objects.all().delete()
    Assignment.objects.update(planned_until=None)
    rows.plan(Assignment.objects.get(pk=assignment), scene.client, MONDAY_10)
    assert set(Prompt.objects.values_list("id", "opens_at")) == planned
    for _, opens in planned:
        assert 8 <= opens.hour < 20


MOMENTS = {"when": {"kind": "moments", "per_day": 12, "gap_minutes": 90}}
HALF_HOURLY = {"when": {"kind": "daily_times", "at": ["09:00", "09:30"]}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"when": {"kind": "weekly", "weekdays": []}}, "weekdays"),
        ({"when": {"kind": "every_n_days", "days": 0}}, "days"),
        ({"when": {"kind": "daily_times", "at": ["14:00", "09:00"]}}, "at"),
        ({"when": {"kind": "daily_times", "at": ["09:00Z"]}}, "at"),
        ({"when": {"kind": "moments", "per_day": 3}}, "window_minutes"),
        (MOMENTS | {"window_minutes": 30}, "per_day"),
        (HALF_HOURLY | {"window_minutes": 60}, "window_minutes"),
        ({"ends_on": "2026-11-01"}, "ends_on"),
        ({"starts_on": "9999-12-31"}, "starts_on"),
        ({"reminders": [90], "window_minutes": 60}, "reminders"),
        ({"snoozes": 99}, "snoozes"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_hold_is_refused_and_the_part_is_named(
    scene: Scene, change: dict[str, Any], field: str
) -> None:
    body = {"instrument": "phq-9", "when": {"kind": "once"}, "starts_on": "2026-11-23"} | change
    with at(MONDAY_10):
        answer = scene.clinician().post(
            scene.mine("assignments"), body, content_type="application/json"
        )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Assignment.objects.exists()


def test_a_rule_comes_back_as_it_was_given(scene: Scene) -> None:
    given = {
        "instrument": "phq-9",
        "when": {"kind": "weekly", "weekdays": [1, 4], "at": ["08:30:00"]},
        "starts_on": "2026-11-23",
        "ends_on": "2027-01-31",
        "window_minutes": 600,
        "reminders": [60, 240],
        "snoozes": 2,
        "snooze_minutes": 30,
    }
    with at(MONDAY_10):
        made = scene.clinician().post(
            scene.mine("assignments"), given, content_type="application/json"
        )
        listed = scene.clinician().get(scene.mine("assignments")).json()["items"]
    assert made.status_code == 201
    assert {name: listed[0][name] for name in given} == given


def test_what_it_costs(scene: Scene, django_assert_num_queries: Any) -> None:
    for instrument in ("phq-9", "gad-7", "k6"):
        rule = Rule(when=THREE_A_DAY, starts_on=date(2026, 11, 23), window_minutes=120)
        with at(MONDAY_10):
            facade.assign(
                scene.client, instrument=instrument, rule=rule, by=factories.actor_for(scene.dana)
            )
    with django_assert_num_queries(2):
        assert len(queries.prompts(scene.client, MONDAY_10)) == 18
    ids = list(Assignment.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        assert len(facade.prompts_of(scene.practice.pk, ids[0])) == 6
    with django_assert_num_queries(1):
        facade.adherence(scene.practice.pk, [scene.client.pk], date(2026, 11, 1), date(2026, 12, 1))


def test_a_worker_that_was_away_calls_missed_what_it_missed_and_no_answer(scene: Scene) -> None:
    """Planning goes on where it stopped; what was answered meanwhile is answered."""
    assignment = ask(scene, EveryNDays(days=1, at=(time(9),)))
    tick(utc(8, day=24))
    Prompt.objects.filter(local_date="2026-11-27").delete()
    post(scene, utc(9, day=27), answered_at="2026-11-27T08:30:00Z")
    tick(utc(12, day=29))
    found = states(assignment)
    assert found[27, 0] == "answered"
    assert [found[day, 0] for day in (25, 26, 28, 29)] == ["missed"] * 4
    assert all(
        Prompt.objects.filter(local_date__day__in=(26, 28)).values_list("undelivered", flat=True)
    )
    assert timedelta() < Assignment.objects.get(pk=assignment).planned_until - utc(12, day=29)  # type: ignore[operator]
