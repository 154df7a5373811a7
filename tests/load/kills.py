"""A web process killed with -9 while it takes in check-ins; the device tries again.

Every other time the server dies by its own hand exactly between the last commit and the reply; else
it is killed from outside at a random moment of the request. Either way the device heard nothing,
starts over under the same identifier, and must find its answers kept once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.load.practice import Person, Practice, check_in
from tests.load.servers import KILL_HEADER, Server, replicas
from tools.postgres import free_port

#: A request of a process that has just started takes about this long.
LONGEST_SECONDS = 0.12


@dataclass
class Killed:
    """What came of it. `kept` were stored though the device heard nothing; `not_kept` were not."""

    kills: int = 0
    kept: int = 0
    not_kept: int = 0
    answered_first: int = 0
    seconds: float = 0.0
    lost: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)


def run(practice: Practice, kills: int, seed: int = 1) -> Killed:
    """Kill that many times; people check in one after the other."""
    chance, found, sent = random.Random(seed), Killed(), set()
    began = time.monotonic()
    with replicas([free_port()], practice.environment, practice.log) as (server,):
        while found.kills < kills:
            person = practice.people[found.kills % len(practice.people)]
            body = check_in(found.kills)
            sent.add(body["id"])
            _kill_once(server, person, body, found.kills % 2 == 0, chance, found)
    found.seconds = time.monotonic() - began
    stored, found.faults = practice.stored()
    found.lost, found.doubled = len(sent - stored), len(stored - sent)
    return found


def _kill_once(
    server: Server,
    person: Person,
    body: dict[str, Any],
    exactly: bool,
    chance: random.Random,
    found: Killed,
) -> None:
    killer = threading.Timer(chance.uniform(0, LONGEST_SECONDS), server.kill)
    if not exactly:
        killer.start()
    status = None
    with contextlib.suppress(OSError, http.client.HTTPException):
        status = post(server.port, person, body, kill=exactly)
    if not exactly:
        killer.join()
    server.kill()
    server.start()
    again = post(server.port, person, body)
    found.kills += 1
    if status is not None:
        found.answered_first += 1
    elif again == 200:
        found.kept += 1
    elif again == 201:
        found.not_kept += 1
    expected = {200} if exactly or status is not None else {200, 201}
    if again not in expected:
        raise AssertionError(f"after a kill the same check-in was answered with {again}")


def post(port: int, person: Person, body: dict[str, Any], *, kill: bool = False) -> int:
    """The status of the answer. Raises OSError or HTTPException when none comes."""
    headers = person.headers | ({KILL_HEADER: "reply"} if kill else {})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", person.path("responses"), json.dumps(body), headers)
        return connection.getresponse().status
    finally:
        connection.close()
