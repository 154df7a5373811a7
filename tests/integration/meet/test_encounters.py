"""Meetings: what 'since you last met' counts from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters import facade
from holdfast.meet.encounters.models import Encounter
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana() -> Any:
    practice = factories.make_practice()
    return factories.make_member(practice, "clinician", display_name="Dana")


@pytest.fixture
def person(dana: Any) -> Client:
    client = factories.make_client(dana.practice)
    factories.join_care_team(client, dana)
    return client


@pytest.fixture
def browser(dana: Any) -> Browser:
    return factories.browser(dana.user)


def address(client: Client, *parts: object) -> str:
    base = f"/api/v1/practices/{client.practice_id}/clients/{client.pk}/encounters"
    return "/".join([base, *map(str, parts)])


def record(browser: Browser, client: Client, **body: object) -> Any:
    return browser.post(address(client), body, content_type="application/json")


def finished(days_ago: int = 3) -> dict[str, object]:
    starts = clock.now() - timedelta(days=days_ago)
    ends = starts + timedelta(minutes=50)
    return {"starts_at": starts.isoformat(), "ended_at": ends.isoformat(), "status": "finished"}


def test_it_records_a_meeting_and_lists_it(browser: Browser, person: Client) -> None:
    made = record(browser, person, **finished(), medium="video")
    assert made.status_code == 201, made.content
    assert made.json()["with_name"] == "Dana"
    listed = browser.get(address(person)).json()["items"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    event = AuditEvent.objects.get(action="create", resource="encounter")
    assert event.client_id == person.pk


def test_the_last_meeting_is_the_newest_finished_one(browser: Browser, person: Client) -> None:
    record(browser, person, **finished(10))
    newest = record(browser, person, **finished(2)).json()
    later = clock.now() + timedelta(days=2)
    record(browser, person, starts_at=later.isoformat(), status="planned")
    met = facade.last_met(person.practice_id, person.pk, clock.now())
    assert met is not None
    assert met.isoformat().startswith(newest["starts_at"][:19])
    planned = facade.next_planned(person.practice_id, clock.now(), [person.pk])
    assert planned == {person.pk: later}
    person.standing.refresh_from_db()
    assert person.standing.met_at == met


def test_a_cancelled_meeting_is_no_meeting(browser: Browser, person: Client) -> None:
    made = record(browser, person, **finished()).json()
    changed = browser.patch(
        address(person, made["id"]), {"status": "cancelled"}, content_type="application/json"
    )
    assert changed.status_code == 200
    assert facade.last_met(person.practice_id, person.pk, clock.now()) is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ended_at": "2026-01-01T09:00:00Z", "starts_at": "2026-01-01T10:00:00Z"}, "ended_at"),
        ({"starts_at": "2999-01-01T10:00:00Z"}, "starts_at"),
    ],
)
def test_it_refuses_impossible_times(
    browser: Browser, person: Client, body: dict[str, str], field: str
) -> None:
    refused = record(browser, person, status="finished", **body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert not Encounter.objects.exists()


def test_it_does_not_find_a_meeting_of_somebody_else(
    browser: Browser, person: Client, dana: Any
) -> None:
    other = factories.make_client(dana.practice)
    factories.join_care_team(other, dana)
    theirs = record(browser, other, **finished()).json()["id"]
    missing = browser.patch(
        address(person, theirs), {"status": "cancelled"}, content_type="application/json"
    )
    assert missing.status_code == 404


def test_listing_costs_one_statement_however_many(person: Client, dana: Any) -> None:
    by = factories.actor_for(dana)
    for days in range(1, 6):
        starts = clock.now() - timedelta(days=days)
        facade.record_finished(person, starts_at=starts, ended_at=starts, by=by)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(facade.encounters_of(person.practice_id, person.pk)) == 5
    assert len(queries) == 1
