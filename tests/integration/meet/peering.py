"""Devices in peer chats: they make keys for one chat, seal, take and read with the engine."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client
from holdfast.core.vault.engine import items, keys, threads
from holdfast.core.vault.schemas import written
from holdfast.meet.peers import asking
from holdfast.meet.peers.engine import training
from holdfast.meet.peers.models import Listener
from tests import factories
from tests.integration.core import wire
from tests.integration.meet.talking import raw


def ring(owner: uuid.UUID, chat: uuid.UUID) -> dict[str, Any]:
    """As a browser seals the private keys to itself; opaque to the server."""
    return {
        "suite": 1,
        "item": str(chat),
        "owner": str(owner),
        "kind": "peer-keys",
        "content_schema": 1,
        "revision": 1,
        "previous": [],
        "ciphertext": written(secrets.token_bytes(80)),
        "signature": written(bytes(64)),
        "grants": [],
    }


@dataclass
class Peer:
    """A person at their device, and how they appear in the one chat that is tried."""

    client: Client
    name: str

    def __post_init__(self) -> None:
        assert self.client.user is not None
        self.browser = factories.browser(self.client.user)
        self.me = items.Holder(
            uuid.uuid4(),
            (keys.PrivateKeys(secrets.token_bytes(32), secrets.token_bytes(32)),),
        )
        self.last: threads.Message | None = None

    @property
    def public(self) -> keys.PublicKeys:
        return self.me.keys[0].public

    def call(self, method: str, path: str, body: object = None) -> Any:
        base = f"/api/v1/practices/{self.client.practice_id}/clients/{self.client.pk}"
        return wire.send(self.browser, method, base + path, body)

    def side(self, chat: uuid.UUID) -> dict[str, Any]:
        return {
            "alias": str(self.me.id),
            "name": self.name,
            "agreement": written(self.public.agreement),
            "signing": written(self.public.signing),
            "ring": ring(uuid.uuid4(), chat),
        }

    def ask(self, topic: str = "worry", language: str = "en") -> Any:
        self.chat = uuid.uuid4()
        body = self.side(self.chat) | {"id": str(self.chat), "topic": topic, "language": language}
        return self.call("POST", "/peer-chats", body)

    def requests(self) -> list[dict[str, Any]]:
        answer = self.call("GET", "/peer-requests")
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def acceptance(self, request: dict[str, Any]) -> dict[str, Any]:
        """A body that takes a request."""
        self.chat = uuid.UUID(request["id"])
        other = request["other"]
        theirs = keys.PublicKeys(raw(other["agreement"]), raw(other["signing"]))
        members = {uuid.UUID(other["alias"]): theirs, self.me.id: self.public}
        epoch = threads.begin_epoch(self.chat, list(members), self.me)
        self.epoch, self.key = epoch, secrets.token_bytes(32)
        given = [
            threads.seal_epoch_key(epoch, self.key, items.Reader(who, public), self.me.keys[0])
            for who, public in members.items()
        ]
        return self.side(self.chat) | {
            "signature": written(epoch.signature),
            "keys": [
                {
                    "member": str(each.member),
                    "sealed": written(each.sealed),
                    "signature": written(each.signature),
                }
                for each in given
            ],
        }

    def accept(self, request: dict[str, Any]) -> Any:
        return self.call("POST", f"/peer-chats/{request['id']}/accept", self.acceptance(request))

    def open(self) -> dict[str, Any]:
        """Read the chat as a device does, checking what the other side signed."""
        answer = self.call("GET", f"/peer-chats/{self.chat}")
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        if found["other"] is not None:
            other = found["other"]
            alias = uuid.UUID(other["alias"])
            asker, listener = (
                (self.me.id, alias) if found["role"] == "asker" else (alias, self.me.id)
            )
            self.theirs = keys.PublicKeys(raw(other["agreement"]), raw(other["signing"]))
            self.epoch = asking.epoch_of(self.chat, asker, listener, raw(found["epoch_signature"]))
            maker = self.theirs if found["role"] == "asker" else self.public
            maker.verify(self.epoch.signature, self.epoch.signed)
            given = threads.EpochKey(
                self.me.id, raw(found["key"]["sealed"]), raw(found["key"]["signature"])
            )
            self.key = threads.open_epoch_key(self.epoch, given, self.me, maker)
        return found

    def message(self, text: str) -> dict[str, Any]:
        made = threads.write(
            text.encode(), self.epoch, self.key, self.me, salt=secrets.token_bytes(32),
            after=self.last,
        )  # fmt: skip
        self.last = made
        return {
            "id": str(uuid7()),
            "number": made.number,
            "previous": written(made.previous),
            "salt": written(made.salt),
            "ciphertext": written(made.ciphertext),
            "signature": written(made.signature),
        }

    def say(self, text: str) -> Any:
        return self.call("POST", f"/peer-chats/{self.chat}/messages", self.message(text))

    def rows(self) -> list[dict[str, Any]]:
        answer = self.call("GET", f"/peer-chats/{self.chat}/messages")
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def read(self) -> list[str]:
        """What both wrote, in its order."""
        self.open()
        return [self._text(row) for row in self.rows()]

    def _text(self, row: dict[str, Any]) -> str:
        alias = uuid.UUID(row["alias"])
        message = threads.Message(
            self.chat, 1, self.epoch.hash, alias, row["number"], raw(row["previous"]),
            raw(row["salt"]), raw(row["ciphertext"]), raw(row["signature"]),
        )  # fmt: skip
        author = self.public if alias == self.me.id else self.theirs
        return threads.read(message, self.epoch, self.key, author).decode()

    def shown(self, seq: int) -> dict[str, Any]:
        """An excerpt for a report: the key of that message alone."""
        row = next(one for one in self.rows() if one["seq"] == seq)
        return {"seq": seq, "key": written(threads._message_key(self.key, _salted(row)))}


def _salted(row: dict[str, Any]) -> threads.Message:
    return threads.Message(uuid.uuid4(), 1, b"", uuid.uuid4(), row["number"], b"", raw(row["salt"]))


def right_answers(peer: Peer) -> None:
    """The whole training, passed."""
    assert peer.call("POST", "/listening").status_code == 201
    for module in training.shipped("en").modules:
        answers = [one.right for one in module.questions]
        answer = peer.call("POST", f"/listening/modules/{module.code}", {"answers": answers})
        assert answer.json() == {"wrong": []}, answer.content


SETTINGS = {"topics": ["worry", "grief"], "languages": ["en"], "on": True, "at_once": 2}


def make_listener(peer: Peer, **changes: Any) -> Peer:
    """With a badge, switched on; without going through the training."""
    Listener.objects.create(
        practice=peer.client.practice,
        client=peer.client,
        status=Listener.Status.LISTENING,
        modules=[one.code for one in training.shipped("en").modules],
        applied_at=peer.client.joined_at,
        **(SETTINGS | changes),
    )
    return peer
