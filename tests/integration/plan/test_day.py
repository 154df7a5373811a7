"""One line for each person of an agenda: what became of them since the last meeting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.encounters.models import Encounter
from holdfast.meet.scheduling.models import AppointmentType
from holdfast.plan.overview import standings
from holdfast.plan.overview.day import since_lines
from tests import factories
from tests.integration.meet.scheduling.scene import Scene
from tests.integration.plan.test_caseload import answered, raise_flag

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana() -> Membership:
    practice = factories.make_practice()
    factories.set_monitored_hours(practice, "00:00", "23:59", "1234567")
    member = factories.make_member(practice, "clinician", display_name="Dana")
    factories.set_on_call(practice, member)
    return member


@pytest.fixture
def kind(dana: Membership) -> AppointmentType:
    return AppointmentType.objects.create(practice=dana.practice, name="Talk", media=["video"])


def booked(dana: Membership, kind: AppointmentType, *, hour: int, team: bool = True) -> Client:
    client = factories.make_client(dana.practice)
    if team:
        factories.join_care_team(client, dana)
    Scene(dana.practice, dana, client, kind).book(day() + timedelta(hours=hour))
    return client


def day() -> datetime:
    return (clock.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def met(client: Client, dana: Membership, days_ago: int) -> None:
    at = clock.now() - timedelta(days=days_ago)
    Encounter.objects.create(
        practice=client.practice,
        client=client,
        membership=dana,
        status="finished",
        starts_at=at,
        created_at=at,
    )
    standings.put_right(client.practice_id, [client.pk], clock.now())


def lines(dana: Membership) -> Any:
    begin = day()
    actor = factories.actor_for(dana)
    found = since_lines(actor, begin, begin + timedelta(days=1), clock.now())
    return {one.client_id: one for one in found}


def test_a_line_says_what_changed_since_they_met(dana: Membership, kind: AppointmentType) -> None:
    client = booked(dana, kind, hour=9)
    answered(client, 18, 30)
    answered(client, 17, 20)
    met(client, dana, 10)
    answered(client, 12, 5)
    answered(client, 8, 1)
    raise_flag(client, dana)
    line = lines(dana)[client.pk]
    assert (line.score.earlier, line.score.now, line.score.verdict) == (17, 8, "improved")
    assert line.score.title == "PHQ-9"
    assert (line.flag, line.unread, line.answers) == ("concern", 0, None)


def test_without_a_score_since_they_met_there_is_none(
    dana: Membership, kind: AppointmentType
) -> None:
    client = booked(dana, kind, hour=9)
    answered(client, 18, 30)
    met(client, dana, 10)
    assert lines(dana)[client.pk].score is None


def test_of_who_never_met_the_last_two_scores_count(
    dana: Membership, kind: AppointmentType
) -> None:
    client = booked(dana, kind, hour=9)
    answered(client, 18, 30)
    answered(client, 17, 3)
    line = lines(dana)[client.pk]
    assert (line.met_at, line.score.earlier, line.score.now) == (None, 18, 17)
    assert line.score.verdict == "unchanged"


def test_what_was_reliably_worse_is_said_before_what_is_newer(
    dana: Membership, kind: AppointmentType
) -> None:
    client = booked(dana, kind, hour=9)
    answered(client, 4, 12)
    answered(client, 5, 12, "gad-7")
    met(client, dana, 10)
    answered(client, 19, 5)
    answered(client, 5, 1, "gad-7")
    assert lines(dana)[client.pk].score.instrument == "phq-9"


def test_who_does_not_share_with_the_reader_is_left_out(
    dana: Membership, kind: AppointmentType
) -> None:
    stranger = booked(dana, kind, hour=9, team=False)
    gone = booked(dana, kind, hour=10)
    shares = booked(dana, kind, hour=11)
    Client.objects.filter(pk=gone.pk).update(consents_withdrawn="care_team")
    assert stranger.pk not in lines(dana)
    assert set(lines(dana)) == {shares.pk}


def test_a_full_day_costs_what_an_empty_one_does(dana: Membership, kind: AppointmentType) -> None:
    for hour in range(7, 9):
        answered(booked(dana, kind, hour=hour), 10, 1)
    with CaptureQueriesContext(connection) as few:
        lines(dana)
    for hour in range(9, 17):
        answered(booked(dana, kind, hour=hour), 10, 1)
    with CaptureQueriesContext(connection) as many:
        assert len(lines(dana)) == 10
    assert len(many) == len(few) == 6


def test_it_is_read_over_http_and_noted(dana: Membership, kind: AppointmentType) -> None:
    client = booked(dana, kind, hour=9)
    path = f"/api/v1/practices/{dana.practice_id}/agenda/since"
    begin = day()
    window = {"since": begin.isoformat(), "until": (begin + timedelta(days=1)).isoformat()}
    browser = factories.browser(dana.user)
    (item,) = browser.get(path, window).json()["items"]
    assert item["client_id"] == str(client.pk)
    wide = window | {"until": (begin + timedelta(days=40)).isoformat()}
    assert browser.get(path, wide).json()["code"] == "invalid"
