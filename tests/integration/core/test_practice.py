"""Running a practice: people, hours, on-call order, going live, records, care teams."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from holdfast.core.actor import system
from holdfast.core.audit.models import AuditEvent
from holdfast.core.problems import Invalid
from holdfast.core.tenancy import actions, readiness
from holdfast.core.tenancy.models import (
    CareTeamMember,
    Client,
    Invitation,
    Membership,
    OnCall,
    Practice,
    Role,
)
from tests import factories
from tests.integration.core import wire
from tests.integration.core.office import Office

pytestmark = pytest.mark.django_db

CHAIN = {"name": "Ada", "phone": "+49 30 1", "instructions": "Ring Ada, then 112."}
WEEK = {"hours": [{"weekday": 1, "opens": "09:00", "closes": "17:00"}], "closures": []}


@pytest.fixture
def office() -> Office:
    return Office(factories.make_practice())


@pytest.fixture
def preparing() -> Office:
    return Office(factories.make_practice(status="preparing"))


def _met(office: Office) -> dict[str, bool]:
    listed = office.send("GET", "/readiness").json()["requirements"]
    return {row["code"]: row["met"] for row in listed}


def _enrolled(practice: Practice, role: str) -> Membership:
    member = factories.make_member(practice, role)
    factories.give_totp(member.user)
    return member


def _complete(office: Office) -> Membership:
    """Everything that core asks for; the crisis line is another capability's."""
    clinician = _enrolled(office.practice, Role.CLINICIAN)
    office.send("PUT", "/monitored-hours", WEEK)
    entries = [{"membership_id": str(clinician.pk)}]
    office.send("PUT", "/on-call", {"entries": entries, "end_of_chain": CHAIN})
    office.send("PATCH", "", {"contact_phone": "+49 30 2"})
    return clinician


@pytest.fixture
def confirmed_line(monkeypatch: pytest.MonkeyPatch) -> None:
    met = readiness.Requirement("crisis-line", True, "")
    monkeypatch.setitem(readiness._registered, "crisis-line", lambda practice: met)


# --- going live


def test_an_empty_practice_lists_what_is_missing_and_cannot_go_live(preparing: Office) -> None:
    met = _met(preparing)
    assert met == {
        "administrator-second-factor": True,
        "clinician": False,
        "monitored-hours": False,
        "on-call": False,
        "end-of-chain": False,
        "crisis-contact": False,
        "crisis-line": False,
    }
    refused = preparing.send("POST", "/go-live")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-ready")
    missing = {error["field"] for error in refused.json()["errors"]}
    assert missing == {code for code, is_met in met.items() if not is_met}


def test_it_goes_live_when_everything_stands(preparing: Office, confirmed_line: None) -> None:
    _complete(preparing)
    live = preparing.send("POST", "/go-live")
    assert (live.status_code, live.json()["status"]) == (200, "live")
    assert preparing.send("POST", "/go-live").status_code == 200
    assert AuditEvent.objects.filter(action="go-live").count() == 1


@pytest.mark.parametrize(
    "undo",
    [
        ("PUT", "/monitored-hours", {"hours": [], "closures": []}),
        ("PUT", "/on-call", {"entries": [], "end_of_chain": CHAIN}),
        ("PATCH", "", {"contact_phone": " "}),
    ],
    ids=["hours", "on-call", "contact"],
)
def test_each_missing_piece_keeps_it_from_going_live(
    preparing: Office, confirmed_line: None, undo: tuple[str, str, object]
) -> None:
    _complete(preparing)
    assert preparing.send(*undo).status_code == 200
    assert preparing.send("POST", "/go-live").status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        ("PUT", "/monitored-hours", {"hours": [], "closures": []}),
        ("PUT", "/on-call", {"entries": [], "end_of_chain": CHAIN}),
        ("PATCH", "", {"contact_phone": ""}),
    ],
    ids=["hours", "on-call", "contact"],
)
def test_a_live_practice_keeps_what_it_needs(
    preparing: Office, confirmed_line: None, change: tuple[str, str, object]
) -> None:
    _complete(preparing)
    preparing.send("POST", "/go-live")
    refused = preparing.send(*change)
    assert (refused.status_code, refused.json()["code"]) == (409, "still-needed")
    assert all(_met(preparing).values())


def test_a_demo_practice_never_goes_live() -> None:
    office = Office(factories.make_practice(kind=Practice.Kind.DEMO))
    refused = office.send("POST", "/go-live")
    assert (refused.status_code, refused.json()["code"]) == (409, "demo-practice")


def test_a_requirement_that_nobody_checks_counts_as_missing(
    preparing: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(readiness._registered, "crisis-line", raising=False)
    assert _met(preparing)["crisis-line"] is False


# --- hours, on-call


@pytest.mark.parametrize(
    "row",
    [
        {"weekday": 0, "opens": "09:00", "closes": "17:00"},
        {"weekday": 8, "opens": "09:00", "closes": "17:00"},
        {"weekday": 1, "opens": "17:00", "closes": "09:00"},
        {"weekday": 1, "opens": "09:00+02:00", "closes": "17:00+02:00"},
    ],
)
def test_hours_that_cannot_be_are_refused(office: Office, row: dict[str, Any]) -> None:
    assert office.send("PUT", "/monitored-hours", {"hours": [row]}).status_code == 422


def test_hours_and_closures_are_replaced_as_a_whole(office: Office) -> None:
    body = WEEK | {"closures": [{"on": "2026-12-25", "reason": "Christmas"}]}
    office.send("PUT", "/monitored-hours", body)
    office.send("PUT", "/monitored-hours", body)
    kept = office.send("GET", "/monitored-hours").json()
    assert kept["time_zone"] == "Europe/Berlin"
    assert kept["hours"] == [{"weekday": 1, "opens": "09:00:00", "closes": "17:00:00"}]
    assert kept["closures"] == [{"on": "2026-12-25", "reason": "Christmas"}]


def test_only_active_clinicians_of_the_practice_can_be_on_call_once(office: Office) -> None:
    clinician = factories.make_member(office.practice, Role.CLINICIAN)
    foreign = factories.make_member(factories.make_practice(), Role.CLINICIAN)
    gone = factories.make_member(office.practice, Role.CLINICIAN, active=False)
    for wrong in ([foreign], [gone], [office.administrator], [clinician, clinician]):
        entries = [{"membership_id": str(member.pk)} for member in wrong]
        answer = office.send("PUT", "/on-call", {"entries": entries, "end_of_chain": CHAIN})
        assert answer.status_code == 422
    assert not OnCall.objects.exists()


# --- people and invitations


def test_people_are_staff_with_their_second_factor(
    office: Office, django_assert_num_queries: Any
) -> None:
    _enrolled(office.practice, Role.CLINICIAN)
    factories.make_member(office.practice, Role.RESEARCHER)
    factories.make_client(office.practice)
    office.send("GET", "/people")
    with django_assert_num_queries(5):  # session, account, memberships, practice, the list
        listed = office.send("GET", "/people").json()["items"]
    assert {row["role"]: row["second_factor"] for row in listed} == {
        "administrator": True,
        "clinician": True,
        "researcher": False,
    }


def test_a_deactivated_member_is_out_at_once(office: Office) -> None:
    _enrolled(office.practice, Role.CLINICIAN)  # a live practice keeps one
    member = factories.make_member(office.practice, Role.CLINICIAN)
    browser = factories.browser(member.user)
    assert browser.get(office.path("/people")).status_code == 200
    office.send("PATCH", f"/people/{member.pk}", {"active": False})
    assert browser.get(office.path("/people")).status_code == 404


def test_the_last_administrator_cannot_leave(office: Office) -> None:
    refused = office.send("PATCH", f"/people/{office.administrator.pk}", {"active": False})
    assert refused.json()["code"] == "last-administrator"
    office.administrator.refresh_from_db()
    assert office.administrator.active


def test_an_invitations_link_is_shown_once_and_not_stored(office: Office) -> None:
    made = office.send("POST", "/invitations", {"role": "clinician", "email": "d@example.org"})
    assert made.status_code == 201
    token = made.json()["link"].partition("#")[2]
    assert token not in str(Invitation.objects.values())
    listed = office.send("GET", "/invitations").json()["items"]
    assert "link" not in listed[0]
    assert listed[0]["open"] is True
    office.send("DELETE", f"/invitations/{made.json()['id']}")
    refused = wire.send(Browser(), "POST", "/api/v1/invitations/look-up", {"token": token})
    assert refused.status_code == 404


def test_clinicians_invite_clients_only_and_to_records_of_their_own_only(office: Office) -> None:
    member = factories.make_member(office.practice, Role.CLINICIAN)
    browser = factories.browser(member.user)
    own = factories.make_client(office.practice, account=False)
    factories.join_care_team(own, member)
    strange = factories.make_client(office.practice, account=False)
    foreign = factories.make_client(factories.make_practice(), account=False)

    def invite(body: dict[str, Any]) -> int:
        status: int = wire.send(browser, "POST", office.path("/invitations"), body).status_code
        return status

    assert invite({"role": "client"}) == 201
    assert invite({"client_id": str(own.pk)}) == 201
    assert invite({"role": "administrator"}) == 403
    assert invite({"client_id": str(strange.pk)}) == 403
    assert invite({"client_id": str(foreign.pk)}) == 404


def test_a_record_moves_to_a_new_account_when_every_way_in_is_lost(office: Office) -> None:
    person = factories.make_client(office.practice, display_name="Ada")
    assert person.user is not None
    old = factories.browser(person.user, second_factor=False)
    body = {"client_id": str(person.pk)}
    assert office.send("POST", "/invitations", body).json()["code"] == "already-linked"
    link = office.send("POST", "/invitations", body | {"relink": True}).json()["link"]
    new = Browser()
    wire.sign_up(new, "ada2", invitation_token=link.partition("#")[2])
    path = office.path(f"/clients/{person.pk}")
    assert wire.send(new, "GET", path).status_code == 200
    assert wire.send(old, "GET", path).status_code == 404


def test_of_two_links_to_one_record_the_first_that_is_opened_ends_the_other(
    office: Office,
) -> None:
    person = factories.make_client(office.practice, account=False)
    body = {"client_id": str(person.pk)}
    first, second = (
        office.send("POST", "/invitations", body).json()["link"].partition("#")[2] for _ in "ab"
    )
    wire.sign_up(Browser(), "ada2", invitation_token=second)
    refused = wire.sign_up(Browser(), "mallory", invitation_token=first)
    assert refused.status_code == 400
    person.refresh_from_db()
    assert person.user is not None
    assert person.user.login == "ada2"


def test_nobody_opens_a_link_to_a_record_that_they_made_themselves(office: Office) -> None:
    person = factories.make_client(office.practice)
    body = {"client_id": str(person.pk), "relink": True}
    token = office.send("POST", "/invitations", body).json()["link"].partition("#")[2]
    own = factories.browser(office.administrator.user)
    refused = wire.send(own, "POST", "/api/v1/invitations/accept", {"token": token, "adult": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    owner = person.user
    person.refresh_from_db()
    assert person.user == owner
    assert wire.sign_up(Browser(), "ada2", invitation_token=token).status_code == 200


def test_the_links_of_somebody_who_is_switched_off_end_with_them(office: Office) -> None:
    leaving = factories.make_member(office.practice, Role.ADMINISTRATOR)
    browser = factories.browser(leaving.user)
    link = wire.send(
        browser, "POST", office.path("/invitations"), {"role": "administrator"}
    ).json()["link"]
    office.send("PATCH", f"/people/{leaving.pk}", {"active": False})
    refused = wire.send(
        browser, "POST", "/api/v1/invitations/accept", {"token": link.partition("#")[2]}
    )
    assert (refused.status_code, refused.json()["code"]) == (404, "invitation-invalid")


def test_supervision_is_between_a_supervisor_and_a_clinician_of_the_practice(
    office: Office,
) -> None:
    supervisor = factories.make_member(office.practice, Role.SUPERVISOR)
    clinician = factories.make_member(office.practice, Role.CLINICIAN)
    foreign = factories.make_member(factories.make_practice(), Role.CLINICIAN)

    def add(one: Membership, other: Membership) -> Any:
        body = {"supervisor_id": str(one.pk), "supervisee_id": str(other.pk)}
        return office.send("POST", "/supervisions", body)

    made = add(supervisor, clinician)
    assert made.status_code == 201
    assert add(supervisor, clinician).status_code == 409
    assert add(clinician, supervisor).status_code == 422
    assert add(supervisor, foreign).status_code == 404
    assert office.send("DELETE", f"/supervisions/{made.json()['id']}").status_code == 204


# --- records and care teams


def test_a_clinician_makes_a_record_and_is_its_care_team(office: Office) -> None:
    member = factories.make_member(office.practice, Role.CLINICIAN)
    browser = factories.browser(member.user)
    made = wire.send(
        browser, "POST", office.path("/clients"), {"display_name": "Ada", "phone": "1"}
    )
    assert made.status_code == 201, made.content
    path = office.path(f"/clients/{made.json()['id']}")
    seen = wire.send(browser, "GET", path).json()
    assert (seen["display_name"], seen["phone"], seen["reachable"]) == ("Ada", "1", True)
    assert CareTeamMember.objects.get().primary


def test_administrators_see_names_and_nothing_else(
    office: Office, django_assert_num_queries: Any
) -> None:
    person = factories.make_client(office.practice, display_name="Ada")
    office.send("GET", "/clients")
    with django_assert_num_queries(6):  # session, account, memberships, practice, entry, the list
        listed = office.send("GET", "/clients").json()["items"]
    assert [row["display_name"] for row in listed] == ["Ada"]
    assert "phone" not in listed[0]
    assert office.send("GET", f"/clients/{person.pk}").status_code == 403


def test_details_are_sealed_at_rest(office: Office) -> None:
    person = factories.make_client(office.practice, display_name="Ada Lovelace")
    row = Client.objects.filter(pk=person.pk).values().get()
    assert b"Lovelace" not in b"".join(v for v in row.values() if isinstance(v, bytes))


def test_a_person_changes_their_own_details(office: Office) -> None:
    person = factories.make_client(office.practice, reachable=False)
    assert person.user is not None
    browser = factories.browser(person.user, second_factor=False)
    path = office.path(f"/clients/{person.pk}")
    body = {
        "phone": "+49 30 3",
        "emergency_contact": {"name": "Bob", "phone": "1", "relationship": "brother"},
        "current_location": "at my sister's",
        "country": "AT",
    }
    changed = wire.send(browser, "PATCH", path, body).json()
    assert {key: changed[key] for key in body} == body
    assert changed["reachable"] is True
    assert changed["current_location_at"] is not None
    emptied = wire.send(browser, "PATCH", path, {"phone": None, "current_location": ""}).json()
    assert (emptied["phone"], emptied["reachable"]) == (None, False)
    assert (emptied["current_location"], emptied["current_location_at"]) == (None, None)
    assert emptied["emergency_contact"]["name"] == "Bob"
    assert "sister" not in str(list(AuditEvent.objects.values("detail")))


def test_leaving_a_care_team_ends_access_at_once(office: Office) -> None:
    person = factories.make_client(office.practice)
    member = factories.make_member(office.practice, Role.CLINICIAN)
    browser = factories.browser(member.user)
    path = office.path(f"/clients/{person.pk}")
    body = {"membership_id": str(member.pk), "primary": True}
    entry = office.send("POST", f"/clients/{person.pk}/care-team", body)
    assert entry.status_code == 201
    assert browser.get(path).status_code == 200
    again = office.send("POST", f"/clients/{person.pk}/care-team", body)
    assert again.json()["code"] == "already-there"
    office.send("DELETE", f"/clients/{person.pk}/care-team/{entry.json()['id']}")
    assert browser.get(path).status_code == 403


def test_there_is_one_primary_member(office: Office) -> None:
    person = factories.make_client(office.practice)
    for _ in range(2):
        member = factories.make_member(office.practice, Role.CLINICIAN)
        body = {"membership_id": str(member.pk), "primary": True}
        office.send("POST", f"/clients/{person.pk}/care-team", body)
    listed = office.send("GET", f"/clients/{person.pk}/care-team").json()["items"]
    assert [row["primary"] for row in listed] == [True, False]


def test_members_of_another_practice_join_no_care_team(office: Office) -> None:
    person = factories.make_client(office.practice)
    foreign = factories.make_member(factories.make_practice(), Role.CLINICIAN)
    body = {"membership_id": str(foreign.pk)}
    assert office.send("POST", f"/clients/{person.pk}/care-team", body).status_code == 404


# --- command line


def test_a_practice_and_its_first_administrator_by_one_time_link() -> None:
    by = system(label="init")
    practice = actions.create_practice(
        name="Ärzte Haus", time_zone="Europe/Berlin", countries=["DE"], by=by
    )
    link = actions.invite_administrator(practice, by=by)
    browser = Browser()
    answer = wire.sign_up(browser, "ada", invitation_token=link.partition("#")[2])
    assert answer.status_code == 200, answer.content
    me = wire.send(browser, "GET", "/api/v1/me").json()
    assert me["memberships"][0]["role"] == "administrator"
    again = actions.create_practice(
        name="Ärzte Haus", time_zone="Europe/Berlin", countries=["DE"], by=by
    )
    assert again.slug != practice.slug


@pytest.mark.parametrize("wrong", [{"time_zone": "Berlin"}, {"countries": ["de"]}])
def test_a_practice_is_in_a_real_zone_and_country(wrong: dict[str, Any]) -> None:
    values: dict[str, Any] = {"name": "X", "time_zone": "UTC", "countries": ["DE"]}
    with pytest.raises(Invalid):
        actions.create_practice(**(values | wrong), by=system())
