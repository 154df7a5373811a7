"""Who is on which topic here, and what they are told.

A message is written to every socket at once and nobody is waited for: what somebody does not read
lies in their socket's buffer, and whoever lets too much lie there is cut.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

import orjson
from websockets.asyncio.server import ServerConnection, broadcast

from holdfast.core.fanout import wire
from holdfast.live.topics.limits import MOST_WAITING

Right = Literal["r", "rw"]
GAP: Final = {"kind": "gap"}
BEAT: Final = {"kind": "beat"}
#: Others are served between so many.
BEAT_AT_ONCE: Final = 100


@dataclass(eq=False, slots=True)
class Member:
    """One socket whose ticket was read."""

    id: str
    account: str
    socket: ServerConnection
    topics: dict[str, Right] = field(default_factory=dict)

    def is_waiting_too_long(self) -> bool:
        return self.socket.transport.get_write_buffer_size() > MOST_WAITING


class Elsewhere(Protocol):
    """The other processes with sockets."""

    async def listen(self, topics: Collection[str]) -> None:
        """Returns once what is told on these topics comes here, or it takes too long."""

    def pass_on(self, topic: str, message: dict[str, Any]) -> None: ...


class Nowhere:
    """There are no others."""

    async def listen(self, topics: Collection[str]) -> None:
        return

    def pass_on(self, topic: str, message: dict[str, Any]) -> None:
        return


@dataclass
class Counts:
    """Since the start, for the metrics."""

    told: int = 0
    said: int = 0
    cut: int = 0
    refused: int = 0


@dataclass
class Topic:
    """Who follows it here; of those who may speak, who was announced to the others (`present`), and
    who is at another process (`away`: connection -> the account's name on it, the process).
    """

    name: str
    members: set[Member] = field(default_factory=set)
    present: set[Member] = field(default_factory=set)
    away: dict[str, tuple[str, str]] = field(default_factory=dict)


class Hub:
    """All of it. Everything runs in one event loop."""

    def __init__(self, secret: bytes, node: str) -> None:
        self._secret = secret
        self.node = node
        self.elsewhere: Elsewhere = Nowhere()
        self.counts = Counts()
        self.members: set[Member] = set()
        #: What beside the sockets hears everything that is told: (topic, data).
        self.overhearing: list[Callable[[str, Any], None]] = []
        self._topics: dict[str, Topic] = {}

    # --- who is where

    def followed(self) -> Collection[str]:
        """Topics that somebody here is on."""
        return self._topics.keys()

    async def follow(self, member: Member, topics: dict[str, Right]) -> None:
        """`member` follows these and no others from now on; tells them so, then who is there.

        Cancelled on the way it leaves `member` to `leave`.
        """
        for name in [one for one in member.topics if one not in topics]:
            self._leave(member, name)
        member.topics.update(topics)
        self.members.add(member)
        for name in topics:
            self._topics.setdefault(name, Topic(name)).members.add(member)
        await self.elsewhere.listen(topics)
        self._send([member], {"kind": "opened", "topics": topics, "connection": member.id})
        for name, right in topics.items():
            topic = self._topics[name]
            if right == "rw" and member not in topic.present:
                self._come(member, topic)
            elif right == "r" and member in topic.present:
                self._go(member, topic)

    def leave(self, member: Member) -> None:
        """The socket is closed."""
        for name in list(member.topics):
            self._leave(member, name)
        self.members.discard(member)

    def _leave(self, member: Member, name: str) -> None:
        del member.topics[name]
        topic = self._topics[name]
        topic.members.discard(member)
        if member in topic.present:
            self._go(member, topic)
        if not topic.members:
            del self._topics[name]

    def _come(self, member: Member, topic: Topic) -> None:
        for one in topic.present:
            self._send([member], self._presence("came", topic.name, one))
        for connection, (account, _) in topic.away.items():
            self._send([member], _presence("came", topic.name, connection, account))
        came = self._presence("came", topic.name, member)
        self._send(topic.present, came)
        self.elsewhere.pass_on(topic.name, came)
        if not topic.present:
            self.elsewhere.pass_on(topic.name, {"kind": "who", "topic": topic.name})
        topic.present.add(member)

    def _go(self, member: Member, topic: Topic) -> None:
        topic.present.discard(member)
        went = self._presence("went", topic.name, member)
        self._send(topic.present, went)
        self.elsewhere.pass_on(topic.name, went)

    def account_on(self, topic: str, account: str) -> str:
        """An account's name on one topic: the same for all its sockets, another on each topic."""
        told = f"{topic} {account}".encode()
        return hashlib.blake2b(told, key=self._secret, digest_size=12).hexdigest()

    def _presence(self, kind: str, topic: str, member: Member) -> dict[str, Any]:
        return _presence(kind, topic, member.id, self.account_on(topic, member.account))

    # --- what they are told

    def told(self, topic: str, seq: int | None, data: Any) -> None:
        """Something was written; whoever follows the topic hears it."""
        for hear in self.overhearing:
            hear(topic, data)
        found = self._topics.get(topic)
        if found is not None:
            self.counts.told += 1
            message = {"kind": "told", "topic": topic, "seq": seq, "data": data}
            self._send(found.members, message)

    def say(self, member: Member, topic: str, data: Any) -> bool:
        """`member` says something to the others. False where they may not."""
        if member.topics.get(topic) != "rw":
            return False
        self.counts.said += 1
        message = {
            "kind": "said",
            "topic": topic,
            "from": member.id,
            "account": self.account_on(topic, member.account),
            "data": data,
        }
        self._send((one for one in self._topics[topic].members if one is not member), message)
        self.elsewhere.pass_on(topic, message)
        return True

    async def beat(self, seconds: float) -> None:
        """Say something to everybody each so many seconds, until cancelled: a page cannot see the
        pings, and would never know that its network has gone.
        """
        while True:
            await asyncio.sleep(seconds)
            members = list(self.members)
            for at in range(0, len(members), BEAT_AT_ONCE):
                self._send(members[at : at + BEAT_AT_ONCE], BEAT)
                await asyncio.sleep(0)

    def gap(self) -> None:
        """Something was lost on the way here: everybody fetches."""
        self._send(self.members, GAP)

    # --- what other processes say

    def heard(self, topic: str, node: str, message: dict[str, Any]) -> None:
        """What somebody's process passed on; of ours we have told already."""
        found = self._topics.get(topic)
        if found is None or node == self.node:
            return
        kind = message.get("kind")
        if kind == "said":
            self._send(found.members, message)
        elif kind == "came":
            if message["connection"] not in found.away:
                found.away[message["connection"]] = (message["account"], node)
                self._send(found.present, message)
        elif kind == "went":
            if found.away.pop(message["connection"], None) is not None:
                self._send(found.present, message)
        elif kind == "who":
            self.announce([found])

    def announce(self, topics: Iterable[Topic] | None = None) -> None:
        """Tell the others who is here."""
        for topic in self._topics.values() if topics is None else topics:
            for one in topic.present:
                self.elsewhere.pass_on(topic.name, self._presence("came", topic.name, one))

    def ask(self) -> None:
        """Ask the others who is there, on every topic."""
        for name in self._topics:
            self.elsewhere.pass_on(name, {"kind": "who", "topic": name})

    def gone(self, node: str) -> None:
        """A process ended, and everybody who was there with it."""
        for topic in self._topics.values():
            for connection, (account, at) in list(topic.away.items()):
                if at == node:
                    del topic.away[connection]
                    self._send(topic.present, _presence("went", topic.name, connection, account))

    # ---

    def send(self, member: Member, message: dict[str, Any]) -> None:
        """To one."""
        self._send([member], message)

    def _send(self, members: Iterable[Member], message: dict[str, Any]) -> None:
        sockets = []
        for one in members:
            if one.is_waiting_too_long():
                self.counts.cut += 1
                one.socket.transport.abort()
            else:
                sockets.append(one.socket)
        if sockets:
            broadcast(sockets, orjson.dumps(message), text=True)


def _presence(kind: str, topic: str, connection: str, account: str) -> dict[str, Any]:
    return {"kind": kind, "topic": topic, "connection": connection, "account": account}


def receive(hub: Hub, line: bytes) -> None:
    """A line that Django sent. Raises ValueError for what is none."""
    message = orjson.loads(line)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    if message.get("kind") == wire.LOST["kind"]:
        hub.gap()
    elif message.get("kind") == "told":
        hub.told(str(message["topic"]), message.get("seq"), message.get("data"))
