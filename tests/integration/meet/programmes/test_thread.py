"""The thread between sessions: who belongs, under which name, and who is out from when on."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import time_machine

from holdfast.core.notify.models import Notification
from tests.integration.core.vaults import Device
from tests.integration.meet.programmes.scene import NOW, Caller, Person, Scene, body
from tests.integration.meet.talking import Talker

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(time_machine: time_machine.TimeMachineFixture) -> Scene:
    time_machine.move_to(NOW, tick=False)
    return Scene()


def talker(scene: Scene, who: Caller) -> Talker:
    device = Device(who.user, who.client if isinstance(who, Person) else None)
    assert device.set_up().status_code == 204
    return Talker(device, scene.practice)


def opens(scene: Scene, programme: str, by: Talker, *others: Talker, **given: Any) -> Any:
    thread = given.pop("id", None) or uuid.uuid4()
    everybody = {each.id: each.device.private.public for each in (by, *others)}
    epoch = by.new_epoch(thread, everybody)
    return by.ask("POST", f"/programmes/{programme}/thread", {"id": str(thread), "epoch": epoch})


def names(talker: Talker, thread: str) -> list[str]:
    return sorted(each["name"] for each in talker.detail(thread)["people"])


def test_members_write_to_each_other_under_the_names_they_chose(scene: Scene) -> None:
    programme = scene.running()
    dana = talker(scene, scene.dana)
    person, other = (scene.member(programme, f"{one} Real-Name", one) for one in ("Fox", "Bear"))
    fox, bear = talker(scene, person), talker(scene, other)
    found = scene.dana.ask("GET", f"/programmes/{programme}/thread-people")["items"]
    with_keys = {each["name"]: bool(each["keys"]) for each in found}
    assert with_keys == {"Dana": True, "Pim": False, "Fox": True, "Bear": True}
    thread = opens(scene, programme, dana, fox, bear).json()["id"]
    fox.say(thread, "It worked in the bus.")
    assert [one.text for one in bear.read(thread)] == [b"It worked in the bus."]
    assert names(bear, thread) == ["Bear", "Dana", "Fox"]
    [row] = bear.ask("GET", "/threads").json()["items"]
    assert row["title"] == "Evenings against panic"
    everything = str(bear.detail(thread)) + str(row) + str(bear.ask("GET", "/threads").json())
    assert "Real-Name" not in everything
    assert other.place(programme)["thread_id"] == thread
    roster = scene.roster(programme)
    assert all(one["in_thread"] for one in roster.values())


def test_who_leaves_is_out_at_once_and_who_writes_next_changes_the_key(scene: Scene) -> None:
    programme = scene.running()
    dana = talker(scene, scene.dana)
    person, other = (scene.member(programme, one, one) for one in ("Fox", "Bear"))
    fox, bear = talker(scene, person), talker(scene, other)
    thread = opens(scene, programme, dana, fox, bear).json()["id"]
    fox.say(thread, "Before.")
    person.leaves(programme)
    assert fox.ask("GET", f"/threads/{thread}").status_code == 403
    assert fox.ask("GET", "/threads").json()["items"] == []
    assert not bear.detail(thread)["fresh"]
    bear.say(thread, "After.")
    assert bear.detail(thread)["epoch"] == 2
    assert len(bear.detail(thread)["keys"]) == 2
    # What they wrote stays under the name that the group knew.
    assert names(bear, thread) == ["Bear", "Dana", "Fox"]


@pytest.mark.exhaustive
def test_nobody_lets_in_whom_the_programme_does_not_know(scene: Scene) -> None:
    programme = scene.running()
    dana, kim = talker(scene, scene.dana), talker(scene, scene.kim)
    stranger = talker(scene, scene.person("Robin"))
    fox = talker(scene, scene.member(programme, "Ines", "Fox"))
    for wrong in (stranger, kim):
        answer = opens(scene, programme, dana, fox, wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "thread-members-refused")
    assert opens(scene, programme, kim, fox).status_code == 404
    assert opens(scene, programme, fox, dana).json()["code"] == "not-permitted"
    first = opens(scene, programme, dana, fox)
    assert first.status_code == 201
    assert opens(scene, programme, dana, fox).json()["code"] == "programme-id-taken"
    thread = first.json()["id"]
    detail = fox.detail(thread)
    members = _keys(fox, detail) | {stranger.id: stranger.device.private.public}
    epoch = fox.new_epoch(uuid.UUID(thread), members, fox.epochs(detail)[-1])
    answer = fox.ask("POST", f"/threads/{thread}/epochs", epoch)
    assert (answer.status_code, answer.json()["code"]) == (422, "thread-members-refused")


def _keys(of: Talker, detail: dict[str, Any]) -> dict[uuid.UUID, Any]:
    return {who: key for who, key in of.people(detail).items() if str(who) in detail["go_on"]}


@pytest.mark.exhaustive
def test_a_member_who_comes_later_is_let_in_by_who_leads(scene: Scene) -> None:
    programme = scene.running()
    dana = talker(scene, scene.dana)
    fox = talker(scene, scene.member(programme, "Ines", "Fox"))
    thread = opens(scene, programme, dana, fox).json()["id"]
    dana.say(thread, "Welcome.")
    person = scene.member(programme, "Robin", "Bear")
    bear = talker(scene, person)
    assert bear.ask("GET", f"/threads/{thread}").status_code == 403
    assert person.place(programme)["thread_id"] is None
    assert scene.dana.ask("GET", f"/programmes/{programme}/roster")["outside_thread"] == 2
    detail = dana.detail(thread)
    members = _keys(dana, detail) | {bear.id: bear.device.private.public}
    epoch = dana.new_epoch(uuid.UUID(thread), members, dana.epochs(detail)[-1])
    assert dana.ask("POST", f"/threads/{thread}/epochs", epoch).status_code == 201
    dana.say(thread, "Bear is here.")
    # Only what was said since they came.
    assert [one.text for one in bear.read(thread)] == [b"Bear is here."]


@pytest.mark.exhaustive
def test_rules_that_changed_keep_the_thread_shut_until_they_are_agreed_to(scene: Scene) -> None:
    given = body(scene.members["dana"])
    path = f"/programmes/{given['id']}"
    scene.dana.ask("POST", "/programmes", given, 201)
    scene.dana.ask("POST", f"{path}/publish")
    person, other = (scene.member(given["id"], one, one) for one in ("Fox", "Bear"))
    dana, fox = talker(scene, scene.dana), talker(scene, person)
    bear = talker(scene, other)
    thread = opens(scene, given["id"], dana, fox, bear).json()["id"]
    scene.dana.ask("PUT", path, given | {"rules": "Phones stay outside, too."})
    assert fox.ask("GET", f"/threads/{thread}").status_code == 403
    assert fox.ask("GET", "/threads").json()["items"] == []
    other.agrees(given["id"], version=2)
    bear.say(thread, "I said yes.")
    assert not Notification.objects.filter(recipient=person.user, kind="message").exists()
    assert dana.detail(thread)["epoch"] == 1
    person.agrees(given["id"], version=2)
    assert [one.text for one in fox.read(thread)] == [b"I said yes."]


@pytest.mark.exhaustive
def test_who_leads_takes_a_message_away_and_members_only_their_own(scene: Scene) -> None:
    programme = scene.running()
    dana = talker(scene, scene.dana)
    fox, bear = (talker(scene, scene.member(programme, one, one)) for one in ("Fox", "Bear"))
    thread = opens(scene, programme, dana, fox, bear).json()["id"]
    said = fox.say(thread, "Something unkind.")
    path = f"/threads/{thread}/messages/{said['id']}"
    assert dana.detail(thread)["moderates"]
    assert not bear.detail(thread)["moderates"]
    assert bear.ask("DELETE", path).status_code == 404
    assert dana.ask("DELETE", path).status_code == 204
    assert [one.text for one in bear.read(thread)] == [None]


@pytest.mark.exhaustive
def test_a_community_keeps_the_thread_for_those_who_stay(scene: Scene) -> None:
    programme = scene.running()
    dana = talker(scene, scene.dana)
    person, other = (scene.member(programme, one, one) for one in ("Fox", "Bear"))
    fox, bear = talker(scene, person), talker(scene, other)
    thread = opens(scene, programme, dana, fox, bear).json()["id"]
    scene.dana.ask("POST", f"/programmes/{programme}/end", {"community": True})
    assert fox.ask("GET", f"/threads/{thread}").status_code == 403
    person.ask("PUT", f"{person.own}/{programme}/community", {"stays": True})
    fox.say(thread, "Still here.")
    other.ask("POST", f"{other.own}/{programme}/leave", status=204)
    assert bear.ask("GET", f"/threads/{thread}").status_code == 403
    scene.dana.ask("POST", f"/programmes/{programme}/end", {"community": False})
    assert fox.ask("GET", f"/threads/{thread}").status_code == 403
