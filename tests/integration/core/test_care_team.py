"""A care team whose dates are given ahead: holiday cover, or a new clinician from next month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from holdfast.core.audit.models import AuditEvent
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Role
from holdfast.safety.flags import chain
from tests import factories
from tests.integration.core.office import Office
from tests.integration.safety.scene import MONDAY_10, at

pytestmark = pytest.mark.django_db

COVER = {"purpose": "cover", "starts_on": "2026-12-21", "ends_on": "2026-12-31"}


@pytest.fixture
def office() -> Office:
    with at(MONDAY_10):
        return Office(factories.make_practice(time_zone="Pacific/Auckland"))


@pytest.fixture
def person(office: Office) -> Client:
    with at(MONDAY_10):
        return factories.make_client(office.practice)


@pytest.fixture
def kim(office: Office) -> Membership:
    with at(MONDAY_10):
        return factories.make_member(office.practice, Role.CLINICIAN, display_name="Kim")


def join(office: Office, person: Client, member: Membership, **body: Any) -> Any:
    body = {"membership_id": str(member.pk)} | body
    with at(MONDAY_10):
        return office.send("POST", f"/clients/{person.pk}/care-team", body)


def reads(office: Office, person: Client, member: Membership, day: str) -> int:
    with at(f"{day}T10:00:00+00:00"):
        browser = factories.browser(member.user)
        status: int = browser.get(office.path(f"/clients/{person.pk}")).status_code
    return status


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2026-11-23", 403),
        ("2026-12-20", 403),
        ("2026-12-21", 200),
        ("2026-12-31", 200),
        ("2027-01-01", 403),
    ],
)
def test_cover_reads_on_its_days_and_on_no_other(
    office: Office, person: Client, kim: Membership, day: str, status: int
) -> None:
    made = join(office, person, kim, **COVER)
    assert (made.status_code, made.json()["when"]) == (201, "planned")
    assert reads(office, person, kim, day) == status


def test_without_dates_it_is_from_today_for_good(
    office: Office, person: Client, kim: Membership
) -> None:
    made = join(office, person, kim).json()
    assert (made["starts_on"], made["ends_on"], made["when"]) == ("2026-11-23", None, "now")


def test_the_practices_today_means_at_once(office: Office, person: Client, kim: Membership) -> None:
    """In Auckland it is Tuesday when it is Monday noon in UTC."""
    with at("2026-11-23T12:00:00+00:00"):
        body = {"membership_id": str(kim.pk), "starts_on": "2026-11-24"}
        made = office.send("POST", f"/clients/{person.pk}/care-team", body)
    assert made.json()["when"] == "now"


@pytest.mark.parametrize(
    ("dates", "field", "code"),
    [
        ({"starts_on": "2026-11-22"}, "starts_on", "in-past"),
        ({"starts_on": "2026-12-21", "ends_on": "2026-12-20"}, "ends_on", "before-start"),
        ({"ends_on": "2026-11-22"}, "ends_on", "before-start"),
    ],
)
def test_what_was_is_not_written_afterwards(
    office: Office, person: Client, kim: Membership, dates: Any, field: str, code: str
) -> None:
    refused = join(office, person, kim, **dates)
    assert refused.status_code == 422
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [(field, code)]
    assert not CareTeamMember.objects.exists()


def test_nobody_is_on_the_team_twice_on_one_day(
    office: Office, person: Client, kim: Membership
) -> None:
    assert join(office, person, kim, **COVER).status_code == 201
    across = join(office, person, kim, starts_on="2026-12-30", ends_on="2027-01-05")
    assert (across.status_code, across.json()["code"]) == (409, "already-there")
    assert join(office, person, kim, starts_on="2027-01-01").status_code == 201
    assert join(office, person, kim, ends_on="2026-12-20").status_code == 201


def test_the_list_tells_who_is_who_will_be_and_who_was(
    office: Office, person: Client, kim: Membership
) -> None:
    with at(MONDAY_10):
        was = factories.make_member(office.practice, Role.CLINICIAN)
        factories.join_care_team(
            person, was, primary=False, starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)
        )
        now = factories.make_member(office.practice, Role.CLINICIAN)
    join(office, person, now)
    join(office, person, kim, **COVER)
    path = f"/clients/{person.pk}/care-team"
    with at(MONDAY_10):
        told = office.send("GET", path + "?when=all").json()["items"]
        today = office.send("GET", path).json()["items"]
    assert {one["membership_id"]: one["when"] for one in told} == {
        str(was.pk): "past", str(now.pk): "now", str(kim.pk): "planned",
    }  # fmt: skip
    assert [one["membership_id"] for one in today] == [str(now.pk)]


def test_a_planned_first_contact_takes_over_on_the_day_and_hands_back(
    office: Office, person: Client, kim: Membership
) -> None:
    with at(MONDAY_10):
        dana = factories.make_member(office.practice, Role.CLINICIAN, display_name="Dana")
    join(office, person, dana, primary=True)
    join(office, person, kim, primary=True, **COVER)

    def first(day: str) -> Any:
        moment = factories.instant(f"{day}T10:00:00+00:00")
        with at(moment):
            office.browser = factories.browser(office.administrator.user)
            listed = office.send("GET", f"/clients/{person.pk}/care-team").json()["items"]
        primary = [one["display_name"] for one in listed if one["primary"]]
        told = chain.treating_clinicians(office.practice.pk, person.pk, moment)
        return primary, told[0]

    assert first("2026-11-23") == (["Dana"], dana.pk)
    assert first("2026-12-25") == (["Kim"], kim.pk)
    assert first("2027-01-01") == (["Dana"], dana.pk)


def test_what_was_planned_can_be_taken_back_and_what_ended_stays(
    office: Office, person: Client, kim: Membership
) -> None:
    entry = join(office, person, kim, **COVER).json()["id"]
    path = f"/clients/{person.pk}/care-team/{entry}"
    with at("2027-02-01T10:00:00+00:00"):
        office.browser = factories.browser(office.administrator.user)
        assert office.send("DELETE", path).status_code == 204
    assert CareTeamMember.objects.get().ends_on == date(2026, 12, 31)
    with at(MONDAY_10):
        office.browser = factories.browser(office.administrator.user)
        assert office.send("DELETE", path).status_code == 204
    assert not CareTeamMember.objects.exists()


def test_the_audit_trail_keeps_the_dates(office: Office, person: Client, kim: Membership) -> None:
    join(office, person, kim, **COVER)
    detail = AuditEvent.objects.get(resource="care_team", action="join").detail
    assert (detail["starts_on"], detail["ends_on"]) == ("2026-12-21", "2026-12-31")


def test_administrators_are_told_whom_no_caseload_shows(
    office: Office, person: Client, kim: Membership
) -> None:
    """Nobody on the team, a team that ended, or one whose only member is switched off."""
    with at(MONDAY_10):
        left = factories.make_client(office.practice)
        factories.join_care_team(left, kim, starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
        cared_for = factories.make_client(office.practice)
        factories.join_care_team(cared_for, kim)

        def unattended() -> set[str]:
            items = office.send("GET", "/clients?unattended=true").json()["items"]
            marked = list(office.send("GET", "/clients").json()["items"])
            assert {one["id"] for one in marked if one["unattended"]} == {x["id"] for x in items}
            return {one["id"] for one in items}

        assert unattended() == {str(person.pk), str(left.pk)}
        switched_off = office.send("PATCH", f"/people/{kim.pk}", {"active": False})
        assert switched_off.status_code == 200
        assert unattended() == {str(person.pk), str(left.pk), str(cared_for.pk)}
