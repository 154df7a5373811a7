"""Several do the same at the same instant, on real connections: one wins, nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from holdfast.core.actor import system
from holdfast.core.problems import Problem
from holdfast.safety.flags import actions, facade, tasks
from holdfast.safety.flags.facade import Signal
from holdfast.safety.flags.models import Flag, FlagEvent
from holdfast.sense.measures.models import Response, Score
from holdfast.sense.measures.submission import Submission, submit_response
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene

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
                practice_id=scene.practice.pk, flag_id=flag.pk, by=by
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
