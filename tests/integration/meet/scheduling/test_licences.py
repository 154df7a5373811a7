"""An appointment needs a licence that holds there on its day; who keeps none is asked for none."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine

from holdfast.core.ids import uuid7
from holdfast.core.problems import Problem
from holdfast.meet.matching.models import Intake, Licence
from holdfast.meet.matching.offering import remove_licence
from holdfast.meet.matching.problems import NotLicensed
from holdfast.meet.scheduling import booking, changing, series, slots, waiting
from holdfast.meet.scheduling.models import SlotOffer, WaitingEntry
from holdfast.meet.scheduling.waiting import Freed
from tests import factories
from tests.integration.meet.scheduling.scene import NOW, Scene, add_hours, at, make_scene

pytestmark = pytest.mark.django_db

#: The scene's Tuesday: 2 June.
TUESDAY = date(2026, 6, 2)


@pytest.fixture
def scene(time_machine: time_machine.TimeMachineFixture) -> Scene:
    time_machine.move_to(NOW, tick=False)
    made = make_scene()
    made.client.country = "DE"
    made.client.save(update_fields=["country"])
    return made


def keep(scene: Scene, until: date = TUESDAY, place: str = "DE", status: str = "verified") -> None:
    Licence.objects.create(
        practice=scene.practice,
        membership=scene.dana,
        title="Psychotherapist",
        number="1",
        jurisdiction=place,
        expires_on=until,
        status=status,
        decided_at=None if status == "pending" else NOW,
    )


def refused(
    scene: Scene, starts_at: datetime, *, online: bool = False, medium: str = "video"
) -> str:
    by = scene.by_client if online else scene.by_dana
    new = scene.new(starts_at, medium=medium)
    with pytest.raises(Problem) as found:
        booking.book(scene.practice.pk, new, by=by, online=online)
    return str(found.value.extra.get("missing", found.value.code))


def test_staff_and_clients_book_until_its_last_day_and_not_after(scene: Scene) -> None:
    keep(scene)
    scene.book(at(9))
    assert refused(scene, at(9, days=2)) == "expired"
    assert refused(scene, at(9, days=2), online=True) == "slot-not-offered"


@pytest.mark.parametrize("status", ["pending", "refused", "removed"])
def test_one_that_was_not_verified_or_was_withdrawn_is_none(scene: Scene, status: str) -> None:
    keep(scene, status=status)
    assert refused(scene, at(9)) == "none"


def test_taking_ones_licence_away_does_not_end_the_question(scene: Scene) -> None:
    keep(scene)
    row = Licence.objects.get()
    remove_licence(practice_id=scene.practice.pk, licence_id=row.pk, by=scene.by_dana)
    row.refresh_from_db()
    assert (row.status, row.title, row.number) == ("removed", "", "")
    assert refused(scene, at(9)) == "none"


def test_it_is_asked_for_where_the_person_is(scene: Scene) -> None:
    keep(scene, place="FR")
    assert refused(scene, at(9)) == "elsewhere"
    keep(scene, place="DE-BY")
    scene.book(at(9))
    intake = Intake(client=scene.client, practice_id=scene.practice.pk, changed_at=NOW)
    intake.wishes = {"jurisdiction": "DE-BE"}
    intake.save()
    assert refused(scene, at(11)) == "elsewhere"


def test_in_person_the_practices_country_counts_too(scene: Scene) -> None:
    scene.practice.countries = ["FR"]
    scene.practice.save()
    scene.kind.media = ["in_person", "video"]
    scene.kind.save()
    keep(scene, place="FR")
    assert refused(scene, at(9)) == "elsewhere"
    scene.book(at(9), medium="in_person")


def test_a_time_is_offered_to_nobody_after_the_last_day(scene: Scene) -> None:
    keep(scene)
    free = slots.free(scene.dana, scene.kind, at(2), at(2, days=3))
    assert {one.starts_at.date() for one in free} == {TUESDAY}
    scene.client.country = "AT"
    assert slots.free(scene.dana, scene.kind, at(2), at(2, days=3), clients=[scene.client]) == []


def test_a_move_past_the_last_day_is_refused_and_nothing_moved(scene: Scene) -> None:
    keep(scene)
    made = scene.book(at(9))
    with pytest.raises(NotLicensed):
        changing.reschedule(scene.practice.pk, made.pk, starts_at=at(9, days=2), by=scene.by_dana)
    made.refresh_from_db()
    assert (made.starts_at, made.sequence) == (at(9), 0)


def test_a_series_leaves_out_what_comes_after_and_names_it(scene: Scene) -> None:
    keep(scene, until=TUESDAY + timedelta(days=7))
    made = series.book_series(
        scene.practice.pk, series.NewSeries(scene.new(at(9)), 1, 3), by=scene.by_dana
    )
    assert [one["reason"] for one in made.skipped] == ["not-licensed"]
    with pytest.raises(NotLicensed):
        series.book_series(
            scene.practice.pk, series.NewSeries(scene.new(at(9, days=14)), 1, 2), by=scene.by_dana
        )


def test_an_earlier_time_is_offered_to_whom_it_may_be_given(scene: Scene) -> None:
    keep(scene)
    made = scene.book(at(9))
    abroad = factories.make_client(scene.practice)
    abroad.country = "AT"
    abroad.save(update_fields=["country"])
    near = factories.make_client(scene.practice)
    near.country = "DE"
    near.save(update_fields=["country"])
    for minutes, one in enumerate((abroad, near)):
        WaitingEntry.objects.create(
            id=uuid7(),
            practice=scene.practice,
            client=one,
            membership=scene.dana,
            type=scene.kind,
            media=[],
            weekdays=[],
            until=date(2026, 7, 1),
            created_at=NOW + timedelta(minutes=minutes),
        )
    waiting.given_back(Freed(made, at(9), at(9, 50), made.zone, "video", None))
    assert SlotOffer.objects.get(freed=made).entry.client == near


def test_who_keeps_no_licence_is_asked_for_none(scene: Scene) -> None:
    other = factories.make_member(scene.practice, "clinician")
    add_hours(other, 2)
    keep(scene, until=TUESDAY - timedelta(days=1))
    scene.book(at(9), membership_id=other.pk)
