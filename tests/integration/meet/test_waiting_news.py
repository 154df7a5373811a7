"""The clinician hears once for each arrival that somebody waits, and never who."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from holdfast.core import clock
from holdfast.core.notify.models import DeliveryAttempt, Notification
from holdfast.meet.encounters import facade
from holdfast.meet.encounters.engine import Event
from tests import factories
from tests.integration.meet.scheduling.scene import actor_of
from tests.integration.meet.test_rooms import make_visit

pytestmark = pytest.mark.django_db

NOW = factories.instant("2026-06-02T08:55:00+00:00")


class Scene:
    def __init__(self) -> None:
        practice = factories.make_practice()
        self.dana = factories.make_member(practice, "clinician", email="dana@example.org")
        self.person = factories.make_client(practice, display_name="Robin")
        factories.join_care_team(self.person, self.dana)
        self.visit = make_visit(self.person, self.dana)

    def client(self, event: Event) -> None:
        facade.step(self.person, self.visit.pk, event, by=actor_of(self.person))

    def clinician(self, event: Event) -> None:
        by = factories.actor_for(self.dana)
        facade.step(self.person, self.visit.pk, event, by=by)


@pytest.fixture
def moved(time_machine: time_machine.TimeMachineFixture) -> Any:
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def scene(moved: Any) -> Scene:
    return Scene()


def waiting_outbox() -> list[tuple[str, str]]:
    rows = DeliveryAttempt.objects.exclude(channel="in_app").order_by("pk")
    return [(one.outcome, one.reason) for one in rows]


def test_an_arrival_is_told_once_to_the_clinician_whose_visit_it_is(scene: Scene) -> None:
    for _ in range(3):
        scene.client(Event.ARRIVE)
    told = Notification.objects.get()
    assert (told.kind, told.recipient_id) == ("client-waits", scene.dana.user_id)
    assert (told.subject_id, told.urgent) == (scene.visit.pk, False)
    assert told.expires_at == clock.now() + timedelta(hours=1)


def test_a_short_absence_is_no_other_arrival_and_a_long_one_is(scene: Scene, moved: Any) -> None:
    scene.client(Event.ARRIVE)
    scene.client(Event.LEAVE)
    moved.shift(timedelta(minutes=4))
    scene.client(Event.ARRIVE)
    assert Notification.objects.count() == 1
    scene.client(Event.LEAVE)
    moved.shift(timedelta(minutes=6))
    scene.client(Event.ARRIVE)
    assert Notification.objects.count() == 2


def test_the_clinicians_own_coming_is_no_news_and_admitting_ends_what_waits_to_be_sent(
    scene: Scene,
) -> None:
    scene.clinician(Event.ARRIVE)
    assert not Notification.objects.exists()
    scene.client(Event.ARRIVE)
    assert "waiting" in {outcome for outcome, _ in waiting_outbox()}
    scene.clinician(Event.ADMIT)
    assert {outcome for outcome, _ in waiting_outbox()} == {"skipped"}
    assert "no-longer-needed" in {reason for _, reason in waiting_outbox()}
    scene.client(Event.LEAVE)
    scene.client(Event.ARRIVE)
    assert Notification.objects.count() == 1
