"""Peer support: who may take part, what the other side learns, and where a human comes in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.identity.erasure import Subject
from holdfast.core.leaving import copies
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client, Practice, Role
from holdfast.meet.peers import asking, erasure
from holdfast.meet.peers.models import Chat, ChatMessage, HandOver, Listener, Report, Side
from holdfast.safety.flags.models import Flag
from holdfast.safety.screening.models import MinorStatement
from tests import factories
from tests.integration.core import wire
from tests.integration.meet.peering import SETTINGS, Peer, make_listener, right_answers

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def person(practice: Practice, name: str, **fields: Any) -> Client:
    return factories.make_client(practice, display_name=name, **fields)


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice()


@pytest.fixture
def asker(practice: Practice) -> Peer:
    return Peer(person(practice, "Ines Ferreira"), "Quiet Harbour")


@pytest.fixture
def listener(practice: Practice) -> Peer:
    return make_listener(Peer(person(practice, "Noor Haddad"), "Green Lantern"))


def opened(asker: Peer, listener: Peer) -> None:
    assert asker.ask().status_code == 201
    [request] = listener.requests()
    assert listener.accept(request).status_code == 204
    asker.open()


def staff(practice: Practice, role: str) -> Any:
    return factories.browser(factories.make_member(practice, role).user)


def test_training_then_badge_then_listening(practice: Practice) -> None:
    noor = Peer(person(practice, "Noor Haddad"), "Green Lantern")
    ada = factories.make_member(practice, Role.ADMINISTRATOR)
    browser = factories.browser(ada.user)
    base = f"/api/v1/practices/{practice.pk}/listeners"
    assert noor.call("POST", "/listening").status_code == 201
    [row] = wire.send(browser, "GET", base).json()["items"]
    early = wire.send(browser, "POST", f"{base}/{row['id']}/badge", {"given": True})
    assert early.json()["code"] == "peers-not-trained"
    failed = noor.call("POST", "/listening/modules/what-it-is-not", {"answers": [0, 0]})
    assert failed.json() == {"wrong": [0, 1]}
    right_answers(noor)
    assert Notification.objects.filter(recipient=ada.user, kind="listener-ready").count() == 1
    assert noor.call("PUT", "/listening", SETTINGS).json()["code"] == "peers-no-badge"
    given = wire.send(browser, "POST", f"{base}/{row['id']}/badge", {"given": True})
    assert given.status_code == 204
    assert noor.call("PUT", "/listening", SETTINGS).status_code == 200
    wire.send(browser, "POST", f"{base}/{row['id']}/badge", {"given": False})
    assert noor.call("GET", "/peers").json()["listening"]["status"] == "badge-taken"


def test_a_chat_goes_both_ways_and_names_nobody(asker: Peer, listener: Peer) -> None:
    opened(asker, listener)
    said = asker.say("I cannot switch my head off.")
    assert said.status_code == 201, said.content
    listener.open()
    assert listener.say("What is it like?").status_code == 201
    both = ["I cannot switch my head off.", "What is it like?"]
    assert (asker.read(), listener.read()) == (both, both)
    for reader, other in ((asker, listener), (listener, asker)):
        seen = json.dumps([
            reader.call("GET", "/peers").json(), reader.open(), reader.rows(), reader.requests(),
            reader.call("GET", "/access-log").json(),
        ])  # fmt: skip
        assert other.client.user is not None
        names = (other.client.display_name or "").split()
        for secret in (str(other.client.pk), str(other.client.user.pk), *names):
            assert secret not in seen
        assert other.name in seen
    assert b"switch" not in bytes(ChatMessage.objects.get(seq=1).ciphertext)


def test_a_name_that_says_who_one_is_is_refused(asker: Peer) -> None:
    asker.name = "ferreira 7"
    assert asker.ask().json()["code"] == "peers-name-tells-who"


@pytest.mark.parametrize("who", ["asker", "listener"])
def test_whose_age_is_in_doubt_is_brought_together_with_nobody(
    who: str, asker: Peer, listener: Peer
) -> None:
    doubted = asker if who == "asker" else listener
    assert asker.ask().status_code == 201
    of_client = {"practice": doubted.client.practice, "client": doubted.client}
    MinorStatement.objects.create(**of_client, said_at=clock.now())
    assert listener.requests() == []
    chat = Chat.objects.get()
    body = listener.acceptance({"id": str(chat.pk), "other": _other(chat)})
    taken = listener.call("POST", f"/peer-chats/{chat.pk}/accept", body)
    assert taken.json()["code"] == "not-found"
    assert doubted.call("GET", "/peers").json()["why_not"] == "peers-adults-only"
    if who == "asker":
        assert asker.call("POST", f"/peer-chats/{chat.pk}/end").status_code == 204
        assert asker.ask().json()["code"] == "peers-adults-only"
    else:
        assert listener.call("PUT", "/listening", SETTINGS).json()["code"] == "peers-adults-only"


def _other(chat: Chat) -> dict[str, Any]:
    from holdfast.core.vault.schemas import written

    side = chat.sides.get(role=Side.Role.ASKER)
    return {
        "alias": str(side.pk),
        "agreement": written(bytes(side.agreement)),
        "signing": written(bytes(side.signing)),
    }


def test_who_says_in_the_middle_that_they_are_under_18_writes_no_more(
    asker: Peer, listener: Peer
) -> None:
    opened(asker, listener)
    MinorStatement.objects.create(
        practice=asker.client.practice, client=asker.client, said_at=clock.now()
    )
    assert listener.say("Hello?").json()["code"] == "peers-adults-only"


def test_whoever_treats_somebody_never_listens_to_them(
    practice: Practice, asker: Peer, listener: Peer
) -> None:
    """An account may be a person of the practice and a clinician of it."""
    assert listener.client.user is not None
    member = factories.make_member(practice, Role.CLINICIAN, user=listener.client.user)
    factories.join_care_team(asker.client, member)
    assert asker.ask().status_code == 201
    assert listener.requests() == []


def test_blocked_they_never_meet_again_either_way(asker: Peer, listener: Peer) -> None:
    opened(asker, listener)
    assert asker.call("POST", f"/peer-chats/{asker.chat}/block").status_code == 204
    assert listener.open()["status"] == "ended"
    again = Peer(asker.client, "Other Name")
    assert again.ask().status_code == 201
    assert listener.requests() == []


def test_a_yes_to_a_hand_over_reaches_a_human_with_what_was_shared(
    practice: Practice, asker: Peer, listener: Peer
) -> None:
    dana = factories.make_member(practice, Role.CLINICIAN)
    factories.join_care_team(asker.client, dana)
    opened(asker, listener)
    path = f"/peer-chats/{asker.chat}/hand-over"
    assert asker.call("POST", path).json()["code"] == "peer-chat-over"
    assert listener.call("POST", path).status_code == 204
    assert asker.open()["hand_over"]["answered"] is False
    assert not Flag.objects.exists()
    answer: dict[str, Any] = {"agrees": True, "words": "Please call in the evening."}
    assert asker.call("PUT", path, answer).status_code == 204
    assert asker.call("PUT", path, answer).json()["code"] == "peers-nothing-asked"
    flag = Flag.objects.get(client=asker.client)
    assert (flag.owner, flag.reason) == (dana, "peer-hand-over")
    read = f"/api/v1/practices/{practice.pk}/clients/{asker.client.pk}/peer-hand-overs"
    [shown] = wire.send(factories.browser(dana.user), "GET", read).json()["items"]
    assert (shown["words"], shown["flag_id"]) == (answer["words"], str(flag.pk))
    assert answer["words"] not in json.dumps(listener.open())


def test_a_no_to_a_hand_over_reaches_nobody(asker: Peer, listener: Peer) -> None:
    opened(asker, listener)
    path = f"/peer-chats/{asker.chat}/hand-over"
    listener.call("POST", path)
    assert asker.call("PUT", path, {"agrees": False, "words": "kept back"}).status_code == 204
    assert not Flag.objects.exists()
    assert HandOver.objects.get().words == ""


def test_a_report_shows_only_words_that_the_other_signed(
    practice: Practice, asker: Peer, listener: Peer
) -> None:
    opened(asker, listener)
    listener.open()
    listener.say("Give me your address.")
    listener.say("Now.")
    asker.open()
    path = f"/peer-chats/{asker.chat}/reports"
    forged = asker.shown(2) | {"seq": 1}
    body = {"reason": "asks-who-i-am", "words": "I felt unsafe.", "excerpts": [forged]}
    assert asker.call("POST", path, body).json()["code"] == "invalid"
    body["excerpts"] = [asker.shown(1)]
    assert asker.call("POST", path, body).status_code == 204
    queue = f"/api/v1/practices/{practice.pk}/peer-reports"
    browser = staff(practice, Role.SUPERVISOR)
    [row] = wire.send(browser, "GET", queue).json()["items"]
    assert [one["text"] for one in row["excerpts"]] == ["Give me your address."]
    assert (row["by"], row["decision"]) == ("asker", "")
    assert "Haddad" not in json.dumps(row)
    decided = {"decision": "suspend-listener"}
    assert wire.send(browser, "POST", f"{queue}/{row['id']}/decision", decided).status_code == 204
    assert listener.call("GET", "/peers").json()["why_not"] == "peers-suspended"
    assert Listener.objects.get().status == "badge-taken"
    wire.send(browser, "POST", f"{queue}/{row['id']}/decision", {"decision": "warn"})
    seen = listener.call("GET", "/peers").json()
    assert (seen["why_not"], seen["warned"]) == (None, True)


def test_what_does_not_verify_or_comes_twice_is_not_kept_twice(asker: Peer, listener: Peer) -> None:
    opened(asker, listener)
    path = f"/peer-chats/{asker.chat}/messages"
    first = asker.message("one")
    assert [asker.call("POST", path, first).json()["seq"] for _ in range(2)] == [1, 1]
    wrong = asker.message("two")
    changed = wrong | {"signature": first["signature"]}
    assert asker.call("POST", path, changed).json()["code"] == "vault-refused"
    assert asker.call("POST", path, wrong | {"number": 5}).status_code == 409
    assert asker.call("POST", path, wrong).json()["seq"] == 2
    asker.call("POST", f"/peer-chats/{asker.chat}/end")
    assert asker.say("three").json()["code"] == "peer-chat-over"


def test_another_practice_sees_nothing(asker: Peer, listener: Peer) -> None:
    elsewhere = factories.make_practice()
    far = make_listener(Peer(person(elsewhere, "Far Away"), "Far Name"))
    asker.ask()
    assert far.requests() == []
    assert far.call("GET", f"/peer-chats/{asker.chat}").status_code == 404
    assert far.call("POST", f"/peer-chats/{asker.chat}/end").status_code == 404
    bystander = Peer(person(asker.client.practice, "By Stander"), "Third One")
    assert bystander.call("GET", f"/peer-chats/{asker.chat}").status_code == 404


def test_whoever_leaves_takes_their_chats_along_and_a_report_keeps_its_decision(
    asker: Peer, listener: Peer
) -> None:
    opened(asker, listener)
    asker.say("one")
    shown = asker.shown(1)
    asker.call(
        "POST", f"/peer-chats/{asker.chat}/reports", {"reason": "other", "excerpts": [shown]}
    )
    client = asker.client
    table = next(one for one in copies.tables() if one.name == "peer_chats.csv")
    assert [tuple(row)[1:3] for row in table.rows(client)] == [("asker", "worry")]
    assert any(row["resourceType"] == "Communication" for row in copies.resources(client))
    subject = Subject(client.user_id or uuid.uuid4(), client.practice_id, client.pk)
    erasure.forget(subject)
    erasure.forget(subject)
    assert not Chat.objects.exists()
    assert not Side.objects.exists()
    kept = Report.objects.get()
    assert (kept.shown, kept.asker, kept.listener) == (None, None, listener.client)


def test_one_of_two_listeners_gets_it(practice: Practice, asker: Peer, listener: Peer) -> None:
    """In turn; at one time is tried in `test_peer_races`."""
    other = make_listener(Peer(person(practice, "Omar Aziz"), "Blue Kite"))
    asker.ask()
    [mine], [theirs] = listener.requests(), other.requests()
    assert listener.accept(mine).status_code == 204
    assert other.accept(theirs).json()["code"] == "peer-chat-taken"
    assert listener.accept(mine).status_code == 204
    assert asking.other_of(Chat.objects.get(), asker.client) == listener.client


def statements(ask: Callable[[], Any]) -> int:
    """How many SQL statements an answer costs, once what is made on first use is there."""
    assert ask().status_code == 200
    with CaptureQueriesContext(connection) as seen:
        assert ask().status_code == 200
    return len(seen)


def test_lists_cost_the_same_however_much_stands_in_them(
    practice: Practice, asker: Peer, listener: Peer
) -> None:
    Listener.objects.update(at_once=9)
    opened(asker, listener)
    supervisor, administrator = (
        staff(practice, role) for role in (Role.SUPERVISOR, Role.ADMINISTRATOR)
    )
    base = f"/api/v1/practices/{practice.pk}"
    lists: list[Callable[[], Any]] = [
        lambda: listener.call("GET", "/peers"),
        lambda: listener.call("GET", "/peer-requests"),
        lambda: asker.call("GET", f"/peer-chats/{asker.chat}/messages"),
        lambda: wire.send(supervisor, "GET", f"{base}/peer-reports"),
        lambda: wire.send(administrator, "GET", f"{base}/listeners"),
    ]

    def grow(number: int) -> None:
        """A chat with a report, a request that waits, a message and a listener more."""
        talks, waits = (Peer(person(practice, f"Ruth {n}"), f"Blue {n}") for n in (number, -number))
        talks.ask()
        requests = listener.requests()
        [request] = [one for one in requests if one["other"]["name"] == talks.name]
        assert Peer(listener.client, listener.name).accept(request).status_code == 204
        reported = talks.call("POST", f"/peer-chats/{talks.chat}/reports", {"reason": "other"})
        assert reported.status_code == 204
        assert waits.ask().status_code == 201
        assert asker.say("more").status_code == 201
        make_listener(Peer(person(practice, f"Helper {number}"), "Helping"), topics=["sleep"])

    grow(1)
    few = [statements(ask) for ask in lists]
    for number in range(2, 6):
        grow(number)
    assert len(listener.requests()) == 5
    assert [statements(ask) for ask in lists] == few
