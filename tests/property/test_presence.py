"""Who sees whom at two processes, however joining, leaving and what they tell each other meet."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Collection
from typing import Any, cast

from hypothesis import example, given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from holdfast.live.topics.hub import Hub, Member, Right

TOPIC = "visit:00000000-0000-4000-8000-000000000001"
SECRET = b"s" * 32


class Socket:
    """As much of a connection as is written to; keeps what was."""

    state = State.OPEN
    send_in_progress = None

    def __init__(self) -> None:
        self.protocol = self.transport = self
        self.heard: list[dict[str, Any]] = []

    def send_text(self, frame: bytes) -> None:
        self.heard.append(json.loads(frame))

    def send_data(self) -> None:
        return

    def get_write_buffer_size(self) -> int:
        return 0

    def sees(self) -> list[str]:
        """Whom its page shows, by what came and went."""
        shown: list[str] = []
        for message in self.heard:
            if message["kind"] == "came":
                shown.append(message["connection"])
            elif message["kind"] == "went":
                shown.remove(message["connection"])
        return sorted(shown)


class Line:
    """To the other process: in order, whenever the test says."""

    def __init__(self, other: Hub, node: str) -> None:
        self._other, self._node = other, node
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque()

    async def listen(self, topics: Collection[str]) -> None:
        return

    def pass_on(self, topic: str, message: dict[str, Any]) -> None:
        self._waiting.append((topic, message))

    def deliver(self) -> bool:
        if not self._waiting:
            return False
        topic, message = self._waiting.popleft()
        self._other.heard(topic, self._node, message)
        return True


steps = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.integers(0, 1), st.sampled_from(["r", "rw", "rw"])),
        st.tuples(st.just("leave"), st.integers(0, 20), st.none()),
        st.tuples(st.just("renew"), st.integers(0, 20), st.sampled_from(["r", "rw", None])),
        st.tuples(st.just("deliver"), st.integers(0, 1), st.none()),
    ),
    max_size=40,
)


@example([("join", 0, "rw"), ("deliver", 0, None), ("deliver", 0, None), ("join", 1, "rw")])
@example([("join", 0, "rw"), ("join", 1, "rw"), ("leave", 0, None), ("join", 0, "rw")])
@given(steps)
def test_once_all_is_told_everybody_sees_exactly_the_others(
    taken: list[tuple[str, int, str | None]],
) -> None:
    asyncio.run(_play(taken))


async def _play(taken: list[tuple[str, int, str | None]]) -> None:
    hubs = [Hub(SECRET, "a"), Hub(SECRET, "b")]
    lines = [Line(hubs[1], "a"), Line(hubs[0], "b")]
    for hub, line in zip(hubs, lines, strict=True):
        hub.elsewhere = line
    there: list[tuple[Hub, Member, Socket]] = []
    numbers = itertools.count()
    for kind, number, right in taken:
        if kind == "join":
            socket = Socket()
            name = f"member {next(numbers)}"
            member = Member(name, name, cast(ServerConnection, socket))
            await hubs[number].follow(member, _only(right))
            there.append((hubs[number], member, socket))
        elif kind == "deliver":
            lines[number].deliver()
        elif there:
            hub, member, socket = there[number % len(there)]
            if kind == "leave":
                hub.leave(member)
                there.remove((hub, member, socket))
            else:
                # A page that gives a topic up forgets whom it saw there.
                if member.topics.get(TOPIC) != right:
                    socket.heard.clear()
                    hub.leave(member)
                await hub.follow(member, _only(right))
    while any(line.deliver() for line in lines):
        pass
    present = {one.id for _, one, _ in there if one.topics.get(TOPIC) == "rw"}
    for _, member, socket in there:
        others = sorted(present - {member.id}) if member.id in present else []
        assert socket.sees() == others
    for hub in hubs:
        followed = any(at is hub and TOPIC in one.topics for at, one, _ in there)
        assert (TOPIC in hub.followed()) == followed


def _only(right: str | None) -> dict[str, Right]:
    return {} if right is None else {TOPIC: cast(Right, right)}
