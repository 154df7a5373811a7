"""What becomes of appointments when their person leaves, and what they take along."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from holdfast.core.identity.erasure import Subject
from holdfast.core.ids import uuid7
from holdfast.meet.scheduling import booking, changing, copies, erasure, waiting
from holdfast.meet.scheduling.models import (
    Appointment,
    Participant,
    Reservation,
    WaitingEntry,
)
from tests import factories
from tests.integration.meet.scheduling.scene import NOW, Scene, at, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(time_machine: time_machine.TimeMachineFixture) -> Scene:
    time_machine.move_to(NOW, tick=False)
    return make_scene()


def forget(scene: Scene) -> None:
    assert scene.client.user_id is not None
    subject = Subject(
        user_id=scene.client.user_id,
        practice_id=scene.practice.pk,
        client_id=scene.client.pk,
        keep=False,
    )
    for _ in range(2):
        erasure.forget(subject)


def test_their_appointments_and_their_waiting_go(scene: Scene) -> None:
    scene.book(at(9))
    new = waiting.NewEntry(uuid7(), scene.dana.pk, scene.kind.pk, date(2026, 6, 30))
    waiting.wait(scene.client, new, by=scene.by_client)
    other = scene.book(at(11), factories.make_client(scene.practice))
    forget(scene)
    assert list(Appointment.objects.all()) == [other]
    assert not WaitingEntry.objects.exists()
    assert set(Reservation.objects.values_list("appointment", flat=True)) == {other.pk}


def test_a_groups_appointment_goes_on_without_them(scene: Scene) -> None:
    type(scene.kind).objects.update(capacity=3)
    made, other = scene.book(at(9)), factories.make_client(scene.practice)
    booking.join(scene.practice.pk, made.pk, other, by=scene.by_dana)
    forget(scene)
    assert [one.client_id for one in Participant.objects.all()] == [other.pk]
    held = Reservation.objects.filter(active=True).values_list("holder_id", flat=True)
    assert set(held) == {scene.dana.pk, other.pk}


def test_a_copy_has_every_booking_with_its_reason(scene: Scene) -> None:
    made = scene.book(at(9))
    changing.cancel(
        scene.practice.pk, made.pk, by=scene.by_client, client_id=scene.client.pk, reason="ill"
    )
    found: list[dict[str, Any]] = list(copies.resources(scene.client))
    assert [(one["status"], one["cancelationReason"]["text"]) for one in found] == [
        ("cancelled", "ill")
    ]
    (row,) = copies.rows(scene.client)
    assert row[3:][:2] == ("cancelled", "video")


def test_what_is_older_than_a_practice_keeps_goes(scene: Scene) -> None:
    scene.book(at(9))
    kept = scene.book(at(9, days=9))
    old = erasure.old_appointments(scene.practice.pk, NOW + timedelta(days=5))
    old.delete()
    assert list(Appointment.objects.all()) == [kept]
