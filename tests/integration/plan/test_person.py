"""The person's page: what changed since they last met."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.encounters import facade as encounters
from holdfast.plan.overview.person import overview
from tests import factories
from tests.integration.plan.test_caseload import answered

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana() -> Membership:
    return factories.make_member(factories.make_practice(), "clinician", display_name="Dana")


@pytest.fixture
def person(dana: Membership) -> Client:
    client = factories.make_client(dana.practice, display_name="Robin")
    factories.join_care_team(client, dana)
    return client


@pytest.fixture
def browser(dana: Membership) -> Browser:
    return factories.browser(dana.user)


def met(client: Client, dana: Membership, days_ago: int) -> None:
    at = clock.now() - timedelta(days=days_ago)
    encounters.record_finished(client, starts_at=at, ended_at=at, by=factories.actor_for(dana))


def page(browser: Browser, client: Client) -> Any:
    address = f"/api/v1/practices/{client.practice_id}/clients/{client.pk}/overview"
    answer = browser.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_reliable_deterioration_since_they_met_is_said(
    browser: Browser, dana: Membership, person: Client
) -> None:
    answered(person, 6, 30)
    met(person, dana, 20)
    answered(person, 9, 10)
    answered(person, 14, 1)
    shown = page(browser, person)
    score = shown["scores"][0]
    assert (score["then"], score["now"], score["verdict"]) == (6, 14, "deteriorated")
    assert score["explanation_code"] == "published-points"
    assert score["reliable_points"] == 6
    assert score["source"]
    assert shown["since"] is not None


def test_the_earlier_score_is_the_last_before_the_meeting(
    browser: Browser, dana: Membership, person: Client
) -> None:
    for value, days in ((20, 40), (12, 21), (11, 5)):
        answered(person, value, days)
    met(person, dana, 20)
    score = page(browser, person)["scores"][0]
    assert (score["then"], score["now"], score["verdict"]) == (12, 11, "unchanged")


def test_without_a_score_before_the_meeting_nothing_is_claimed(
    browser: Browser, dana: Membership, person: Client
) -> None:
    met(person, dana, 20)
    answered(person, 14, 1)
    score = page(browser, person)["scores"][0]
    assert score["then"] is None
    assert score["verdict"] == "insufficient"
    assert score["explanation_code"] == "no-earlier-score"


def test_without_a_new_answer_since_they_met_nothing_is_claimed(
    browser: Browser, dana: Membership, person: Client
) -> None:
    answered(person, 14, 30)
    met(person, dana, 20)
    score = page(browser, person)["scores"][0]
    assert (score["then"], score["now"], score["verdict"]) == (None, 14, "insufficient")


def test_where_they_never_met_the_last_two_answers_are_compared(
    browser: Browser, person: Client
) -> None:
    answered(person, 16, 10)
    answered(person, 9, 1)
    shown = page(browser, person)
    assert shown["since"] is None
    assert shown["scores"][0]["verdict"] == "improved"


def test_a_message_that_did_not_arrive_is_a_delivery_problem(
    browser: Browser, person: Client
) -> None:
    now = clock.now()
    assert person.user is not None
    for kind, problem in (("reminder", "not-delivered"), ("prompt", "")):
        Notification.objects.create(
            practice_id=person.practice_id,
            recipient=person.user,
            kind=kind,
            created_at=now,
            judged_at=now,
            problem=problem,
        )
    missed = page(browser, person)["missed_deliveries"]
    assert [(one["kind"], one["reason"]) for one in missed] == [("reminder", "not-delivered")]


def test_the_number_of_statements_does_not_grow(dana: Membership, person: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            overview(person, clock.now())
        return len(queries)

    met(person, dana, 20)
    answered(person, 6, 30)
    few = statements()
    for days in range(1, 29):
        answered(person, 6, days)
        answered(person, 6, days, "gad-7")
        met(person, dana, days)
    assert statements() == few
