"""Series that name what did not fit; earlier times, offered in order, to the first who accepts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from holdfast.core.ids import uuid7
from holdfast.core.notify.models import Notification
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.encounters.actions import change_encounter
from holdfast.meet.encounters.models import Encounter
from holdfast.meet.scheduling import accepting, changing, facade, series, tasks, waiting
from holdfast.meet.scheduling.models import (
    Appointment,
    AvailabilityException,
    Series,
    SlotOffer,
    WaitingEntry,
)
from holdfast.meet.scheduling.problems import OfferOver, SlotTaken
from tests import factories
from tests.integration.meet.scheduling.scene import (
    BERLIN,
    NOW,
    Scene,
    actor_of,
    at,
    make_scene,
)

pytestmark = pytest.mark.django_db
OFFER = SlotOffer.State


@pytest.fixture
def scene(time_machine: time_machine.TimeMachineFixture) -> Scene:
    time_machine.move_to(NOW, tick=False)
    return make_scene()


def walls(rows: list[Appointment]) -> set[str]:
    return {f"{one.starts_at.astimezone(ZoneInfo(BERLIN)):%a %H:%M}" for one in rows}


class TestSeries:
    def book(self, scene: Scene, starts_at: datetime, count: int = 4) -> series.Outcome:
        new = series.NewSeries(scene.new(starts_at), 1, count)
        return series.book_series(scene.practice.pk, new, by=scene.by_dana)

    def test_it_stays_on_the_wall_over_a_change_of_clocks(self, scene: Scene) -> None:
        made = self.book(scene, datetime(2026, 10, 12, 8, tzinfo=UTC))
        rows = list(Appointment.objects.filter(series=made.series))
        assert (len(rows), walls(rows)) == (4, {"Mon 10:00"})
        assert len({one.starts_at.hour for one in rows}) == 2

    def test_what_is_taken_or_closed_is_named_and_the_rest_is_booked(self, scene: Scene) -> None:
        scene.book(at(9, days=8), factories.make_client(scene.practice))
        factories.close_on(scene.practice, date(2026, 6, 16))
        made = self.book(scene, at(9))
        assert made.skipped == [
            {"starts_at": at(9, days=8).isoformat(), "reason": "slot-taken"},
            {"starts_at": at(9, days=15).isoformat(), "reason": "closed"},
        ]
        assert Appointment.objects.filter(series=made.series).count() == 2

    def test_somebody_away_is_closed_too(self, scene: Scene) -> None:
        AvailabilityException.objects.create(
            practice=scene.practice, membership=scene.dana, on=date(2026, 6, 9), time_zone=BERLIN
        )
        assert [one["reason"] for one in self.book(scene, at(9)).skipped] == ["closed"]

    def test_sent_again_it_is_booked_once(self, scene: Scene) -> None:
        new = series.NewSeries(scene.new(at(9)), 1, 3)
        for _ in range(2):
            series.book_series(scene.practice.pk, new, by=scene.by_dana)
        assert (Series.objects.count(), Appointment.objects.count()) == (1, 3)

    def test_where_none_fits_nothing_is_left(self, scene: Scene) -> None:
        for days in (1, 8):
            scene.book(at(9, days=days), factories.make_client(scene.practice))
        with pytest.raises(SlotTaken):
            self.book(scene, at(9), count=2)
        assert not Series.objects.exists()

    def test_this_and_following_move_and_one_that_does_not_fit_stays(self, scene: Scene) -> None:
        made = self.book(scene, at(9))
        rows = list(Appointment.objects.filter(series=made.series).order_by("starts_at"))
        scene.book(at(14, days=16), factories.make_client(scene.practice))
        found = series.move_following(
            scene.practice.pk, rows[1].pk, starts_at=at(14, days=9), sequence=0, by=scene.by_dana
        )
        assert [one["id"] for one in found.kept] == [str(rows[2].pk)]
        starts = [one.starts_at for one in Appointment.objects.filter(series=made.series)]
        assert sorted(starts) == [at(9), at(14, days=9), at(9, days=15), at(14, days=23)]

    @pytest.mark.parametrize("by_weeks", [1, -1])
    def test_a_series_does_not_stand_in_its_own_way(self, scene: Scene, by_weeks: int) -> None:
        made = self.book(scene, at(9, days=8))
        first = Appointment.objects.filter(series=made.series).earliest("starts_at")
        to = first.starts_at + timedelta(weeks=by_weeks)
        found = series.move_following(
            scene.practice.pk, first.pk, starts_at=to, sequence=0, by=scene.by_dana
        )
        assert (len(found.changed), found.kept) == (4, [])

    def test_this_and_following_are_cancelled_and_what_came_before_stays(
        self, scene: Scene
    ) -> None:
        made = self.book(scene, at(9))
        rows = list(Appointment.objects.filter(series=made.series).order_by("starts_at"))
        series.cancel_following(scene.practice.pk, rows[1].pk, by=scene.by_dana, sequence=0)
        states = Appointment.objects.filter(series=made.series).order_by("starts_at")
        assert list(states.values_list("status", flat=True)) == ["booked", *["cancelled"] * 3]


class TestEarlierTimes:
    def waits(self, scene: Scene, has: datetime | None = None) -> tuple[Client, WaitingEntry]:
        client = factories.make_client(scene.practice)
        factories.join_care_team(client, scene.dana, starts_on=date(2026, 1, 1))
        appointment = scene.book(has, client) if has else None
        new = waiting.NewEntry(
            uuid7(),
            scene.dana.pk,
            scene.kind.pk,
            date(2026, 6, 30),
            appointment.pk if appointment else None,
        )
        return client, waiting.wait(client, new, by=actor_of(client))

    def give_up(self, scene: Scene, appointment: Appointment) -> None:
        changing.cancel(
            scene.practice.pk, appointment.pk, by=scene.by_client, client_id=scene.client.pk
        )

    def test_who_waits_for_some_days_only_is_not_asked_for_others(self, scene: Scene) -> None:
        made = scene.book(at(9, days=3))
        client, entry = self.waits(scene, at(9, days=10))
        other = at(9, days=4).isoweekday()
        waiting.change(client, entry.pk, ("video",), (other,), by=actor_of(client))
        self.give_up(scene, made)
        assert not SlotOffer.objects.exists()
        waiting.stop(client, entry.pk, by=actor_of(client))
        with pytest.raises(NotFound):
            waiting.change(client, entry.pk, (), (), by=actor_of(client))

    def test_the_first_who_waits_is_asked_and_told(self, scene: Scene) -> None:
        made = scene.book(at(9, days=3))
        first, _ = self.waits(scene, at(9, days=10))
        self.waits(scene)
        self.give_up(scene, made)
        offer = SlotOffer.objects.get()
        assert (offer.entry.client_id, offer.starts_at) == (first.pk, at(9, days=3))
        assert Notification.objects.get(kind="earlier-time").recipient_id == first.user_id

    def test_who_accepts_moves_there_and_sent_again_it_is_the_same(self, scene: Scene) -> None:
        made = scene.book(at(9, days=3))
        client, entry = self.waits(scene, at(9, days=10))
        self.give_up(scene, made)
        offer = SlotOffer.objects.get()
        for _ in range(2):
            taken = accepting.accept(client, offer.pk, by=actor_of(client))
        assert (taken.pk, taken.starts_at) == (entry.appointment_id, at(9, days=3))
        entry.refresh_from_db()
        assert entry.state == WaitingEntry.State.SERVED

    def test_after_the_deadline_the_next_is_asked_and_the_first_to_accept_has_it(
        self, scene: Scene, time_machine: time_machine.TimeMachineFixture
    ) -> None:
        made = scene.book(at(9, days=3))
        first, _ = self.waits(scene, at(9, days=10))
        second, _ = self.waits(scene)
        self.give_up(scene, made)
        assert tasks.advance_offers(NOW + timedelta(hours=1)) == 0
        later = NOW + waiting.OFFER_FOR
        time_machine.move_to(later, tick=False)
        assert (tasks.advance_offers(later), tasks.advance_offers(later)) == (1, 0)
        of_first = SlotOffer.objects.get(entry__client=first)
        of_second = SlotOffer.objects.get(entry__client=second)
        assert (of_first.state, of_second.state) == (OFFER.EXPIRED, OFFER.OPEN)
        accepting.accept(first, of_first.pk, by=actor_of(first))
        with pytest.raises(OfferOver):
            accepting.accept(second, of_second.pk, by=actor_of(second))

    def test_a_time_that_somebody_else_booked_is_gone(self, scene: Scene) -> None:
        made = scene.book(at(9, days=3))
        client, _ = self.waits(scene)
        self.give_up(scene, made)
        scene.book(at(9, days=3), factories.make_client(scene.practice))
        offer = SlotOffer.objects.get()
        with pytest.raises(OfferOver):
            accepting.accept(client, offer.pk, by=actor_of(client))
        offer.refresh_from_db()
        assert offer.state == OFFER.GONE

    def test_who_declines_goes_on_waiting_and_the_next_is_asked(self, scene: Scene) -> None:
        made = scene.book(at(9, days=3))
        first, entry = self.waits(scene)
        second, _ = self.waits(scene)
        self.give_up(scene, made)
        waiting.decline(first, SlotOffer.objects.get().pk, by=actor_of(first))
        assert SlotOffer.objects.get(state=OFFER.OPEN).entry.client_id == second.pk
        entry.refresh_from_db()
        assert entry.state == WaitingEntry.State.WAITING

    def test_nobody_is_asked_about_a_later_time_or_one_that_was_not_given_up(
        self, scene: Scene
    ) -> None:
        later, other = scene.book(at(9, days=20)), scene.book(at(9, days=3))
        self.waits(scene, at(9, days=10))
        self.give_up(scene, later)
        changing.cancel(scene.practice.pk, other.pk, by=scene.by_dana)
        assert not SlotOffer.objects.exists()

    def test_staff_may_say_that_a_time_is_free(self, scene: Scene) -> None:
        made = scene.book(at(9, days=3))
        self.waits(scene)
        changing.cancel(
            scene.practice.pk,
            made.pk,
            by=scene.by_dana,
            client_id=scene.client.pk,
            by_client=False,
            offer=True,
        )
        assert SlotOffer.objects.count() == 1

    def test_who_stops_waiting_is_not_asked(self, scene: Scene) -> None:
        made = scene.book(at(9, days=3))
        client, entry = self.waits(scene)
        for _ in range(2):
            waiting.stop(client, entry.pk, by=actor_of(client))
        self.give_up(scene, made)
        assert not SlotOffer.objects.exists()


@pytest.mark.parametrize(
    ("status", "booked"), [("finished", "fulfilled"), ("cancelled", "cancelled")]
)
def test_a_meeting_tells_its_booking_how_it_went(
    scene: Scene,
    status: str,
    booked: str,
    time_machine: time_machine.TimeMachineFixture,
    django_capture_on_commit_callbacks: object,
) -> None:
    made = scene.book(at(9))
    met = Encounter.objects.get(appointment_id=made.pk)
    time_machine.move_to(at(9, 45), tick=False)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        change_encounter(scene.client, met.pk, status=status, by=scene.by_dana)
    assert facade.get(scene.practice.pk, made.pk).status == booked


def test_a_meeting_that_was_held_does_not_follow_its_booking(scene: Scene) -> None:
    made = scene.book(at(9))
    met = Encounter.objects.get(appointment_id=made.pk)
    Encounter.objects.update(status="finished")
    assert not encounters.cancel(scene.practice.pk, met.pk, by=scene.by_dana)
