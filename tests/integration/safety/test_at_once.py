"""Several do the same at the same instant, on real connections: one wins, nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from holdfast.core.actor import system
from holdfast.core.identity.actions import Profile, enter_practice
from holdfast.core.problems import Problem
from holdfast.core.tenancy.actions import change_member, staff_member
from holdfast.core.tenancy.invitations import invite
from holdfast.core.tenancy.models import Membership
from holdfast.safety.flags import actions, facade, tasks
from holdfast.safety.flags.facade import Signal
from holdfast.safety.flags.models import Flag, FlagEvent
from holdfast.sense.measures.models import Response, Score
from holdfast.sense.measures.submission import Submission, submit_response
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, as_shown, at, make_scene

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CLOSING = factories.instant("2026-11-23T16:00:00+00:00")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run all from one starting line; each result is what it returned or the problem it met."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int) -> None:
        try:
            start.wait()
            results[number] = calls[number]()
        except Problem as problem:
            results[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def raise_one(scene: Scene, moment: datetime = MONDAY_10) -> None:
    facade.raise_signals(
        client=scene.client,
        signals=[Signal("self-harm-item", "concern", "thoughts-of-death")],
        answered_at=moment,
        received_at=moment,
        by=system(scene.practice.pk),
    )


def test_of_two_clinicians_one_takes_the_flag_and_the_other_is_told_who() -> None:
    with at(MONDAY_10):
        scene = make_scene()
        raise_one(scene)
        flag = Flag.objects.get()

        def take(who: Any) -> Callable[[], Any]:
            by = factories.actor_for(who)
            return lambda: actions.acknowledge(
                practice_id=scene.practice.pk, flag_id=flag.pk, **as_shown(flag), by=by
            )

        results = at_once(take(scene.dana), take(scene.eli))
    winners = [one for one in results if isinstance(one, Flag)]
    losers = [one for one in results if isinstance(one, Problem)]
    assert (len(winners), len(losers)) == (1, 1)
    assert losers[0].code == "flag-already-taken"
    taker = Flag.objects.select_related("seen_by").get().seen_by
    assert taker is not None
    assert losers[0].extra["taken_by"] == taker.display_name
    assert FlagEvent.objects.filter(kind="acknowledged").count() == 1


def test_four_workers_pass_a_flag_on_once() -> None:
    with at(MONDAY_10):
        scene = make_scene()
        raise_one(scene)
    with at(CLOSING):
        done = at_once(*[lambda: tasks.escalate_due(CLOSING)] * 4)
    assert sum(done) == 1
    assert FlagEvent.objects.filter(kind="escalated").count() == 1


def test_two_devices_open_one_flag() -> None:
    with at(MONDAY_10):
        scene = make_scene()
        at_once(*[lambda: raise_one(scene)] * 4)
    flag = Flag.objects.get()
    assert flag.repeats == 3
    assert FlagEvent.objects.filter(kind="raised").count() == 1


def test_a_response_sent_many_times_at_once_is_kept_once() -> None:
    with at(MONDAY_10):
        scene = make_scene()
        submission = Submission(
            id=factories.make_client(scene.practice).pk,
            instrument="phq-9",
            version="1.0.0",
            language="en",
            answers={f"phq9_{number}": 1 for number in range(1, 10)},
            answered_at=MONDAY_10,
            time_zone="Europe/Berlin",
        )
        send = lambda: submit_response(  # noqa: E731
            client=scene.client, submission=submission, by=system(scene.practice.pk)
        )
        receipts = at_once(*[send] * 4)
    assert sorted(receipt.created for receipt in receipts) == [False, False, False, True]
    assert len({tuple(sorted(receipt.scores.items())) for receipt in receipts}) == 1
    assert (Response.objects.count(), Score.objects.count()) == (1, 1)
    assert Flag.objects.get().repeats == 0


def test_a_contact_attempt_never_undoes_what_a_colleague_did_meanwhile() -> None:
    with at(MONDAY_10):
        scene = make_scene()
        raise_one(scene)
        flag = Flag.objects.get()
        dana, eli = (factories.actor_for(one) for one in (scene.dana, scene.eli))
        common: dict[str, Any] = {"practice_id": scene.practice.pk, "flag_id": flag.pk}
        results = at_once(
            lambda: actions.acknowledge(**common, **as_shown(flag), by=dana),
            *[
                lambda: actions.record_contact_attempt(
                    **common, means="phone", outcome="not-answered", by=eli
                )
            ]
            * 4,
        )
    assert not [one for one in results if isinstance(one, Problem)]
    flag.refresh_from_db()
    assert (flag.state, flag.owner) == ("acknowledged", scene.dana)
    assert FlagEvent.objects.filter(kind="contact-attempt").count() == 4


def test_an_attempt_that_was_read_before_an_acknowledgement_waits_for_it() -> None:
    with at(MONDAY_10):
        scene = make_scene()
        raise_one(scene)
        flag = Flag.objects.get()
        common: dict[str, Any] = {"practice_id": scene.practice.pk, "flag_id": flag.pk}

        def attempt() -> None:
            actions.record_contact_attempt(
                **common, means="phone", outcome="answered", by=factories.actor_for(scene.eli)
            )
            connection.close()

        waiting = threading.Thread(target=attempt)
        with transaction.atomic():
            actions.acknowledge(**common, **as_shown(flag), by=factories.actor_for(scene.dana))
            waiting.start()
            waiting.join(timeout=1)
            assert waiting.is_alive()
        waiting.join()
    assert Flag.objects.get().state == "acknowledged"


def test_four_workers_take_a_flag_from_somebody_who_left_once() -> None:
    with at(MONDAY_10):
        scene = make_scene()
        raise_one(scene)
        Membership.objects.filter(pk=scene.dana.pk).update(active=False)
        done = at_once(*[lambda: tasks.escalate_due(MONDAY_10)] * 4)
    assert sum(done) == 1
    assert FlagEvent.objects.filter(kind="escalated").count() == 1


def test_of_two_administrators_who_switch_each_other_off_one_stays() -> None:
    practice = factories.make_practice()
    one, two = (factories.make_member(practice, "administrator") for _ in range(2))

    def switch_off(other: Membership, by: Membership) -> Callable[[], Any]:
        member = staff_member(practice, other.pk)
        return lambda: change_member(member, {"active": False}, by=factories.actor_for(by))

    results = at_once(switch_off(two, one), switch_off(one, two))
    assert [one.code for one in results if isinstance(one, Problem)] == ["last-administrator"]
    assert Membership.objects.filter(practice=practice, active=True).count() == 1


def test_of_two_links_to_one_record_opened_at_once_one_opens_it() -> None:
    practice = factories.make_practice()
    client = factories.make_client(practice, account=False)
    links = [invite(practice, "client", by=system(practice.pk), client=client) for _ in range(2)]
    people = [factories.make_user() for _ in links]

    def enter(number: int) -> Callable[[], Any]:
        return lambda: enter_practice(
            people[number], links[number].invitation, Profile(chosen_name="Noor")
        )

    results = at_once(enter(0), enter(1))
    assert [one.code for one in results if isinstance(one, Problem)] == ["invitation-invalid"]
    client.refresh_from_db()
    winner = next(one for one in results if isinstance(one, Membership))
    assert client.user_id == winner.user_id
