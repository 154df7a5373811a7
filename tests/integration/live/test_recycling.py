"""A process that has received a text is replaced, and nothing of the text outlives it."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.canary.needles import Needle, Seeker, marker
from tests.canary.places import files, memory
from tests.integration.live.process import ALARMING, Live, live, ticket

pytestmark = pytest.mark.any_database
#: The window of these tests, instead of a minute.
SECONDS = 4.0


class Asking(threading.Thread):
    """Somebody else, who goes on asking all the while; `refused` are answers other than 200."""

    def __init__(self, running: Live) -> None:
        super().__init__(daemon=True)
        self._running = running
        self.over = threading.Event()
        self.answered = 0
        self.refused: list[str] = []

    def run(self) -> None:
        while not self.over.wait(0.05):
            try:
                status = self._running.turn({"kind": "opened"}, ticket=ticket()).status
            except OSError as error:
                self.refused.append(type(error).__name__)
                continue
            self.answered += 1
            if status != 200:
                self.refused.append(str(status))


@contextmanager
def half_a_turn(running: Live, text: str) -> Iterator[None]:
    """A request whose body has begun and does not end."""
    with socket.create_connection(("127.0.0.1", running.port)) as connection:
        connection.sendall(
            b"POST /companion/turns HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
            + f"Authorization: Ticket {running.ticket}\r\n\r\n{text}".encode()
        )
        yield


def held(seeker: Seeker, pids: set[int]) -> set[int]:
    """Those processes whose memory holds a needle; one that has just ended has no memory."""
    found = set()
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            if seeker.look(memory(pid).blocks())[1]:
                found.add(pid)
    return found


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("hasty")
    with live(folder, HOLDFAST_LIVE_WINDOW_SECONDS=str(SECONDS)) as one:
        yield one


def test_words_are_gone_within_the_window_and_nobody_is_refused_meanwhile(hasty: Live) -> None:
    needle = Needle.of("words", marker())
    seeker, running, folder = Seeker([needle]), hasty, hasty.log.parent
    [first] = running.children()
    began = time.monotonic()
    assert running.say(f"{needle.text}. {ALARMING}").first["told"] == "yes"
    with half_a_turn(running, needle.text):
        # While it is being read it is there: the search finds it, and in this one alone.
        while not (found := held(seeker, {first, running.process.pid})):
            assert time.monotonic() - began < SECONDS
        assert found == {first}
    asking = Asking(running)
    asking.start()
    while first in running.children() and time.monotonic() - began < 2 * SECONDS:
        time.sleep(0.02)
    gone = time.monotonic() - began
    asking.over.set()
    asking.join()
    # It is killed in time; a busy machine may be late to show us.
    assert SECONDS / 2 < gone < SECONDS + 1
    assert asking.refused == []
    assert asking.answered > 0
    left = {running.process.pid, *running.children()}
    assert len(left) >= 2  # the parent, and who answers now
    assert held(seeker, left) == set()
    places = [*files("log", folder, folder)]
    assert {place.name for place in places} == {"log"}
    assert all(not seeker.look(place.blocks())[1] for place in places)
    assert running.log.read_text() == ""


@pytest.mark.exhaustive
def test_a_child_that_dies_is_followed_by_another_and_none_outlives_the_parent(
    hasty: Live,
) -> None:
    running = hasty
    until = time.monotonic() + 3 * SECONDS
    while len(running.children()) > 1 and time.monotonic() < until:
        time.sleep(0.05)
    [child] = running.children()
    os.kill(child, signal.SIGKILL)
    assert running.say("hello").status == 200
    assert child not in running.children()
    limits = Path(f"/proc/{running.process.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)
    children = running.children()
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < until, "a child outlived its parent"
        time.sleep(0.02)
