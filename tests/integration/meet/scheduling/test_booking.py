"""Booking, moving, confirming, cancelling: what each does, and what each refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine

from holdfast.core.ids import uuid7
from holdfast.core.problems import Invalid, NotFound
from holdfast.meet.encounters.models import Encounter
from holdfast.meet.scheduling import booking, facade
from holdfast.meet.scheduling.models import Appointment, Participant, Reservation
from holdfast.meet.scheduling.problems import (
    AppointmentChanged,
    AppointmentOver,
    AppointmentTaken,
    GroupFull,
    SlotNotOffered,
    SlotTaken,
)
from tests import factories
from tests.integration.meet.scheduling.scene import NOW, Scene, actor_of, at, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(time_machine: time_machine.TimeMachineFixture) -> Scene:
    time_machine.move_to(NOW, tick=False)
    return make_scene()


def test_a_booking_plans_a_meeting_and_takes_the_time_with_its_buffers(scene: Scene) -> None:
    made = scene.book(at(9))
    met = Encounter.objects.get(appointment_id=made.pk)
    assert (met.status, met.starts_at, met.ends_at) == ("planned", at(9), at(9, 50))
    held = Reservation.objects.get(appointment=made, holder_kind="membership")
    assert (held.starts_at, held.ends_at) == (at(9), at(10))


def test_the_same_booking_sent_again_books_once(scene: Scene) -> None:
    new = scene.new(at(9))
    first = booking.book(scene.practice.pk, new, by=scene.by_dana)
    again = booking.book(scene.practice.pk, new, by=scene.by_dana)
    assert first.pk == again.pk
    assert Encounter.objects.count() == 1


def test_an_identifier_in_use_is_refused(scene: Scene) -> None:
    made = scene.book(at(9))
    other = factories.make_client(scene.practice)
    with pytest.raises(AppointmentTaken):
        scene.book(at(11), other, id=made.pk)


def test_nobody_is_in_two_appointments_at_once(scene: Scene) -> None:
    scene.book(at(9))
    other = factories.make_client(scene.practice)
    with pytest.raises(SlotTaken) as found:
        scene.book(at(9, 50), other)
    assert found.value.extra == {"holder": "membership"}
    scene.book(at(10), other)


def test_a_client_gets_what_is_offered_and_nothing_else(scene: Scene) -> None:
    def book(starts_at: datetime) -> None:
        new = replace(scene.new(at(9)), starts_at=starts_at, id=uuid7())
        booking.book(scene.practice.pk, new, by=scene.by_client, online=True)

    for refused in (at(9, 30), at(17), at(9, days=6), NOW + timedelta(minutes=30)):
        with pytest.raises(SlotNotOffered):
            book(refused)
    book(at(9))
    with pytest.raises(SlotTaken):
        book(at(9))


def test_a_booking_in_the_past_or_within_a_minute_is_refused(scene: Scene) -> None:
    for refused in (NOW - timedelta(hours=1), at(9) + timedelta(seconds=5)):
        with pytest.raises(Invalid):
            scene.book(refused)


def test_moving_keeps_the_old_time_where_the_new_one_is_taken(scene: Scene) -> None:
    made = scene.book(at(9))
    scene.book(at(11), factories.make_client(scene.practice))
    with pytest.raises(SlotTaken):
        facade.reschedule(scene.practice.pk, made.pk, starts_at=at(11), by=scene.by_dana)
    assert facade.get(scene.practice.pk, made.pk).starts_at == at(9)
    assert Reservation.objects.filter(appointment=made, active=True).count() == 2


def test_moving_moves_the_meeting_and_asks_for_the_word_again(scene: Scene) -> None:
    made = scene.book(at(9))
    facade.confirm(scene.practice.pk, made.pk, scene.client.pk, by=scene.by_client)
    seen = facade.reschedule(
        scene.practice.pk, made.pk, starts_at=at(10), by=scene.by_client,
        client_id=scene.client.pk, sequence=0,
    )  # fmt: skip
    assert (seen.starts_at, seen.sequence, seen.confirmed_at) == (at(10), 1, None)
    assert Encounter.objects.get().starts_at == at(10)
    again = facade.reschedule(
        scene.practice.pk, made.pk, starts_at=at(10), by=scene.by_client, sequence=0
    )
    assert again.sequence == 1


def test_a_change_from_a_stale_screen_is_refused(scene: Scene) -> None:
    made = scene.book(at(9))
    facade.reschedule(scene.practice.pk, made.pk, starts_at=at(10), by=scene.by_dana)
    with pytest.raises(AppointmentChanged) as found:
        facade.reschedule(
            scene.practice.pk, made.pk, starts_at=at(12), by=scene.by_client, sequence=0
        )
    assert found.value.extra == {"sequence": 1}


def test_cancelling_gives_the_time_back_and_cancels_the_meeting(scene: Scene) -> None:
    made = scene.book(at(9, days=3))
    seen = facade.cancel(
        scene.practice.pk, made.pk, by=scene.by_client, client_id=scene.client.pk, reason="ill"
    )
    assert (seen.status, seen.sequence, seen.client_ids) == ("cancelled", 1, (scene.client.pk,))
    assert Encounter.objects.get().status == "cancelled"
    one = Participant.objects.get()
    assert (one.late, one.reason, one.cancelled_by_client) == (False, "ill", True)
    scene.book(at(9, days=3))


def test_a_late_cancellation_is_recorded_and_not_refused(scene: Scene) -> None:
    made = scene.book(at(9))
    facade.cancel(scene.practice.pk, made.pk, by=scene.by_client, client_id=scene.client.pk)
    facade.cancel(scene.practice.pk, made.pk, by=scene.by_client, client_id=scene.client.pk)
    assert Participant.objects.get().late
    assert Appointment.objects.get().sequence == 1


def test_what_the_practice_cancels_is_never_the_clients_lateness(scene: Scene) -> None:
    made = scene.book(at(9))
    facade.cancel(scene.practice.pk, made.pk, by=scene.by_dana)
    assert not Participant.objects.get().late


def test_nothing_that_began_is_cancelled_by_a_client(
    scene: Scene, time_machine: time_machine.TimeMachineFixture
) -> None:
    made = scene.book(at(9))
    time_machine.move_to(at(9, 1), tick=False)
    with pytest.raises(AppointmentOver):
        facade.cancel(scene.practice.pk, made.pk, by=scene.by_client, client_id=scene.client.pk)


def test_another_practice_sees_nothing_of_it(scene: Scene) -> None:
    made, other = scene.book(at(9)), make_scene()
    with pytest.raises(NotFound):
        facade.get(other.practice.pk, made.pk)
    with pytest.raises(NotFound):
        facade.cancel(other.practice.pk, made.pk, by=other.by_dana)
    with pytest.raises(NotFound):
        scene.book(at(11), other.client)


class TestGroups:
    @pytest.fixture
    def scene(self, time_machine: time_machine.TimeMachineFixture) -> Scene:
        time_machine.move_to(NOW, tick=False)
        return make_scene(capacity=2)

    def test_as_many_take_part_as_there_are_places(self, scene: Scene) -> None:
        made = scene.book(at(9))
        second, third = (factories.make_client(scene.practice) for _ in range(2))
        booking.join(scene.practice.pk, made.pk, second, by=scene.by_dana)
        booking.join(scene.practice.pk, made.pk, second, by=scene.by_dana)
        with pytest.raises(GroupFull):
            booking.join(scene.practice.pk, made.pk, third, by=scene.by_dana)
        assert Encounter.objects.filter(appointment_id=made.pk).count() == 2

    def test_one_who_leaves_makes_room_for_another(self, scene: Scene) -> None:
        made = scene.book(at(9))
        second, third = (factories.make_client(scene.practice) for _ in range(2))
        booking.join(scene.practice.pk, made.pk, second, by=scene.by_dana)
        facade.cancel(scene.practice.pk, made.pk, by=actor_of(second), client_id=second.pk)
        booking.join(scene.practice.pk, made.pk, third, by=scene.by_dana)
        seen = facade.get(scene.practice.pk, made.pk)
        assert seen.status == "booked"
        assert set(seen.client_ids) == {scene.client.pk, third.pk}
