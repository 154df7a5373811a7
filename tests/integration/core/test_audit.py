"""The audit trail: who read or changed what, and whether somebody tampered with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit import actions as audit
from holdfast.core.audit.actions import record
from holdfast.core.audit.chaining import chain_waiting
from holdfast.core.audit.models import AuditEvent
from holdfast.core.audit.reading import note_list, note_reading
from holdfast.core.audit.tasks import look_after_chains
from holdfast.core.tenancy.models import Role
from tests import factories
from tests.integration.core.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return Office(factories.make_practice())


def test_reading_someones_data_is_written_down_and_they_see_by_whom(office: Office) -> None:
    person = factories.make_client(office.practice)
    assert person.user is not None
    member = factories.make_member(office.practice, Role.CLINICIAN, display_name="Dana")
    factories.join_care_team(person, member)
    path = office.path(f"/clients/{person.pk}")
    factories.browser(member.user).get(path)
    own = factories.browser(person.user, second_factor=False)
    own.get(path)
    log = own.get(f"{path}/access-log").json()["items"]
    assert [(row["action"], row["resource"], row["actor_name"]) for row in log] == [
        ("read", "client", "Dana")
    ]


def test_whoever_stood_in_a_list_is_named_in_its_entry_and_sees_it_in_their_log(
    office: Office,
) -> None:
    member = factories.make_member(office.practice, Role.CLINICIAN, display_name="Dana")
    people = [factories.make_client(office.practice) for _ in range(2)]
    for one in people:
        factories.join_care_team(one, member)
    other = factories.make_client(office.practice)
    dana = factories.browser(member.user)
    assert len(dana.get(office.path("/caseload")).json()["items"]) == 2
    [entry] = AuditEvent.objects.filter(resource="caseload")
    assert (entry.action, entry.client_id) == ("list", None)
    assert entry.detail == {"people": sorted(str(one.pk) for one in people)}
    dana.get(office.path(f"/clients/{people[0].pk}"))
    logs = []
    for one in (*people, other):
        assert one.user is not None
        own = factories.browser(one.user, second_factor=False)
        found = own.get(office.path(f"/clients/{one.pk}/access-log")).json()["items"]
        logs.append([(row["action"], row["resource"], row["actor_name"]) for row in found])
    listed = ("list", "caseload", "Dana")
    assert logs == [[("read", "client", "Dana"), listed], [listed], []]


def test_an_access_log_of_lists_and_looks_is_paged_in_one_order(office: Office) -> None:
    person = factories.make_client(office.practice)
    assert person.user is not None
    by = factories.actor_for(office.administrator)
    for number in range(60):
        if number % 2:
            note_list("caseload", by=by, people=[person.pk])
        else:
            note_reading("read", "client", by=by, client_id=person.pk)
    own = factories.browser(person.user, second_factor=False)
    path = office.path(f"/clients/{person.pk}/access-log")
    first = own.get(path).json()
    second = own.get(f"{path}?cursor={first['next']}").json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 10, None)
    actions = [row["action"] for row in first["items"] + second["items"]]
    assert actions == ["list", "read"] * 30


def test_an_empty_list_is_no_reading(office: Office) -> None:
    member = factories.make_member(office.practice, Role.CLINICIAN)
    factories.browser(member.user).get(office.path("/caseload"))
    factories.browser(member.user).get(office.path("/flags"))
    assert not AuditEvent.objects.exists()


def test_a_refused_look_is_no_reading(office: Office) -> None:
    person = factories.make_client(office.practice)
    stranger = factories.make_member(office.practice, Role.CLINICIAN)
    factories.browser(stranger.user).get(office.path(f"/clients/{person.pk}"))
    assert not AuditEvent.objects.filter(action="read").exists()


def test_the_chain_shows_where_it_was_changed(office: Office) -> None:
    for phone in ("1", "2", "3"):
        office.send("PATCH", "", {"contact_phone": phone})
    chain_waiting()
    verification = "/audit/verification"
    assert office.send("GET", verification).json() == {
        "intact": True,
        "first_broken": None,
        "entries": 3,
        "unchained": 0,
    }
    events = AuditEvent.objects.filter(practice_id=office.practice.pk).order_by("seq")
    middle = events[1]
    AuditEvent.objects.filter(pk=middle.pk).update(action="nothing")
    assert office.send("GET", verification).json()["first_broken"] == middle.seq


def test_what_is_not_chained_yet_is_listed_and_counted(office: Office) -> None:
    office.send("PATCH", "", {"contact_phone": "1"})
    chain_waiting()
    office.send("PATCH", "", {"contact_phone": "2"})
    assert [row["seq"] for row in office.send("GET", "/audit").json()["items"]] == [None, 1]
    found = office.send("GET", "/audit/verification").json()
    assert (found["intact"], found["entries"], found["unchained"]) == (True, 1, 1)


def test_the_administrator_sees_how_the_chain_stands_without_its_being_read_anew(
    office: Office, django_assert_num_queries: Any
) -> None:
    office.send("PATCH", "", {"contact_phone": "1"})
    chain_waiting()
    now = clock.now()
    look_after_chains(now)
    office.send("PATCH", "", {"contact_phone": "2"})
    with django_assert_num_queries(6):  # session, account, memberships, and three
        found = office.send("GET", "/audit/state").json()
    assert (found["entries"], found["begins_after"], found["unchained"]) == (1, 0, 1)
    assert found["first_broken"] is None
    assert found["checked_at"] is not None
    assert found["signed_at"] is not None
    AuditEvent.objects.filter(seq=1, practice_id=office.practice.pk).update(action="nothing")
    look_after_chains(now + timedelta(days=1))
    assert office.send("GET", "/audit/state").json()["first_broken"] == 1


@pytest.mark.parametrize("resource", ["flag", "flag_status", "safety_plan"])
def test_administrators_are_not_told_whose_flag_or_safety_plan_it_was(
    office: Office, resource: str
) -> None:
    person = factories.make_client(office.practice)
    by = factories.actor_for(office.administrator)
    for one in (resource, "client"):
        record("read", one, by=by, resource_id=person.pk, client_id=person.pk)
    note_list(resource, by=by, people=[person.pk])
    listed = office.send("GET", "/audit").json()["items"]
    assert [row["detail"] for row in listed] == [{}, {}, {}]
    rows = {row["resource"]: row for row in listed}
    assert rows["client"]["client_id"] == str(person.pk)
    assert (rows[resource]["client_id"], rows[resource]["resource_id"]) == (None, "")
    assert office.send("GET", "/audit/verification").json()["intact"] is True


def test_the_audit_trail_is_paged(office: Office) -> None:
    for number in range(55):
        audit.record("test", "practice", by=system(office.practice.pk), detail={"n": number})
    chain_waiting()
    first = office.send("GET", "/audit").json()
    second = office.send("GET", f"/audit?cursor={first['next']}").json()
    assert (len(first["items"]), len(second["items"])) == (50, 5)
    assert first["items"][0]["seq"] == 55
