"""Appointments over HTTP: what the screens ask, in how many statements, and what they are told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.core.audit.models import AuditEvent
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Role
from holdfast.meet.scheduling import facade, queries, slots
from holdfast.meet.scheduling.models import (
    Appointment,
    AppointmentType,
    Asset,
    AvailabilityRule,
    Place,
    Reservation,
)
from tests import factories
from tests.integration.meet.scheduling.scene import BERLIN, NOW, Scene, add_hours, at, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(time_machine: time_machine.TimeMachineFixture) -> Scene:
    time_machine.move_to(NOW, tick=False)
    return make_scene()


class Browser:
    """Somebody's session in the scene's practice."""

    def __init__(self, scene: Scene, user: Any) -> None:
        self.client = factories.browser(user)
        self.base = f"/api/v1/practices/{scene.practice.pk}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(self.base + path, query).json()

    def send(self, method: str, path: str, body: Any = None) -> Any:
        ask = getattr(self.client, method)
        return ask(self.base + path, body, content_type="application/json")


@pytest.fixture
def person(scene: Scene) -> Browser:
    return Browser(scene, scene.client.user)


@pytest.fixture
def dana(scene: Scene) -> Browser:
    return Browser(scene, scene.dana.user)


@pytest.fixture
def ada(scene: Scene) -> Browser:
    return Browser(scene, factories.make_member(scene.practice, Role.ADMINISTRATOR).user)


def window(days: int = 1, length: int = 1) -> dict[str, str]:
    since = at(2, days=days)
    return {"since": since.isoformat(), "until": (since + timedelta(days=length)).isoformat()}


def body_of(scene: Scene, starts_at: str) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "membership_id": str(scene.dana.pk),
        "type_id": str(scene.kind.pk),
        "starts_at": starts_at,
        "medium": "video",
    }


def test_a_person_books_moves_confirms_and_cancels(scene: Scene, person: Browser) -> None:
    offer = person.get(f"/clients/{scene.client.pk}/bookable")
    assert [one["name"] for one in offer["members"]] == ["Dana"]
    path = f"/memberships/{scene.dana.pk}/slots"
    free = person.get(path, type=scene.kind.pk, **window())["items"]
    assert len(free) == 8
    mine = f"/clients/{scene.client.pk}/appointments"
    body = body_of(scene, free[0]["starts_at"])
    answers = [person.send("post", mine, body) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    one = f"{mine}/{body['id']}"
    assert person.send("post", f"{one}/confirm").json()["confirmed_at"] is not None
    moved = person.send("post", f"{one}/move", {"starts_at": free[2]["starts_at"], "sequence": 0})
    assert moved.json()["appointment"]["sequence"] == 1
    stale = person.send("post", f"{one}/move", {"starts_at": free[1]["starts_at"], "sequence": 0})
    assert (stale.status_code, stale.json()["code"]) == (409, "appointment-changed")
    done = person.send("post", f"{one}/cancel", {"sequence": 1, "reason": "ill"}).json()
    assert (done["appointment"]["status"], done["appointment"]["late"]) == ("cancelled", True)
    assert Appointment.objects.count() == 1
    actions = AuditEvent.objects.filter(resource="appointment").values_list("action", flat=True)
    assert sorted(actions) == ["cancel", "confirm", "create", "move"]


def test_a_person_does_not_book_outside_the_hours_and_staff_do(
    scene: Scene, person: Browser, dana: Browser
) -> None:
    body = body_of(scene, at(20).isoformat())
    path = f"/clients/{scene.client.pk}/appointments"
    refused = person.send("post", path, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-not-offered")
    assert dana.send("post", path, body).status_code == 201


def test_a_person_does_not_book_with_somebody_who_does_not_treat_them(
    scene: Scene, person: Browser
) -> None:
    other = factories.make_member(scene.practice, Role.CLINICIAN)
    add_hours(other, 2)
    body = body_of(scene, at(9).isoformat()) | {"membership_id": str(other.pk)}
    answer = person.send("post", f"/clients/{scene.client.pk}/appointments", body)
    assert answer.status_code == 404


def test_what_is_busy_elsewhere_is_not_offered(
    scene: Scene, person: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "_busy_elsewhere", [])
    facade.register_busy(lambda member, since, until: [(at(9), at(12))])
    path = f"/memberships/{scene.dana.pk}/slots"
    free = person.get(path, type=scene.kind.pk, **window())["items"]
    assert len(free) == 5


def test_the_time_of_ones_own_appointment_is_free_to_move_within(
    scene: Scene, person: Browser
) -> None:
    made = scene.book(at(9))
    path = f"/memberships/{scene.dana.pk}/slots"
    plain = person.get(path, type=scene.kind.pk, **window())["items"]
    own = person.get(path, type=scene.kind.pk, instead_of=made.pk, **window())["items"]
    assert (len(plain), len(own)) == (7, 8)
    theirs = scene.book(at(11), factories.make_client(scene.practice))
    asked = person.get(path, type=scene.kind.pk, instead_of=theirs.pk, **window())
    assert asked["code"] == "not-found"


def test_free_times_and_lists_have_a_widest_window(scene: Scene, person: Browser) -> None:
    path = f"/memberships/{scene.dana.pk}/slots"
    assert person.get(path, type=scene.kind.pk, **window(length=63))["code"] == "invalid"
    mine = f"/clients/{scene.client.pk}/appointments"
    assert person.get(mine, **window(length=371))["code"] == "invalid"
    assert person.get(mine)["items"] == []


def test_reads_cost_the_same_however_many_there_are(scene: Scene) -> None:
    ids = scene.practice.pk, {scene.dana.pk}, at(2), at(2, days=40)

    def statements(read: Any) -> int:
        with CaptureQueriesContext(connection) as asked:
            read()
        return len(asked)

    for count in (1, 4):
        for n in range(count):
            scene.book(at(9, days=count * 7 + n), factories.make_client(scene.practice))
        found = [
            statements(lambda: queries.between(ids[0], *ids[2:])),
            statements(lambda: queries.agenda(*ids)),
            statements(lambda: queries.waiting_of(ids[0], scene.client.pk)),
            statements(lambda: slots.free(scene.dana, scene.kind, *ids[2:])),
        ]
        # Of the last, one is the calendars' answer to what is busy elsewhere, one the licences'.
        assert found == [2, 2, 1, 6]


def test_the_agenda_is_ones_own_and_says_who_comes(scene: Scene, dana: Browser) -> None:
    other = factories.make_member(scene.practice, Role.CLINICIAN)
    made = scene.book(at(9))
    scene.book(at(9), factories.make_client(scene.practice), membership_id=other.pk)
    (item,) = dana.get("/agenda", **window())["items"]
    assert item["id"] == str(made.pk)
    assert [one["name"] for one in item["people"]] == [scene.client.display_name]
    noted = AuditEvent.objects.get(action="list", resource="appointment")
    assert noted.detail["people"] == [str(scene.client.pk)]


class TestHours:
    rule = {
        "weekday": 1,
        "from_time": "09:00",
        "until_time": "12:00",
        "time_zone": BERLIN,
        "valid_from": "2026-01-01",
        "media": ["video"],
    }

    def test_two_screens_do_not_undo_each_other(self, scene: Scene, dana: Browser) -> None:
        seen = dana.get("/availability")
        body = {"revision": seen["revision"], "rules": [self.rule], "exceptions": []}
        first = dana.send("put", "/availability", body)
        assert first.status_code == 200
        assert dana.send("put", "/availability", body).json() == first.json()
        late = body | {"rules": [self.rule | {"weekday": 2}]}
        answer = dana.send("put", "/availability", late)
        assert (answer.status_code, answer.json()["code"]) == (409, "availability-changed")
        assert AvailabilityRule.objects.filter(membership=scene.dana).count() == 1

    @pytest.mark.parametrize(
        "fault",
        [
            {"time_zone": "Europe/Nowhere"},
            {"until_time": "08:00"},
            {"media": []},
            {"valid_until": "2025-12-31"},
            {"place_id": "00000000-0000-7000-8000-000000000000"},
            {"types": ["00000000-0000-7000-8000-000000000000"]},
            {"from_time": "09:00+02:00"},
        ],
    )
    def test_what_cannot_be_is_refused(self, dana: Browser, fault: dict[str, Any]) -> None:
        revision = dana.get("/availability")["revision"]
        body = {"revision": revision, "rules": [self.rule | fault], "exceptions": []}
        assert dana.send("put", "/availability", body).status_code == 422

    def test_an_administrator_keeps_a_colleagues(self, scene: Scene, ada: Browser) -> None:
        path = f"/memberships/{scene.dana.pk}/availability"
        away = {"on": "2026-06-02", "time_zone": BERLIN}
        seen = ada.get(path)
        body = {"revision": seen["revision"], "rules": seen["rules"], "exceptions": [away]}
        assert ada.send("put", path, body).status_code == 200
        free = slots.free(scene.dana, scene.kind, at(2), at(2, days=2))
        assert free == []

    def test_a_closure_of_the_practice_closes_them(self, scene: Scene) -> None:
        factories.close_on(scene.practice, date(2026, 6, 2))
        assert slots.free(scene.dana, scene.kind, at(2), at(2, days=2)) == []


class TestPlaces:
    def test_a_room_is_reserved_with_it_and_without_one_it_is_not_offered(
        self, scene: Scene, ada: Browser
    ) -> None:
        place, room = str(uuid7()), {"id": str(uuid7()), "kind": "room", "name": "Blue"}
        body = {"id": place, "name": "Harbour", "address": "Am Hafen 1", "assets": [room]}
        assert ada.send("post", "/places", body).status_code == 201
        AppointmentType.objects.update(needs_room=True, media=["in_person", "video"])
        scene.kind.refresh_from_db()
        AvailabilityRule.objects.update(place_id=place, media=["in_person"])
        made = scene.book(at(9), medium="in_person", place_id=Place.objects.get().pk)
        held = Reservation.objects.get(appointment=made, holder_kind="room")
        assert str(held.holder_id) == room["id"]
        other = factories.make_member(scene.practice, Role.CLINICIAN)
        add_hours(other, 2, place_id=Place.objects.get().pk, media=["in_person", "video"])
        found = slots.free(other, scene.kind, at(2), at(2, days=2))
        assert found[0].starts_at == at(9)
        assert found[0].media == ("video",)
        assert found[1].media == ("in_person", "video")
        assert "Am Hafen" not in str(Place.objects.values_list().query)

    def test_a_room_left_out_is_kept_and_no_longer_offered(self, ada: Browser) -> None:
        place, room = str(uuid7()), {"id": str(uuid7()), "kind": "room", "name": "Blue"}
        ada.send("post", "/places", {"id": place, "name": "Harbour", "assets": [room]})
        ada.send("put", f"/places/{place}", {"name": "Harbour", "assets": []})
        assert not Asset.objects.get().active
        assert ada.get("/places")["items"][0]["assets"] == []

    def test_a_kind_is_made_once_and_changed(self, scene: Scene, ada: Browser) -> None:
        body = {"id": str(uuid7()), "name": "First talk", "media": ["video"], "minutes": 80}
        for _ in range(2):
            assert ada.send("post", "/appointment-types", body).status_code == 201
        del body["id"]
        path = f"/appointment-types/{AppointmentType.objects.get(name='First talk').pk}"
        ada.send("put", path, body | {"active": False})
        kinds = ada.get("/appointment-types")["items"]
        assert [(one["name"], one["active"]) for one in kinds] == [
            ("First talk", False),
            ("Talk", True),
        ]
