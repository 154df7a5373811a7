"""Many people checking in within a minute, as their clients do it.

Everybody comes at a random moment, asks what is due, and hands in PHQ-9. Where no answer comes, or
one that says "later", the client waits a little, takes the next replica, and tries again under the
same identifier. What a person waits for their receipt counts from the first try.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.load.practice import Person, check_in

#: How long a client goes on trying before this test calls the answers lost.
PATIENCE_SECONDS = 90.0
LATER = frozenset({429, 500, 502, 503, 504, 507})


@dataclass
class Waits:
    """Seconds that people waited, of one kind of request."""

    seconds: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The nearest rank: that share of all waits was not longer."""
        ordered = sorted(self.seconds)
        return ordered[-(-round(share * 100) * len(ordered) // 100) - 1]


@dataclass
class Crowd:
    """What came of it. `acknowledged` maps each response to the instant its receipt came."""

    sent: set[str] = field(default_factory=set)
    acknowledged: dict[str, float] = field(default_factory=dict)
    again: int = 0
    answered_again: int = 0
    opening: Waits = field(default_factory=Waits)
    handing_in: Waits = field(default_factory=Waits)
    seconds: float = 0.0


async def _until_answered(
    ask: Callable[[str], Awaitable[httpx.Response]],
    replicas: Sequence[str],
    first: int,
    crowd: Crowd,
) -> httpx.Response:
    until, turn = time.monotonic() + PATIENCE_SECONDS, first
    while True:
        try:
            answer = await ask(replicas[turn % len(replicas)])
            if answer.status_code not in LATER:
                return answer
            said = f"{answer.status_code} {answer.text[:200]}"
        except httpx.TransportError as error:
            said = type(error).__name__
        if time.monotonic() > until:
            raise AssertionError(f"no answer in {PATIENCE_SECONDS:.0f} s; the last was: {said}")
        turn += 1
        crowd.again += 1
        await asyncio.sleep(random.uniform(0.05, 0.3))


async def _one(
    client: httpx.AsyncClient,
    person: Person,
    number: int,
    arrives: float,
    replicas: Sequence[str],
    crowd: Crowd,
) -> None:
    await asyncio.sleep(arrives)
    began = time.monotonic()
    opened = await _until_answered(
        lambda base: client.get(base + person.path("today"), headers=person.headers),
        replicas,
        number,
        crowd,
    )
    crowd.opening.seconds.append(time.monotonic() - began)
    body: dict[str, Any] = check_in(number)
    crowd.sent.add(body["id"])
    began = time.monotonic()
    receipt = await _until_answered(
        lambda base: client.post(
            base + person.path("responses"), headers=person.headers, json=body
        ),
        replicas,
        number,
        crowd,
    )
    crowd.handing_in.seconds.append(time.monotonic() - began)
    if opened.status_code != 200 or receipt.status_code not in {200, 201}:
        raise AssertionError(f"{opened.status_code}, {receipt.status_code}: {receipt.text[:300]}")
    crowd.answered_again += receipt.status_code == 200
    crowd.acknowledged[body["id"]] = time.time()


async def come(
    people: Sequence[Person],
    ports: Sequence[int],
    within: float,
    *,
    beside: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> Crowd:
    """All people check in within so many seconds; `beside` happens meanwhile."""
    crowd, began = Crowd(), time.monotonic()
    replicas = [f"http://127.0.0.1:{port}" for port in ports]
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    chance = random.Random(1)
    async with (
        httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as client,
        asyncio.TaskGroup() as group,
    ):
        if beside is not None:
            group.create_task(beside())
        for number, person in enumerate(people):
            arrives = chance.uniform(0, within)
            group.create_task(_one(client, person, number, arrives, replicas, crowd))
    crowd.seconds = time.monotonic() - began
    return crowd
