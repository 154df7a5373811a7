"""What a flag's page tells of each attempt to notify somebody of it."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.core.actor import system
from holdfast.core.notify.models import DeliveryAttempt
from holdfast.safety.flags import facade, page
from holdfast.safety.flags.facade import Signal
from holdfast.safety.flags.models import Flag
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene

pytestmark = pytest.mark.django_db

NOON = factories.instant("2026-11-23T12:00:00+00:00")


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def raise_one(scene: Scene) -> Flag:
    with at(MONDAY_10):
        status = facade.raise_signals(
            client=scene.client,
            signals=[Signal("self-harm-item", "concern", "thoughts-of-death")],
            answered_at=MONDAY_10,
            received_at=MONDAY_10,
            by=system(scene.practice.pk),
        )
    assert status is not None
    return Flag.objects.get(pk=status.id)


def test_the_page_tells_each_attempt_to_notify_with_its_outcome(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    flag = raise_one(scene)
    with at(MONDAY_10):
        shown = scene.clinician().get(scene.url(f"flags/{flag.pk}")).json()
    told = [
        (one["to"], one["channel"], one["outcome"], one["reason"]) for one in shown["deliveries"]
    ]
    assert told == [
        ("Dana", "in_app", "sent", None),
        ("Dana", "email", "waiting", None),
    ]
    assert {one["notified_at"] for one in shown["deliveries"]} == {
        one["at"] for one in shown["steps"] if one["kind"] == "notified"
    }
    with django_assert_num_queries(6):
        page.read(scene.practice, flag.pk)


def test_the_page_says_when_a_failed_e_mail_is_tried_again(scene: Scene) -> None:
    flag = raise_one(scene)
    later = factories.instant("2026-11-23T10:05:00+00:00")
    DeliveryAttempt.objects.filter(channel="email").update(
        outcome="failed", reason="server-unreachable", next_attempt_at=later, finished_at=MONDAY_10
    )
    mail = page.read(scene.practice, flag.pk)["deliveries"][-1]
    assert (mail["outcome"], mail["reason"]) == ("failed", "server-unreachable")
    assert (mail["at"], mail["retry_at"]) == (MONDAY_10, later)


def test_a_claimed_e_mail_still_waits(scene: Scene) -> None:
    flag = raise_one(scene)
    DeliveryAttempt.objects.filter(channel="email").update(outcome="claimed", next_attempt_at=NOON)
    mail = page.read(scene.practice, flag.pk)["deliveries"][-1]
    assert (mail["outcome"], mail["retry_at"]) == ("waiting", None)
