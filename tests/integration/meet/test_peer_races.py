"""Many listeners take one request at one time: one of them gets it, on both databases."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest

from holdfast.core.actor import system
from holdfast.core.vault.engine.keys import PublicKeys
from holdfast.core.vault.engine.threads import EpochKey
from holdfast.meet.peers import asking
from holdfast.meet.peers.models import Chat, Side
from tests import factories
from tests.integration.meet.peering import Peer, make_listener
from tests.integration.meet.scheduling.test_races import at_once, on_disk
from tests.integration.meet.talking import raw

__all__ = ["on_disk"]

pytestmark = pytest.mark.django_db(transaction=True)
LISTENERS = 3


@pytest.mark.usefixtures("on_disk")
def test_of_several_listeners_at_one_time_one_gets_the_request() -> None:
    practice = factories.make_practice()
    asker = Peer(factories.make_client(practice), "Quiet Harbour")
    listeners = [
        make_listener(Peer(factories.make_client(practice), f"Kite {number}"))
        for number in range(LISTENERS)
    ]
    assert asker.ask().status_code == 201
    bodies = [one.acceptance(one.requests()[0]) for one in listeners]

    def take(number: int) -> None:
        body = bodies[number]
        keys = PublicKeys(raw(body["agreement"]), raw(body["signing"]))
        side = asking.OwnSide(uuid.UUID(body["alias"]), body["name"], keys, body["ring"])
        given = tuple(
            EpochKey(uuid.UUID(one["member"]), raw(one["sealed"]), raw(one["signature"]))
            for one in body["keys"]
        )
        opening = asking.Opening(raw(body["signature"]), given)
        by = system(practice.pk)
        asking.accept(listeners[number].client, asker.chat, side, opening, by=by)

    assert at_once(LISTENERS, take) == Counter({"done": 1, "peer-chat-taken": LISTENERS - 1})
    chat = Chat.objects.get()
    assert chat.status == Chat.Status.OPEN
    assert chat.sides.filter(role=Side.Role.LISTENER).count() == 1
