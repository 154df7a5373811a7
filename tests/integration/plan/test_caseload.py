"""The caseload over HTTP: who stands in it, in which order, at what cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership
from holdfast.plan.overview import standings
from holdfast.plan.overview.caseload import caseload
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures.models import Response, Score
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana() -> Membership:
    practice = factories.make_practice()
    factories.set_monitored_hours(practice, "00:00", "23:59", "1234567")
    member = factories.make_member(practice, "clinician", display_name="Dana")
    factories.set_on_call(practice, member)
    return member


@pytest.fixture
def browser(dana: Membership) -> Browser:
    return factories.browser(dana.user)


def treated(dana: Membership, name: str) -> Client:
    client = factories.make_client(dana.practice, display_name=name)
    factories.join_care_team(client, dana)
    return client


def answered(client: Client, value: float, days_ago: int, instrument: str = "phq-9") -> Response:
    """A response as an import leaves it; scores only."""
    at = clock.now() - timedelta(days=days_ago)
    response = Response.objects.create(
        id=uuid7(),
        practice_id=client.practice_id,
        client=client,
        instrument=instrument,
        version="1.0.0",
        language="en",
        answers={},
        answered_at=at,
        received_at=at,
        time_zone="UTC",
        local_date=at.date(),
        source="import",
        historical=True,
        content_digest="",
    )
    Score.objects.create(
        practice_id=client.practice_id,
        client=client,
        response=response,
        instrument=instrument,
        scale="total",
        main=True,
        value=value,
        band="",
        answered_at=at,
        historical=True,
    )
    standings.put_right(client.practice_id, [client.pk], clock.now())
    return response


def raise_flag(client: Client, dana: Membership, level: str = "concern") -> None:
    now = clock.now()
    flags.raise_signals(
        client=client,
        signals=[flags.Signal(code="self-harm-item", level=level, reason="thoughts-of-death")],
        answered_at=now,
        received_at=now,
        by=factories.actor_for(dana),
    )


def get(browser: Browser, dana: Membership, **query: str) -> Any:
    answer = browser.get(f"/api/v1/practices/{dana.practice_id}/caseload", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(page: dict[str, Any]) -> list[str]:
    return [one["display_name"] for one in page["items"]]


def test_it_holds_those_the_clinician_treats_and_nobody_else(
    browser: Browser, dana: Membership
) -> None:
    treated(dana, "Mine")
    factories.make_client(dana.practice, display_name="Not mine")
    past = factories.make_client(dana.practice, display_name="Past")
    yesterday = clock.now().date() - timedelta(days=1)
    factories.join_care_team(past, dana, starts_on=yesterday, ends_on=yesterday)
    assert names(get(browser, dana)) == ["Mine"]


def test_a_supervisor_sees_the_supervisees_people(dana: Membership) -> None:
    treated(dana, "Mine")
    supervisor = factories.make_member(dana.practice, "supervisor")
    factories.supervise(supervisor, dana)
    assert names(get(factories.browser(supervisor.user), dana)) == ["Mine"]


def test_nobody_sees_the_people_of_a_supervisee_who_is_switched_off(dana: Membership) -> None:
    treated(dana, "Hers")
    supervisor = factories.make_member(dana.practice, "supervisor")
    factories.supervise(supervisor, dana)
    dana.active = False
    dana.save()
    assert names(get(factories.browser(supervisor.user), dana)) == []


def test_an_open_flag_comes_first_and_says_when_it_is_due(
    browser: Browser, dana: Membership
) -> None:
    answered(treated(dana, "Quiet"), 4, 1)
    worrying = treated(dana, "Worrying")
    answered(worrying, 12, 0)
    raise_flag(worrying, dana)
    page = get(browser, dana)
    assert names(page) == ["Worrying", "Quiet"]
    row = page["items"][0]
    assert row["open_flags"] == 1
    assert row["highest_level"] == "concern"
    assert row["flag_due_at"] is not None


def test_the_headline_says_reliable_deterioration(browser: Browser, dana: Membership) -> None:
    client = treated(dana, "Worse")
    answered(client, 8, 14)
    answered(client, 15, 1)
    headline = get(browser, dana)["items"][0]["headline"]
    assert headline["instrument"] == "phq-9"
    assert (headline["previous"], headline["value"]) == (8, 15)
    assert headline["change"] == "deteriorated"
    assert headline["recent"] == [8, 15]


def test_a_change_within_measurement_error_is_no_change(browser: Browser, dana: Membership) -> None:
    client = treated(dana, "Same")
    answered(client, 10, 14)
    answered(client, 13, 1)
    assert get(browser, dana)["items"][0]["headline"]["change"] == "unchanged"


def test_the_filter_deteriorated_keeps_those(browser: Browser, dana: Membership) -> None:
    worse, same = treated(dana, "Worse"), treated(dana, "Same")
    for client, last in ((worse, 15), (same, 9)):
        answered(client, 8, 14)
        answered(client, last, 1)
    assert names(get(browser, dana, filter="deteriorated")) == ["Worse"]


def test_it_refuses_an_unknown_sort_and_a_foreign_cursor(
    browser: Browser, dana: Membership
) -> None:
    address = f"/api/v1/practices/{dana.practice_id}/caseload"
    assert browser.get(address, {"sort": "risk"}).status_code == 422
    assert browser.get(address, {"cursor": "nonsense"}).status_code == 422


def test_a_name_is_looked_for_without_standing_in_an_address(
    browser: Browser, dana: Membership
) -> None:
    treated(dana, "Robin Hale")
    treated(dana, "Sam")
    found = browser.post(
        f"/api/v1/practices/{dana.practice_id}/caseload/search",
        {"q": "hale", "sort": "name"},
        content_type="application/json",
    )
    assert names(found.json()) == ["Robin Hale"]


def test_pages_join_without_gap_or_overlap(browser: Browser, dana: Membership) -> None:
    for number in range(53):
        treated(dana, f"Person {number:02}")
    first = get(browser, dana, sort="name")
    second = get(browser, dana, sort="name", cursor=first["next"])
    assert second["next"] is None
    assert names(first) + names(second) == [f"Person {number:02}" for number in range(53)]
    assert first["total"] == 53


def test_the_number_of_statements_does_not_grow(dana: Membership) -> None:
    actor = factories.actor_for(dana)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            caseload(actor, sort="attention", wanted="", q="", cursor=None, now=clock.now())
        return len(queries)

    for number in range(3):
        answered(treated(dana, f"A {number}"), 5, 1)
    few = statements()
    for number in range(30):
        answered(treated(dana, f"B {number}"), 5, 1)
    assert statements() == few == 8
