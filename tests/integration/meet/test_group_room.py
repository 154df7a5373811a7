"""A group's room: each let in by themselves, and what everybody is told of the others."""

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
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters.models import Encounter
from holdfast.meet.rooms import facade, groups, sfu
from holdfast.meet.scheduling.facade import NewAppointment, book
from holdfast.meet.scheduling.models import AppointmentType
from tests import factories
from tests.integration.meet.programmes import scene as programmes

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    people: list[Client]
    dana: Any
    appointment: uuid.UUID

    @property
    def base(self) -> str:
        return f"/api/v1/practices/{self.dana.practice_id}"

    @property
    def clinician(self) -> Browser:
        return factories.browser(self.dana.user)

    def browser(self, at: int) -> Browser:
        user = self.people[at].user
        assert user is not None
        return factories.browser(user)

    def ask(self, browser: Browser, what: str = "", *, status: int | None = None) -> Any:
        path = f"{self.base}/groups/{self.appointment}"
        if not what:
            answer = browser.get(path)
        else:
            answer = browser.post(f"{path}/{what}", content_type="application/json")
        expected = status or {"": 200, "tickets": 201}.get(what, 204)
        assert answer.status_code == expected, answer.content
        return answer.json() if answer.content else None

    def visit(self, at: int) -> Encounter:
        return Encounter.objects.get(appointment_id=self.appointment, client=self.people[at])

    def step(self, at: int, what: str, *, status: int = 200) -> Any:
        path = f"{self.base}/clients/{self.people[at].pk}/encounters/{self.visit(at).pk}/{what}"
        answer = self.clinician.post(path, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    def let_in(self, *at: int) -> None:
        for each in at:
            self.ask(self.browser(each), "arrive")
            self.step(each, "admit")


@pytest.fixture
def scene() -> Scene:
    return make_scene(5)


def make_scene(size: int) -> Scene:
    practice = factories.make_practice()
    dana = factories.make_member(practice, "clinician", display_name="Dana")
    people = [factories.make_client(practice, display_name=f"Person {at}") for at in range(size)]
    for one in people:
        factories.join_care_team(one, dana)
    kind = AppointmentType.objects.create(
        practice=practice, name="Evening group", media=["video"], capacity=12
    )
    new = NewAppointment(
        id=uuid7(),
        membership_id=dana.pk,
        type_id=kind.pk,
        client_ids=tuple(one.pk for one in people),
        starts_at=clock.now().replace(second=0, microsecond=0) + timedelta(minutes=5),
        medium="video",
    )
    return Scene(people, dana, book(practice.pk, new, by=factories.actor_for(dana)).id)


def test_each_is_let_in_alone_and_only_then_learns_who_else_is_in(scene: Scene) -> None:
    scene.ask(scene.clinician, "arrive")
    scene.let_in(0, 1)
    scene.ask(scene.browser(2), "arrive")
    waiting, inside = scene.ask(scene.browser(2)), scene.ask(scene.browser(0))
    assert (waiting["inside"], waiting["people"], waiting["visit"]["status"]) == (
        False, [], "waiting",
    )  # fmt: skip
    assert [one["name"] for one in waiting["hosts"]] == ["Dana"]
    (other,) = inside["people"]
    assert other["account"] == str(scene.people[1].user_id)
    assert (other["name"], other["visit"], other["client_id"]) == ("", None, None)
    assert "Person 1" not in str(inside)
    seen = scene.ask(scene.clinician)
    assert [one["name"] for one in seen["people"]] == [f"Person {at}" for at in range(5)]
    assert [one["visit"]["status"] for one in seen["people"]] == [
        "admitted", "admitted", "waiting", "waiting", "waiting",
    ]  # fmt: skip


def test_nobody_else_finds_the_group(scene: Scene) -> None:
    practice = scene.dana.practice
    other = factories.make_member(practice, "clinician")
    stranger = factories.make_client(practice)
    assert stranger.user is not None
    for account in (other.user, stranger.user):
        for what in ("", "arrive", "finish", "tickets"):
            scene.ask(factories.browser(account), what, status=404)


def test_without_a_media_server_four_are_the_most(scene: Scene) -> None:
    assert scene.ask(scene.clinician)["most"] == 4
    scene.let_in(0, 1, 2)
    scene.ask(scene.browser(3), "arrive")
    assert scene.step(3, "admit", status=409)["code"] == "group-too-large"
    assert scene.ask(scene.browser(0), "tickets", status=409)["code"] == "group-without-server"
    scene.step(0, "finish")
    scene.step(3, "admit")


def test_a_ticket_is_for_who_was_let_in(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[uuid.UUID] = []
    monkeypatch.setattr(sfu, "open_room", opened.append)
    scene.ask(scene.browser(0), "arrive")
    assert scene.ask(scene.browser(0), "tickets", status=409)["code"] == "group-not-let-in"
    scene.step(0, "admit")
    assert set(scene.ask(scene.browser(0), "tickets")) == {"ticket", "url", "expires_at"}
    assert opened == [scene.appointment]


def test_the_end_is_the_hosts_for_everybody_who_was_in(scene: Scene) -> None:
    scene.let_in(0, 1)
    assert scene.ask(scene.browser(0), "finish", status=409)["code"] == "group-of-another"
    scene.ask(scene.clinician, "finish")
    assert [scene.visit(at).status for at in range(3)] == ["finished", "finished", "planned"]
    assert scene.ask(scene.browser(0))["inside"] is False


def test_who_leaves_for_a_while_is_still_let_in(scene: Scene) -> None:
    scene.ask(scene.clinician, "arrive")
    scene.let_in(0)
    scene.ask(scene.browser(0), "leave")
    scene.ask(scene.clinician, "leave")
    row = scene.visit(0)
    assert row.client_left_at is not None
    assert row.clinician_left_at is not None
    assert scene.ask(scene.browser(0))["inside"] is True


def topic_right(scene: Scene, browser: Browser) -> Any:
    topic = f"room:{scene.appointment}"
    answer = browser.post(
        f"{scene.base}/topic-tickets", {"topics": [topic]}, content_type="application/json"
    )
    return answer.json()["topics"].get(topic)


def test_only_those_inside_follow_the_rooms_topic(scene: Scene) -> None:
    scene.let_in(0)
    scene.ask(scene.browser(1), "arrive")
    rights = [topic_right(scene, one) for one in (scene.clinician, *map(scene.browser, (0, 1)))]
    assert rights == ["rw", "rw", None]
    scene.step(0, "finish")
    assert topic_right(scene, scene.browser(0)) is None


def test_who_is_taken_out_is_told_of_to_the_process_with_the_sockets(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    scene.let_in(0)
    told: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        "holdfast.core.fanout.facade.publish",
        lambda topic, seq, data=None: told.append((topic, data)),
    )
    with django_capture_on_commit_callbacks(execute=True):
        scene.step(0, "finish")
    assert (f"room:{scene.appointment}", {"out": str(scene.people[0].user_id)}) in told


def test_a_visit_of_a_group_says_which(scene: Scene) -> None:
    path = f"{scene.base}/clients/{scene.people[0].pk}/encounters/{scene.visit(0).pk}/room"
    assert scene.browser(0).get(path).json()["group"] == str(scene.appointment)


def test_a_co_facilitator_is_in_without_being_let_in(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = factories.make_member(scene.dana.practice, "clinician", display_name="Ira")
    monkeypatch.setattr(groups, "_helpers", [])
    facade.register_helpers(lambda _practice, _appointment: [helper.pk])
    seen = scene.ask(factories.browser(helper.user))
    assert (seen["role"], seen["inside"]) == ("helper", True)
    assert [one["name"] for one in seen["hosts"]] == ["Dana", "Ira"]


def test_the_groups_clock_is_told_to_who_is_inside(scene: Scene) -> None:
    scene.let_in(0, 1)
    assert scene.ask(scene.browser(0))["begun_at"] is None
    path = f"{scene.base}/clients/{scene.people[1].pk}/encounters/{scene.visit(1).pk}/begin"
    scene.browser(1).post(path, {"way": "direct"}, content_type="application/json")
    begun = scene.ask(scene.browser(1))["begun_at"]
    assert begun is not None
    # The same for all who are in, and nothing to who is not.
    told = [scene.ask(one)["begun_at"] for one in (scene.clinician, *map(scene.browser, (0, 2)))]
    assert told == [begun, begun, None]


def test_the_room_costs_the_same_however_many(scene: Scene) -> None:
    browser, larger = scene.clinician, make_scene(9)
    scene.ask(browser)
    with CaptureQueriesContext(connection) as five:
        scene.ask(browser)
    browser = larger.clinician
    larger.ask(browser)
    with CaptureQueriesContext(connection) as nine:
        larger.ask(browser)
    assert len(nine) == len(five)


def test_a_programmes_session_knows_its_co_facilitators_and_the_names_that_people_chose() -> None:
    scene = programmes.Scene()
    first = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT18:00")
    programme = scene.running(first_local=first)
    robin = scene.member(programme, "Robin", "Sparrow")
    path = f"/groups/{programmes.appointment_ids(programme)[0]}"
    seen = robin.ask("GET", path)
    assert (seen["called"], seen["own"]["name"], seen["role"]) == ("Sparrow", "Robin", "member")
    assert [one["name"] for one in seen["hosts"]] == ["Dana", "Pim"]
    assert (scene.pim.ask("GET", path)["role"], scene.dana.ask("GET", path)["role"]) == (
        "helper", "host",
    )  # fmt: skip
    assert scene.kim.refused("GET", path) == (404, "not-found")
    # The way in, for whoever leads it.
    rooms = [
        one.ask("GET", f"/programmes/{programme}")["next_room"] for one in (scene.pim, scene.ada)
    ]
    assert rooms == [path.removeprefix("/groups/"), None]


@pytest.fixture
def led() -> tuple[programmes.Scene, programmes.Person, str, str]:
    """A session of Dana and Pim, to which Robin comes: its path and that of their visit."""
    scene = programmes.Scene()
    first = (clock.now() + timedelta(minutes=40)).strftime("%Y-%m-%dT%H:%M")
    programme = scene.running(first_local=first, zone="UTC")
    robin = scene.member(programme, "Robin", "Sparrow")
    group = f"/groups/{programmes.appointment_ids(programme)[0]}"
    visit = robin.ask("GET", group)["visit"]["id"]
    return scene, robin, group, f"/clients/{robin.client.pk}/encounters/{visit}"


def test_who_leads_a_group_with_somebody_lets_in_and_takes_out_and_that_is_written_down(
    led: tuple[programmes.Scene, programmes.Person, str, str],
) -> None:
    scene, robin, group, visit = led
    robin.ask("POST", group + "/arrive", status=204)
    assert scene.pim.ask("POST", visit + "/admit")["status"] == "admitted"
    assert robin.ask("GET", group)["inside"] is True
    assert scene.pim.ask("POST", visit + "/finish")["status"] == "finished"
    written = AuditEvent.objects.filter(client_id=robin.client.pk, resource="encounter")
    ours = written.filter(actor_id=scene.members["pim"].user_id).order_by("at", "id")
    assert [one.action for one in ours] == ["admit", "finish"]
    # The end of it for everybody stays with whose group it is.
    assert scene.pim.refused("POST", group + "/finish") == (409, "group-of-another")


def test_who_leads_a_group_may_nothing_else_of_its_people(
    led: tuple[programmes.Scene, programmes.Person, str, str],
) -> None:
    scene, robin, _, visit = led
    for method, path, body in (
        ("GET", f"/clients/{robin.client.pk}", None),
        ("GET", visit + "/room", None),
        ("POST", visit + "/arrive", None),
        ("PATCH", visit, {"status": "cancelled"}),
        ("GET", f"/clients/{robin.client.pk}/notes", None),
    ):
        assert scene.pim.refused(method, path, body) == (403, "not-permitted"), path
    for what in ("admit", "finish", "no-show"):
        assert scene.kim.refused("POST", f"{visit}/{what}") == (403, "not-permitted")
    elsewhere = Encounter.objects.create(
        practice=robin.client.practice,
        client=robin.client,
        membership=scene.members["dana"],
        starts_at=clock.now(),
        created_at=clock.now(),
        status="waiting",
        medium="video",
    )
    other = f"/clients/{robin.client.pk}/encounters/{elsewhere.pk}/admit"
    assert scene.pim.refused("POST", other) == (403, "not-permitted")
