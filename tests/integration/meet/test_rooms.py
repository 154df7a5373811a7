"""Joining a visit: two sessions, from the waiting room to the signed end."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
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


@dataclass
class Scene:
    person: Client
    dana: Any
    visit: Encounter
    robin: Browser
    clinician: Browser

    def ask(self, browser: Browser, what: str, body: Any = None, *, status: int = 200) -> Any:
        base = f"/api/v1/practices/{self.person.practice_id}/clients/{self.person.pk}"
        path = f"{base}/encounters/{self.visit.pk}/{what}"
        if what == "room":
            answer = browser.get(path)
        else:
            answer = browser.post(path, body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    def actions(self) -> list[str]:
        events = AuditEvent.objects.filter(client_id=self.person.pk).exclude(action="read")
        return list(events.order_by("pk").values_list("action", flat=True))


def make_visit(person: Client, dana: Any, minutes: int = 5, **fields: Any) -> Encounter:
    values: dict[str, Any] = {"status": "planned", "medium": "video"}
    return Encounter.objects.create(
        practice_id=person.practice_id,
        client=person,
        membership=dana,
        starts_at=clock.now() + timedelta(minutes=minutes),
        created_at=clock.now(),
        **(values | fields),
    )


@pytest.fixture
def scene() -> Scene:
    practice = factories.make_practice(contact_phone="+49 30 1234")
    dana = factories.make_member(practice, "clinician", display_name="Dana")
    person = factories.make_client(practice, display_name="Robin")
    factories.join_care_team(person, dana)
    assert person.user is not None
    robin, clinician = factories.browser(person.user), factories.browser(dana.user)
    return Scene(person, dana, make_visit(person, dana), robin, clinician)


def test_from_the_waiting_room_to_the_end(scene: Scene) -> None:
    assert scene.ask(scene.robin, "arrive")["status"] == "waiting"
    assert scene.ask(scene.clinician, "arrive")["status"] == "waiting"
    assert scene.ask(scene.clinician, "admit")["status"] == "admitted"
    begun = scene.ask(scene.robin, "begin", {"way": "direct"})
    assert begun["status"] == "in_session"
    scene.ask(scene.robin, "lost", status=204)
    assert scene.ask(scene.robin, "leave")["status"] == "in_session"
    assert scene.ask(scene.robin, "arrive")["begun_at"] == begun["begun_at"]
    over = scene.ask(scene.clinician, "finish")
    assert over["status"] == "finished"
    assert facade.last_met(scene.person.practice_id, scene.person.pk, clock.now()) is not None
    assert scene.actions() == [
        "arrive", "arrive", "admit", "begin", "connect", "disconnect", "leave", "arrive", "finish",
    ]  # fmt: skip


def test_the_same_request_twice_changes_and_writes_nothing_more(scene: Scene) -> None:
    first = scene.ask(scene.robin, "arrive")
    assert scene.ask(scene.robin, "arrive") == first
    scene.ask(scene.clinician, "admit")
    assert scene.ask(scene.clinician, "admit")["moves"] == first["moves"] + 1
    assert scene.actions() == ["arrive", "admit"]


def test_each_side_finds_the_others_name_and_keys_and_the_servers_clock(scene: Scene) -> None:
    seen = scene.ask(scene.robin, "room")
    assert (seen["side"], seen["other"]["name"], seen["phone"]) == ("client", "Dana", "+49 30 1234")
    assert seen["other"]["account"] == str(scene.dana.user_id)
    assert (seen["ice_servers"], seen["relay_only"]) == ([], False)
    assert scene.ask(scene.clinician, "room")["other"]["name"] == "Robin"


def test_a_relays_credentials_are_given_while_they_are_of_use(scene: Scene, settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ("turn:127.0.0.1:3478",), "s" * 32
    (server,) = scene.ask(scene.robin, "room")["ice_servers"]
    assert server["urls"] == ["turn:127.0.0.1:3478"]
    assert server["credential"]
    Encounter.objects.update(starts_at=clock.now() + timedelta(hours=3))
    assert scene.ask(scene.robin, "room")["ice_servers"] == []
    scene.ask(scene.clinician, "finish")
    assert scene.ask(scene.robin, "room")["ice_servers"] == []


def test_the_person_neither_lets_in_nor_finishes(scene: Scene) -> None:
    scene.ask(scene.robin, "arrive")
    for what in ("admit", "finish", "no-show"):
        refused = scene.ask(scene.robin, what, status=403)
        assert refused["code"] == "not-permitted"


def test_a_colleague_of_the_team_does_not_walk_in_but_may_write_down_the_end(scene: Scene) -> None:
    other = factories.make_member(scene.dana.practice, "clinician")
    factories.join_care_team(scene.person, other, primary=False)
    colleague = factories.browser(other.user)
    scene.ask(scene.robin, "arrive")
    for what in ("room", "arrive", "admit"):
        assert scene.ask(colleague, what, status=409)["code"] == "visit-of-another"
    assert scene.ask(colleague, "no-show")["status"] == "no_show"


def test_nobody_is_let_in_who_is_not_there(scene: Scene) -> None:
    scene.ask(scene.clinician, "arrive")
    assert scene.ask(scene.clinician, "admit", status=409)["code"] == "visit-nobody-there"


def test_the_waiting_room_opens_an_hour_before(scene: Scene) -> None:
    scene.visit.starts_at = clock.now() + timedelta(minutes=61)
    scene.visit.save()
    assert scene.ask(scene.robin, "arrive", status=409)["code"] == "visit-too-early"


def test_a_meeting_in_person_has_no_room(scene: Scene) -> None:
    Encounter.objects.update(medium="in_person")
    assert scene.ask(scene.robin, "room", status=409)["code"] == "visit-without-room"


def test_who_waits_learns_that_it_is_cancelled(scene: Scene) -> None:
    scene.ask(scene.robin, "arrive")
    base = f"/api/v1/practices/{scene.person.practice_id}/clients/{scene.person.pk}"
    changed = scene.clinician.patch(
        f"{base}/encounters/{scene.visit.pk}",
        {"status": "cancelled"},
        content_type="application/json",
    )
    assert changed.status_code == 200, changed.content
    assert scene.ask(scene.robin, "arrive", status=409)["code"] == "visit-over"
    assert scene.ask(scene.robin, "room")["visit"]["status"] == "cancelled"


def test_what_is_going_on_is_not_put_back_by_hand(scene: Scene) -> None:
    scene.ask(scene.robin, "arrive")
    base = f"/api/v1/practices/{scene.person.practice_id}/clients/{scene.person.pk}"
    path = f"{base}/encounters/{scene.visit.pk}"
    back = scene.clinician.patch(path, {"status": "planned"}, content_type="application/json")
    assert (back.status_code, back.json()["code"]) == (409, "visit-already-begun")


def test_a_visit_that_was_over_before_its_time_counts_as_met(scene: Scene) -> None:
    scene.ask(scene.robin, "arrive")
    scene.ask(scene.clinician, "admit")
    scene.ask(scene.clinician, "begin", {"way": "relayed"})
    scene.ask(scene.clinician, "finish")
    row = Encounter.objects.get()
    assert row.starts_at == row.begun_at
    assert facade.last_met(row.practice_id, row.client_id, clock.now()) == row.starts_at


def test_how_the_devices_fared_is_kept_as_codes(scene: Scene) -> None:
    fared = {"camera": "ok", "microphone": "denied", "speaker": "skipped", "relay": "failed"}
    scene.ask(scene.robin, "checks", fared, status=204)
    event = AuditEvent.objects.get(action="check")
    assert (event.resource, event.detail) == ("visit", fared)
    scene.ask(scene.robin, "checks", fared | {"camera": "192.0.2.1"}, status=422)


def listed(browser: Browser, person: Client) -> Any:
    return browser.get(f"/api/v1/practices/{person.practice_id}/visits").json()["items"]


def test_each_side_sees_its_own_visits_that_come_next_or_go_on(scene: Scene) -> None:
    make_visit(scene.person, scene.dana, 60 * 30)
    make_visit(scene.person, scene.dana, -60 * 5)
    make_visit(scene.person, scene.dana, 60, status="cancelled")
    make_visit(scene.person, scene.dana, 60, medium="in_person")
    long_ago = make_visit(scene.person, scene.dana, -60 * 9, status="in_session")
    for browser, side, name in [
        (scene.robin, "client", "Dana"),
        (scene.clinician, "clinician", "Robin"),
    ]:
        items = listed(browser, scene.person)
        assert [one["visit"]["id"] for one in items] == [str(long_ago.pk), str(scene.visit.pk)]
        assert {(one["side"], one["other_name"]) for one in items} == {(side, name)}
    stranger = factories.make_client(scene.dana.practice)
    assert stranger.user is not None
    assert listed(factories.browser(stranger.user), scene.person) == []
    assert AuditEvent.objects.get(resource="visit_list").detail == {
        "people": [str(scene.person.pk)]
    }


def test_the_list_costs_the_same_however_many(scene: Scene) -> None:
    listed(scene.robin, scene.person)
    with CaptureQueriesContext(connection) as one:
        listed(scene.robin, scene.person)
    for minutes in range(3):
        make_visit(scene.person, scene.dana, minutes)
    with CaptureQueriesContext(connection) as four:
        assert len(listed(scene.robin, scene.person)) == 4
    assert len(four) == len(one)


def tickets(browser: Browser, scene: Scene) -> Any:
    topic = f"visit:{scene.visit.pk}"
    path = f"/api/v1/practices/{scene.person.practice_id}/topic-tickets"
    answer = browser.post(path, {"topics": [topic]}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()["topics"].get(topic)


def test_the_person_speaks_on_the_topic_only_while_the_visit_goes_on(scene: Scene) -> None:
    assert (tickets(scene.robin, scene), tickets(scene.clinician, scene)) == ("r", "rw")
    scene.ask(scene.robin, "arrive")
    assert tickets(scene.robin, scene) == "rw"
    scene.ask(scene.clinician, "finish")
    assert (tickets(scene.robin, scene), tickets(scene.clinician, scene)) == ("r", "r")


def test_nobody_else_follows_the_topic(scene: Scene) -> None:
    other = factories.make_member(scene.dana.practice, "clinician")
    factories.join_care_team(scene.person, other, primary=False)
    neighbour = factories.make_client(scene.dana.practice)
    assert neighbour.user is not None
    for account in (other.user, neighbour.user):
        assert tickets(factories.browser(account), scene) is None


def test_each_move_is_told_on_the_topic_with_its_number(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    told: list[tuple[str, int | None, Any]] = []
    monkeypatch.setattr(
        "holdfast.core.fanout.facade.publish",
        lambda topic, seq, data=None: told.append((topic, seq, data)),
    )
    with django_capture_on_commit_callbacks(execute=True):
        scene.ask(scene.robin, "arrive")
    topics = {topic for topic, _, _ in told}
    accounts = (scene.person.user_id, scene.dana.user_id)
    assert topics == {f"visit:{scene.visit.pk}", *(f"account:{one}" for one in accounts)}
    (_, seq, data) = told[0]
    assert (seq, data["visit"]["status"], data["visit"]["moves"]) == (1, "waiting", 1)
    assert "Robin" not in str(told)


def booked(scene: Scene) -> uuid.UUID:
    return facade.plan(
        scene.person,
        scene.dana,
        starts_at=clock.now() + timedelta(minutes=5),
        ends_at=clock.now() + timedelta(minutes=55),
        medium="video",
        appointment_id=uuid.uuid4(),
        by=factories.actor_for(scene.dana),
    )


def test_who_waits_is_told_that_the_booking_was_cancelled_or_moved(scene: Scene) -> None:
    by = factories.actor_for(scene.dana)
    practice = scene.person.practice_id
    for change in ("cancel", "move"):
        scene.visit = Encounter.objects.get(pk=booked(scene))
        waiting = scene.ask(scene.robin, "arrive")
        times = {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)}
        if change == "cancel":
            assert facade.cancel(practice, scene.visit.pk, by=by)
        else:
            assert facade.move(practice, scene.visit.pk, **times, medium="video", by=by)
        seen = scene.ask(scene.robin, "room")["visit"]
        assert seen["moves"] == waiting["moves"] + 1
        assert seen["status"] == ("cancelled" if change == "cancel" else "planned")


def test_a_booking_does_not_cancel_a_visit_that_somebody_was_let_into(scene: Scene) -> None:
    scene.visit = Encounter.objects.get(pk=booked(scene))
    scene.ask(scene.robin, "arrive")
    scene.ask(scene.clinician, "admit")
    by = factories.actor_for(scene.dana)
    assert not facade.cancel(scene.person.practice_id, scene.visit.pk, by=by)
    assert scene.ask(scene.robin, "room")["visit"]["status"] == "admitted"
