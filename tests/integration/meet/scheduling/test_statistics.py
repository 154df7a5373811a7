"""What became of appointments, counted over a range of days, and for whom to see."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.core.tenancy.models import Membership, Role
from holdfast.meet.scheduling import statistics
from holdfast.meet.scheduling.models import Participant
from tests import factories
from tests.integration.meet.scheduling.scene import NOW, Scene, at, make_scene

pytestmark = pytest.mark.django_db

JUNE = (date(2026, 6, 2), date(2026, 6, 30))
LATER = NOW + timedelta(days=40)


@pytest.fixture
def scene(time_machine: time_machine.TimeMachineFixture) -> Scene:
    time_machine.move_to(NOW, tick=False)
    return make_scene()


def went(scene: Scene, who: Membership, days: int, **columns: Any) -> None:
    client = factories.make_client(scene.practice, account=False)
    made = scene.book(at(9, days=days), client, membership_id=who.pk)
    Participant.objects.filter(appointment=made).update(**columns)


def counted(scene: Scene, by: Membership) -> statistics.Statistics:
    actor = factories.actor_for(by)
    return statistics.statistics(scene.practice, *JUNE, by=actor, now=LATER)


def a_month(scene: Scene) -> Membership:
    other = factories.make_member(scene.practice, Role.CLINICIAN, display_name="Cleo")
    for days in (1, 2, 3):
        went(scene, scene.dana, days, status="fulfilled")
    went(scene, scene.dana, 4, status="no_show")
    went(scene, scene.dana, 7, status="cancelled", late=True, cancelled_by_client=True)
    went(scene, scene.dana, 8, status="cancelled", cancelled_by_client=True)
    went(scene, scene.dana, 9, status="cancelled")
    went(scene, scene.dana, 10)
    went(scene, scene.dana, 36, status="no_show")  # in July
    went(scene, other, 1, status="fulfilled")
    return other


def test_each_part_counts_once_and_the_practice_is_their_sum(scene: Scene) -> None:
    a_month(scene)
    found = counted(scene, scene.dana)
    (own,) = found.members
    assert (own.kept, own.in_time, own.by_practice, own.unsaid) == (3, 1, 1, 1)
    assert (own.missed.count, own.missed.of, own.late.count) == (1, 5, 1)
    assert (found.practice.kept, found.practice.missed.of) == (4, 6)


def test_one_sees_oneself_a_supervisor_their_people_an_administrator_all(scene: Scene) -> None:
    other = a_month(scene)
    sol = factories.make_member(scene.practice, Role.SUPERVISOR, display_name="Sol")
    factories.supervise(sol, other)
    ada = factories.make_member(scene.practice, Role.ADMINISTRATOR)
    names = {who: [one.name for one in counted(scene, who).members] for who in (sol, ada)}
    # By the alphabet: nobody is ranked.
    assert names == {sol: ["Cleo"], ada: ["Cleo", "Dana"]}


def test_it_costs_the_same_however_many_there_are(scene: Scene) -> None:
    a_month(scene)
    with CaptureQueriesContext(connection) as asked:
        counted(scene, scene.dana)
    assert len(asked) == 2


def test_the_file_says_the_same_and_runs_nothing(scene: Scene) -> None:
    Membership.objects.filter(pk=scene.dana.pk).update(display_name="=1+1")
    a_month(scene)
    lines = statistics.as_csv(counted(scene, scene.dana)).splitlines()
    assert lines[0].split(",")[:3] == ["who", "kept", "missed"]
    assert lines[1].startswith("'=1+1,3,1,0.2000,")
    assert len(lines) == 3


def test_it_is_read_over_http_for_two_years_at_most(scene: Scene) -> None:
    path = f"/api/v1/practices/{scene.practice.pk}/attendance"
    browser = factories.browser(scene.dana.user)
    window = {"since": "2025-01-01", "until": "2026-12-31"}
    answer = browser.get(path, window)
    assert answer.status_code == 200, answer.content
    assert answer.json()["practice"]["missed"] == {"count": 0, "of": 0, "low": None, "high": None}
    assert browser.get(path + ".csv", window).headers["Content-Type"].startswith("text/csv")
    assert browser.get(path, window | {"since": "2024-01-01"}).json()["code"] == "invalid"
