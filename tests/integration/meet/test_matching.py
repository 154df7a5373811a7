"""From what a person looks for to somebody who treats them, and what stands before it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Practice
from holdfast.meet.matching import listing, tasks
from holdfast.meet.matching.models import Enquiry, Intake, Licence, Profile, Waiting
from holdfast.safety.flags.models import Flag, Level
from holdfast.sense.measures.models import Response
from tests import factories

pytestmark = pytest.mark.django_db

WISHES: dict[str, Any] = {
    "jurisdiction": "DE",
    "languages": ["ar"],
    "specialties": ["panic"],
    "media": ["video"],
}
PROFILE: dict[str, Any] = {
    "listed": True,
    "about": "I work with panic.",
    "languages": ["ar", "de"],
    "media": ["video"],
    "specialties": ["panic", "sleep"],
    "capacity": 10,
    "booking": "direct",
}


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    listing.forget()


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice()


@pytest.fixture
def person(practice: Practice) -> Client:
    return factories.make_client(practice)


@pytest.fixture
def own(person: Client) -> Browser:
    return factories.browser(person.user)


def put(browser: Browser, path: str, **body: Any) -> Any:
    return browser.put(path, body, content_type="application/json")


def post(browser: Browser, path: str, **body: Any) -> Any:
    return browser.post(path, body, content_type="application/json")


def at(thing: Practice | Client, *parts: object) -> str:
    base = f"/api/v1/practices/{thing.pk}"
    if isinstance(thing, Client):
        base = f"/api/v1/practices/{thing.practice_id}/clients/{thing.pk}"
    return "/".join([base, *map(str, parts)])


@pytest.fixture
def offered(practice: Practice) -> Callable[..., Membership]:
    """Somebody with a profile and a licence that an administrator verified, all over HTTP."""
    administrator = factories.make_member(practice, "administrator")

    def make(name: str = "Dana", *, place: str = "DE", **changes: Any) -> Membership:
        member = factories.make_member(practice, "clinician", display_name=name)
        browser = factories.browser(member.user)
        saved = put(browser, at(practice, "profile"), **(PROFILE | changes))
        assert saved.status_code == 200, saved.content
        licence = {
            "title": "Psychotherapist",
            "number": "12-345",
            "jurisdiction": place,
            "expires_on": (clock.now().date() + timedelta(days=90)).isoformat(),
        }
        made = post(browser, at(practice, "profile/licences"), **licence)
        assert made.status_code == 201, made.content
        decision = at(practice, "licences", made.json()["id"], "decision")
        decided = post(factories.browser(administrator.user), decision, verified=True)
        assert decided.json()["decided_by"] == administrator.display_name
        return member

    return make


def answer_baseline(person: Client) -> None:
    now = clock.now()
    Response.objects.create(
        practice_id=person.practice_id,
        client=person,
        instrument="phq-9",
        version="1.0.0",
        language="en",
        answers={},
        answered_at=now,
        received_at=now,
        time_zone="UTC",
        local_date=now.date(),
        content_digest="0" * 64,
    )


@pytest.fixture
def ready(person: Client, own: Browser) -> Client:
    answer_baseline(person)
    assert put(own, at(person, "intake"), **WISHES).json()["step"] == "ready"
    return person


def test_questionnaire_then_a_human_then_wishes_then_people(
    offered: Callable[..., Membership], person: Client, own: Browser
) -> None:
    offered()
    matches = at(person, "matches")
    assert own.get(at(person, "intake")).json()["step"] == "baseline"
    assert own.get(matches).json()["code"] == "baseline-missing"
    answer_baseline(person)
    flag = Flag.objects.create(
        practice_id=person.practice_id,
        client=person,
        level=Level.URGENT,
        reason="item-positive",
        raised_at=clock.now(),
        answered_at=clock.now(),
    )
    assert own.get(at(person, "intake")).json()["step"] == "human"
    put(own, at(person, "intake"), **WISHES)
    assert own.get(matches).json()["code"] == "human-first"
    flag.seen_at = clock.now()
    flag.seen_by = factories.make_member(person.practice, "clinician")
    flag.save()
    assert [one["name"] for one in own.get(matches).json()["items"]] == ["Dana"]


def test_reasons_are_told_and_statements_do_not_grow_with_the_list(
    offered: Callable[..., Membership], ready: Client, own: Browser
) -> None:
    for number in range(6):
        offered(f"Dana {number}")
    own.get(at(ready, "matches"))
    with CaptureQueriesContext(
        connection,
    ) as told:
        answer = own.get(at(ready, "matches")).json()
    assert len(answer["items"]) == 6
    codes = [(one["code"], one["value"]) for one in answer["items"][0]["reasons"]]
    assert codes == [("speaks", "ar"), ("works_with", "panic"), ("medium", "video")]
    assert answer["waiting"] == {
        "since": None,
        "quarter": None,
        "half": None,
        "three_quarters": None,
        "people": 0,
    }
    # Session and guard; the team; baseline, flags, wishes; the directory's number; profiles,
    # licences and who decided; enquiries; waiting.
    assert len(told) <= 16, "\n".join(one["sql"][:120] for one in told)


def test_a_licence_that_waits_was_refused_expired_or_is_for_elsewhere_does_not_count(
    offered: Callable[..., Membership], ready: Client, own: Browser, practice: Practice
) -> None:
    dana = offered()
    assert own.get(at(ready, "matches")).json()["items"]
    licence = Licence.objects.get(membership=dana)
    browser = factories.browser(dana.user)
    body = {
        "title": "Psychotherapist",
        "number": "12-999",
        "jurisdiction": "DE",
        "expires_on": licence.expires_on.isoformat(),
    }
    changed = put(browser, at(practice, "profile/licences", licence.pk), **body)
    assert changed.json()["status"] == "pending"
    assert own.get(at(ready, "matches")).json()["items"] == []
    waiting = factories.browser(factories.make_member(practice, "administrator").user)
    assert [one["name"] for one in waiting.get(at(practice, "licences")).json()["items"]] == [
        "Dana"
    ]
    post(waiting, at(practice, "licences", licence.pk, "decision"), verified=False)
    assert own.get(at(ready, "matches")).json()["items"] == []
    offered("Abroad", place="AT")
    assert own.get(at(ready, "matches")).json()["items"] == []


def test_nobody_verifies_their_own_licence(practice: Practice) -> None:
    member = factories.make_member(practice, "clinician")
    factories.make_member(practice, "administrator", user=member.user)
    browser = factories.browser(member.user)
    body = {"title": "T", "number": "1", "jurisdiction": "DE", "expires_on": "2090-01-01"}
    made = post(browser, at(practice, "profile/licences"), **body).json()
    decision = at(practice, "licences", made["id"], "decision")
    assert post(browser, decision, verified=True).status_code == 403


def test_numbers_of_licences_are_for_their_owner(
    offered: Callable[..., Membership], own: Browser, practice: Practice
) -> None:
    dana = offered()
    shown = own.get(at(practice, "clinicians", dana.pk, "profile")).json()
    assert [one["number"] for one in shown["licences"]] == [""]
    mine = factories.browser(dana.user).get(at(practice, "profile")).json()
    assert [one["number"] for one in mine["licences"]] == ["12-345"]
    listed = own.get(at(practice, "clinicians")).json()
    assert [one["name"] for one in listed["items"]] == ["Dana"]
    assert listed["next"] is None


def test_who_is_not_listed_is_not_found(practice: Practice, own: Browser) -> None:
    member = factories.make_member(practice, "clinician")
    assert own.get(at(practice, "clinicians", member.pk, "profile")).status_code == 404


def test_chosen_at_once_they_treat_the_person_and_waiting_ends(
    offered: Callable[..., Membership], ready: Client, own: Browser
) -> None:
    assert put(own, at(ready, "waiting")).json()["since"] is not None
    dana = offered()
    path = at(ready, "matches", dana.pk, "choose")
    assert [post(own, path).status_code for _ in range(2)] == [204, 204]
    entry = CareTeamMember.objects.get(client=ready)
    assert (entry.membership_id, entry.primary) == (dana.pk, True)
    assert Waiting.objects.get().matched


def test_who_wants_to_be_asked_first_is_asked_and_says_yes(
    offered: Callable[..., Membership],
    ready: Client,
    own: Browser,
    practice: Practice,
    django_capture_on_commit_callbacks: Any,
) -> None:
    dana = offered(booking="enquiry")
    assert post(own, at(ready, "matches", dana.pk, "choose")).json()["code"] == "asks-first"
    sent = post(own, at(ready, "enquiries"), membership_id=str(dana.pk))
    assert sent.status_code == 201
    assert post(own, at(ready, "enquiries"), membership_id=str(dana.pk)).json() == sent.json()
    browser = factories.browser(dana.user)
    (row,) = browser.get(at(practice, "enquiries")).json()["items"]
    assert (row["client"], row["client_id"], row["specialties"]) == (None, None, ["panic"])
    with django_capture_on_commit_callbacks(execute=True):
        answered = post(browser, at(practice, "enquiries", row["id"], "answer"), accept=True)
    assert answered.json()["client_id"] == str(ready.pk)
    assert CareTeamMember.objects.get(client=ready).membership_id == dana.pk
    assert Profile.objects.get(pk=dana.pk).caseload == 1
    kinds = Notification.objects.filter(kind__startswith="enquiry").values_list("kind", flat=True)
    assert sorted(kinds) == ["enquiry-accepted", "enquiry-sent"]
    withdrawn = own.delete(at(ready, "enquiries", row["id"]))
    assert withdrawn.json()["code"] == "enquiry-over"


def test_only_whom_it_was_sent_to_answers(
    offered: Callable[..., Membership], ready: Client, own: Browser, practice: Practice
) -> None:
    dana, ben = offered(booking="enquiry"), offered("Ben")
    sent = post(own, at(ready, "enquiries"), membership_id=str(dana.pk)).json()
    answer = at(practice, "enquiries", sent["id"], "answer")
    assert post(factories.browser(ben.user), answer, accept=True).status_code == 404


def test_three_may_be_asked_at_a_time(
    offered: Callable[..., Membership], ready: Client, own: Browser
) -> None:
    people = [offered(f"Dana {number}", booking="enquiry") for number in range(4)]
    sent = [post(own, at(ready, "enquiries"), membership_id=str(one.pk)) for one in people]
    assert [one.status_code for one in sent] == [201, 201, 201, 409]
    own.delete(at(ready, "enquiries", sent[0].json()["id"]))
    again = post(own, at(ready, "enquiries"), membership_id=str(people[3].pk))
    assert again.status_code == 201


def test_who_is_left_reads_nothing_more_and_is_not_suggested_again(
    offered: Callable[..., Membership], ready: Client, own: Browser
) -> None:
    dana = offered()
    post(own, at(ready, "matches", dana.pk, "choose"))
    browser = factories.browser(dana.user)
    assert browser.get(at(ready, "encounters")).status_code == 200
    assert post(own, at(ready, "matches", dana.pk, "leave")).status_code == 204
    assert browser.get(at(ready, "encounters")).status_code == 403
    told = Notification.objects.get(kind="client-left")
    assert (told.recipient_id, told.subject_id) == (dana.user_id, None)
    assert own.get(at(ready, "matches")).json()["items"] == []
    assert own.get(at(ready, "intake")).json()["left"] == 1
    put(own, at(ready, "intake"), **WISHES)
    assert own.get(at(ready, "matches")).json()["items"] == []
    assert own.delete(at(ready, "intake/left")).json()["left"] == 0
    assert [one["name"] for one in own.get(at(ready, "matches")).json()["items"]] == ["Dana"]


def test_full_is_full(
    offered: Callable[..., Membership], ready: Client, own: Browser, practice: Practice
) -> None:
    dana = offered(capacity=1)
    factories.join_care_team(factories.make_client(practice), dana)
    tasks.keep_profiles(clock.now() + timedelta(hours=1))
    assert own.get(at(ready, "matches")).json()["items"] == []
    taken = post(own, at(ready, "matches", dana.pk, "choose"))
    assert taken.json()["code"] == "no-longer-free"


def test_an_enquiry_that_nobody_answers_lapses_and_the_person_is_told(
    offered: Callable[..., Membership], ready: Client, own: Browser
) -> None:
    dana = offered(booking="enquiry")
    post(own, at(ready, "enquiries"), membership_id=str(dana.pk))
    tasks.let_lapse(clock.now() + timedelta(days=6))
    assert Enquiry.objects.get().status == "sent"
    for _ in range(2):
        tasks.let_lapse(clock.now() + timedelta(days=8))
    assert Enquiry.objects.get().status == "lapsed"
    assert Notification.objects.filter(kind="enquiry-not-accepted").count() == 1


def test_who_waits_is_told_once_when_somebody_fits(
    offered: Callable[..., Membership], ready: Client, own: Browser
) -> None:
    put(own, at(ready, "waiting"))
    tasks.tell_waiting(clock.now())
    assert not Notification.objects.filter(kind="match-possible").exists()
    offered("Elsewhere", place="AT")
    tasks.tell_waiting(clock.now())
    assert not Notification.objects.filter(kind="match-possible").exists()
    offered()
    for _ in range(2):
        tasks.tell_waiting(clock.now())
    assert Notification.objects.filter(kind="match-possible").count() == 1
    assert own.delete(at(ready, "waiting")).json()["since"] is None


def test_what_is_looked_for_is_sealed(ready: Client) -> None:
    row = Intake.objects.get(client=ready)
    assert b"panic" not in bytes(row.wishes_sealed)
    assert row.wishes["specialties"] == ["panic"]


@pytest.mark.parametrize(
    "bad",
    [
        {"languages": []},
        {"languages": ["Arabic"]},
        {"jurisdiction": "Germany"},
        {"specialties": ["witchcraft"]},
        {"specialties": ["panic", "panic"]},
        {"parts": [21]},
        {"fee_at_most": 50},
        {"fee_at_most": -1, "currency": "EUR"},
        {"media": ["telepathy"]},
    ],
)
def test_what_cannot_be_wished_is_refused_with_its_field(
    person: Client, own: Browser, bad: dict[str, Any]
) -> None:
    answer = put(own, at(person, "intake"), **(WISHES | bad))
    assert answer.status_code == 422
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"fee_from": 5000},
        {"fee_from": 5000, "fee_to": 4000, "currency": "EUR"},
        {"fee_from": 5000, "fee_to": 6000},
        {"capacity": -1},
        {"approaches": ["shouting"]},
        {"about": "x" * 2001},
    ],
)
def test_what_cannot_be_offered_is_refused(practice: Practice, bad: dict[str, Any]) -> None:
    browser = factories.browser(factories.make_member(practice, "clinician").user)
    assert put(browser, at(practice, "profile"), **(PROFILE | bad)).status_code == 422
    assert not Profile.objects.exists()


def test_an_enquiry_to_nobody_is_404(ready: Client, own: Browser) -> None:
    sent = post(own, at(ready, "enquiries"), membership_id=str(uuid.uuid4()))
    assert sent.status_code == 404


def test_the_questionnaire_is_asked_once_and_can_be_answered_at_once(
    person: Client, own: Browser
) -> None:
    asked = [put(own, at(person, "intake/baseline")).json()["assignment_id"] for _ in range(2)]
    assert asked[0] == asked[1]
    today = own.get(at(person, "today")).json()
    assert [(one["assignment_id"], one["instrument"]) for one in today["due"]] == [
        (asked[0], "phq-9")
    ]
