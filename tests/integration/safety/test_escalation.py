"""A flag that nobody attends to goes to the next on call, and at the end of the chain it alarms."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from holdfast.core.actor import system
from holdfast.core.identity.actions import delete_account
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.actions import change_member, set_monitored_hours
from holdfast.core.tenancy.hours import OpenHours
from holdfast.core.tenancy.models import Membership
from holdfast.safety.flags import actions, escalation, facade, tasks
from holdfast.safety.flags.facade import Signal
from holdfast.safety.flags.models import Flag, FlagEvent
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, as_shown, at, make_scene

pytestmark = pytest.mark.django_db

CLOSING = factories.instant("2026-11-23T16:00:00+00:00")
NIGHT = factories.instant("2026-11-23T20:00:00+00:00")
TUESDAY_9 = factories.instant("2026-11-24T08:00:00+00:00")


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def raise_one(scene: Scene, level: str = "concern", moment: datetime = MONDAY_10) -> Flag:
    with at(moment):
        facade.raise_signals(
            client=scene.client,
            signals=[Signal("self-harm-item", level, "thoughts-of-death")],
            answered_at=moment,
            received_at=moment,
            by=system(scene.practice.pk),
        )
    return Flag.objects.get()


def tick(moment: datetime) -> int:
    with at(moment):
        return tasks.escalate_due(moment)


def acknowledge(scene: Scene, moment: datetime) -> Any:
    with at(moment):
        flag = Flag.objects.get()
        return scene.clinician().post(
            scene.url(f"flags/{flag.pk}/acknowledge"),
            as_shown(flag),
            content_type="application/json",
        )


def test_it_waits_until_it_is_due(scene: Scene) -> None:
    flag = raise_one(scene)
    assert tick(CLOSING - timedelta(seconds=1)) == 0
    flag.refresh_from_db()
    assert flag.owner == scene.dana


def test_past_due_it_goes_to_the_next_on_call_who_is_told(scene: Scene) -> None:
    flag = raise_one(scene)
    assert tick(CLOSING) == 1
    flag.refresh_from_db()
    assert (flag.owner, flag.chain_position, flag.state) == (scene.eli, 2, "open")
    assert Notification.objects.filter(kind="flag-escalated", recipient=scene.eli.user).count() == 1


def test_after_closing_the_next_person_has_until_after_the_opening(scene: Scene) -> None:
    flag = raise_one(scene)
    tick(CLOSING)
    flag.refresh_from_db()
    assert (flag.due_at, flag.due_kind) == (TUESDAY_9, "next_opening")
    assert flag.escalate_at == TUESDAY_9 + timedelta(minutes=60)


def test_whoever_opens_can_look_first(scene: Scene) -> None:
    flag = raise_one(scene, moment=NIGHT)
    assert flag.due_at == TUESDAY_9
    assert tick(TUESDAY_9 + timedelta(minutes=14)) == 0
    assert tick(TUESDAY_9 + timedelta(minutes=15)) == 1


def test_an_emergency_does_not_wait_for_the_morning(scene: Scene) -> None:
    flag = raise_one(scene, "emergency", NIGHT)
    assert flag.due_at == NIGHT + timedelta(minutes=15)
    assert tick(NIGHT + timedelta(minutes=15)) == 1
    flag.refresh_from_db()
    assert flag.escalate_at == NIGHT + timedelta(minutes=25)


def exhaust(scene: Scene) -> Flag:
    raise_one(scene)
    tick(CLOSING)
    assert tick(TUESDAY_9 + timedelta(minutes=60)) == 1
    return Flag.objects.get()


def test_an_exhausted_chain_alarms_everybody_and_stays_open(scene: Scene) -> None:
    flag = exhaust(scene)
    assert (flag.state, flag.alarm) == ("open", True)
    told = Notification.objects.filter(kind="flag-chain-exhausted")
    assert {one.recipient_id for one in told} == {
        scene.dana.user_id,
        scene.eli.user_id,
        scene.ada.user_id,
    }
    event = FlagEvent.objects.get(kind="chain-exhausted")
    assert event.detail["end_of_chain"] == {
        "name": "Night desk",
        "phone": "+49 30 1",
        "instructions": "Ring the night desk.",
    }


def test_the_person_is_told_truthfully_that_nobody_has_seen_it(scene: Scene) -> None:
    exhaust(scene)
    with at(TUESDAY_9):
        status = scene.person().get(scene.mine("flags")).json()["items"][0]
    assert (status["seen_by"], status["seen_at"], status["alarm"]) == (None, None, True)


def test_it_rings_again_at_the_next_opening(scene: Scene) -> None:
    exhaust(scene)
    wednesday = TUESDAY_9 + timedelta(days=1)
    assert tick(wednesday - timedelta(seconds=1)) == 0
    assert tick(wednesday) == 1
    assert FlagEvent.objects.filter(kind="chain-exhausted").count() == 2


def test_acknowledging_ends_the_alarm(scene: Scene) -> None:
    exhaust(scene)
    answer = acknowledge(scene, TUESDAY_9 + timedelta(hours=2))
    assert answer.status_code == 200
    assert answer.json()["alarm"] is False


def test_somebody_who_left_the_chain_is_passed_over(scene: Scene) -> None:
    flag = raise_one(scene)
    scene.eli.active = False
    scene.eli.save()
    tick(CLOSING)
    flag.refresh_from_db()
    assert (flag.alarm, flag.owner) == (True, scene.dana)


def test_an_acknowledged_flag_on_which_nobody_acts_goes_on(scene: Scene) -> None:
    flag = raise_one(scene)
    acknowledge(scene, MONDAY_10)
    assert tick(CLOSING) == 0
    assert tick(MONDAY_10 + timedelta(days=1)) == 1
    flag.refresh_from_db()
    assert (flag.state, flag.owner) == ("open", scene.eli)
    assert flag.seen_by == scene.dana


def test_a_closed_flag_never_moves(scene: Scene) -> None:
    raise_one(scene)
    acknowledge(scene, MONDAY_10)
    with at(MONDAY_10):
        flag = Flag.objects.get()
        scene.clinician().post(
            scene.url(f"flags/{flag.pk}/close"),
            {"outcome": "not-needed"},
            content_type="application/json",
        )
    assert tick(MONDAY_10 + timedelta(days=400)) == 0


def test_a_step_is_done_once_by_two_workers(scene: Scene) -> None:
    flag = raise_one(scene)
    with at(CLOSING):
        # Both workers have read the same list of due flags.
        assert escalation._escalate(flag.pk, CLOSING) is True
        assert escalation._escalate(flag.pk, CLOSING) is False
    assert FlagEvent.objects.filter(kind="escalated").count() == 1


def test_a_worker_killed_in_the_middle_leaves_the_step_to_the_next(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = raise_one(scene)

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(escalation, "record", die)
        with pytest.raises(KeyboardInterrupt):
            tick(CLOSING)
    flag.refresh_from_db()
    assert (flag.owner, flag.escalate_at) == (scene.dana, CLOSING)
    assert not Notification.objects.filter(kind="flag-escalated").exists()
    assert tick(CLOSING) == 1
    assert FlagEvent.objects.filter(kind="escalated").count() == 1


def test_an_order_that_changed_leaves_nobody_out_and_goes_to_nobody_twice(scene: Scene) -> None:
    flag = raise_one(scene)
    finn = factories.make_member(scene.practice, "clinician", display_name="Finn")
    factories.set_on_call(scene.practice, scene.eli, scene.dana, finn)
    came = []
    moment = CLOSING
    for _ in range(3):
        tick(moment)
        flag.refresh_from_db()
        came.append((flag.owner, flag.alarm))
        assert flag.escalate_at is not None
        moment = flag.escalate_at
    assert came == [(scene.eli, False), (finn, False), (finn, True)]


def test_of_an_owner_taken_off_the_order_the_next_one_is_first(scene: Scene) -> None:
    flag = raise_one(scene)
    finn = factories.make_member(scene.practice, "clinician", display_name="Finn")
    factories.set_on_call(scene.practice, scene.eli, finn)
    tick(CLOSING)
    flag.refresh_from_db()
    assert flag.owner == scene.eli


@pytest.mark.parametrize("state", ["open", "acknowledged", "acted"])
def test_an_owner_who_is_switched_off_loses_the_flag_at_once(scene: Scene, state: str) -> None:
    flag = raise_one(scene)
    Flag.objects.update(state=state)
    with at(MONDAY_10):
        change_member(scene.dana, {"active": False}, by=factories.actor_for(scene.ada))
    assert tick(MONDAY_10) == 1
    flag.refresh_from_db()
    assert (flag.owner, flag.state, flag.alarm) == (scene.eli, "open", False)
    assert flag.escalate_at is not None
    assert Notification.objects.filter(kind="flag-escalated", recipient=scene.eli.user).count() == 1
    assert tick(MONDAY_10) == 0


def test_a_flag_handed_to_somebody_who_leaves_comes_back_to_the_order(scene: Scene) -> None:
    raise_one(scene)
    finn = factories.make_member(scene.practice, "clinician", display_name="Finn")
    common = {"practice_id": scene.practice.pk, "flag_id": Flag.objects.get().pk}
    with at(MONDAY_10):
        for colleague in (scene.eli, finn):
            actions.assign(**common, membership_id=colleague.pk, by=factories.actor_for(scene.dana))
        change_member(finn, {"active": False}, by=factories.actor_for(scene.ada))
    assert tick(MONDAY_10) == 1
    assert Flag.objects.get().owner == scene.dana


def test_without_anybody_on_call_a_flag_left_behind_alarms_once_and_rings_again(
    scene: Scene,
) -> None:
    flag = raise_one(scene)
    factories.set_on_call(scene.practice)
    Membership.objects.filter(pk=scene.dana.pk).update(active=False)
    assert tick(MONDAY_10) == 1
    flag.refresh_from_db()
    assert (flag.owner, flag.state, flag.alarm) == (None, "open", True)
    assert tick(MONDAY_10) == 0
    assert tick(TUESDAY_9) == 1
    with at(TUESDAY_9):
        status = scene.person().get(scene.mine("flags")).json()["items"][0]
    assert (status["owner_name"], status["seen_by"], status["alarm"]) == (None, None, True)


def test_somebody_new_on_call_gets_a_flag_that_had_rung_everybody(scene: Scene) -> None:
    exhaust(scene)
    finn = factories.make_member(scene.practice, "clinician", display_name="Finn")
    factories.set_on_call(scene.practice, scene.dana, scene.eli, finn)
    tick(TUESDAY_9 + timedelta(days=1))
    assert Flag.objects.get().owner == finn


def test_an_alarm_that_gets_worse_starts_from_the_top(scene: Scene) -> None:
    exhaust(scene)
    raise_one(scene, "urgent", TUESDAY_9 + timedelta(hours=2))
    flag = Flag.objects.get()
    assert flag.owner == scene.dana
    assert flag.escalate_at is not None
    tick(flag.escalate_at)
    assert Flag.objects.get().owner == scene.eli


def test_whoever_it_came_to_may_open_it_while_it_is_open_and_nobody_else(scene: Scene) -> None:
    finn = factories.make_member(scene.practice, "clinician", display_name="Finn")
    gil = factories.make_member(scene.practice, "clinician", display_name="Gil")
    factories.set_on_call(scene.practice, scene.eli, finn, gil)
    flag = raise_one(scene)
    tick(CLOSING)
    factories.set_on_call(scene.practice, gil, finn)
    with at(CLOSING):
        seen = {
            member.display_name: scene.clinician(member)
            .get(scene.url(f"flags/{flag.pk}"))
            .status_code
            for member in (scene.eli, finn, gil)
        }
        listed = [
            len(scene.clinician(member).get(scene.url("flags")).json()["items"])
            for member in (scene.eli, finn, gil)
        ]
    assert seen == {"Eli": 200, "Finn": 200, "Gil": 403}
    assert listed == [1, 1, 0]


def test_where_nobody_is_on_call_and_nobody_treats_it_alarms_the_administrators(
    scene: Scene,
) -> None:
    factories.set_on_call(scene.practice)
    with at(MONDAY_10):
        alone = factories.make_client(scene.practice)
    raise_one(Scene(scene.practice, alone, scene.dana, scene.eli, scene.ada))
    assert tick(CLOSING) == 1
    flag = Flag.objects.get()
    assert (flag.owner, flag.state, flag.alarm, flag.seen_at) == (None, "open", True, None)
    assert [one.recipient for one in Notification.objects.all()] == [scene.ada.user]


def test_hours_that_change_leave_the_time_that_was_told(scene: Scene) -> None:
    flag = raise_one(scene, moment=NIGHT)
    told = (flag.due_at, flag.escalate_at)
    with at(NIGHT):
        set_monitored_hours(
            scene.practice,
            [OpenHours(5, time(9), time(10))],
            [(TUESDAY_9.date(), "")],
            by=factories.actor_for(scene.ada),
        )
    assert tick(TUESDAY_9 + timedelta(minutes=14)) == 0
    flag.refresh_from_db()
    assert (flag.due_at, flag.escalate_at) == told
    assert tick(TUESDAY_9 + timedelta(minutes=15)) == 1


def test_a_deleted_account_takes_its_open_flag_along_and_the_worker_goes_on(scene: Scene) -> None:
    raise_one(scene)
    user = scene.client.user
    assert user is not None
    with at(MONDAY_10):
        delete_account(user)
    assert not Flag.objects.exists()
    assert tick(CLOSING) == 0


def test_a_flag_that_the_database_refuses_holds_back_no_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = raise_one(scene)
    with at(MONDAY_10):
        other = factories.make_client(scene.practice)
        facade.raise_signals(
            client=other,
            signals=[Signal("self-harm-item", "concern", "thoughts-of-death")],
            answered_at=MONDAY_10,
            received_at=MONDAY_10,
            by=system(scene.practice.pk),
        )
    pass_on = escalation._pass_on

    def refuse_first(flag: Flag, *rest: Any) -> None:
        if flag.pk == first.pk:
            raise IntegrityError
        pass_on(flag, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(escalation, "_pass_on", refuse_first)
        assert tick(CLOSING) == 1
    assert Flag.objects.get(client=other).owner == scene.eli
    assert tick(CLOSING) == 1


def test_a_supervisor_lists_what_may_be_opened_and_no_more(scene: Scene) -> None:
    raise_one(scene)
    sol = factories.make_member(scene.practice, "supervisor")
    factories.supervise(sol, scene.dana)

    def seen() -> tuple[int, int]:
        flag = Flag.objects.get()
        with at(MONDAY_10):
            listed = scene.clinician(sol).get(scene.url("flags")).json()["items"]
            opened = scene.clinician(sol).get(scene.url(f"flags/{flag.pk}"))
        return len(listed), opened.status_code

    assert seen() == (1, 200)
    Membership.objects.filter(pk=scene.dana.pk).update(active=False)
    assert seen() == (0, 403)
