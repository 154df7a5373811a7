"""The parent: holds the socket and what was loaded, forks whoever answers, never sees a text.

A connection waits in the socket's queue while one child hands over to the next, so nobody is
refused for it. What passes between parent and child is single bytes: TEXT up, OPEN and CLOSE down.
"""

from __future__ import annotations

import gc
import logging
import os
import selectors
import signal
import socket
import time
from dataclasses import dataclass, field

from holdfast.live import child, memory
from holdfast.live.limits import Limits
from holdfast.live.settings import Settings
from holdfast.live.turns import Companion

_log = logging.getLogger(__name__)

#: A child that lived no longer than this is not followed at once by the next.
SHORT_LIFE = 1.0
STOP_SECONDS = 5.0


@dataclass(eq=False)
class Child:
    """One forked process. `text_at` is when it first received a text (monotonic seconds)."""

    pid: int
    line: socket.socket
    born: float
    text_at: float | None = None

    def tell(self, word: bytes) -> None:
        """Nothing where it is dead already: the end of its line will say so."""
        try:
            self.line.send(word)
        except OSError:
            _log.warning("a child could not be told")


@dataclass
class Place:
    """Room for one that answers: it, its successor, and those that finish what they began."""

    serving: Child | None = None
    successor: Child | None = None
    leaving: list[Child] = field(default_factory=list)
    fork_at: float = 0.0

    def all(self) -> list[Child]:
        return [one for one in (self.serving, self.successor, *self.leaving) if one is not None]


class Parent:
    """Sees to it that each place has one that answers and nobody outlives the window."""

    def __init__(self, settings: Settings, listening: socket.socket, companion: Companion) -> None:
        self._settings = settings
        self._window = settings.window
        self._listening = listening
        self._companion = companion
        self._limits = Limits()
        self._places = [Place() for _ in range(settings.workers)]
        self._selector = selectors.DefaultSelector()
        self._awake, self._waker = socket.socketpair()
        self._stopping = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for each in (self._awake, self._waker):
            each.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._selector.register(self._awake, selectors.EVENT_READ)
        while not self._stopping:
            soonest = min(self._tend(place, time.monotonic()) for place in self._places)
            self._listen(max(0.0, soonest - time.monotonic()))
        self._end_all()

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    # --- what is due

    def _tend(self, place: Place, now: float) -> float:
        """Do what is due; the instant at which something is due next."""
        due = [now + 60.0]
        if place.serving is None:
            place.serving, place.successor = place.successor or self._fork(place, now), None
            if place.serving is None:
                due.append(place.fork_at)
            else:
                place.serving.tell(child.OPEN)
        if place.serving is not None and place.serving.text_at is not None:
            if place.successor is None:
                place.successor = self._fork(place, now)
                if place.successor is None:
                    due.append(place.fork_at)
            over = place.serving.text_at + self._window.accepting
            if now < over:
                due.append(over)
            else:
                due.append(self._hand_over(place, now))
        for one in place.leaving:
            if one.text_at is not None:
                last = one.text_at + self._window.last
                if now >= last:
                    _kill(one)
                due.append(last if now < last else now + 0.05)
        return min(due)

    def _hand_over(self, place: Place, now: float) -> float:
        """The successor first: for a moment both take what comes."""
        if place.serving is not None:
            if place.successor is not None:
                place.successor.tell(child.OPEN)
            place.serving.tell(child.CLOSE)
            place.leaving.append(place.serving)
            place.serving, place.successor = place.successor, None
        return now

    def _fork(self, place: Place, now: float) -> Child | None:
        """A child of this parent, which has never seen a text. None while it is too early."""
        if now < place.fork_at:
            return None
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._let_go(ours)
            child.run(
                parent, self._listening, theirs, self._settings, self._companion, self._limits
            )
        theirs.close()
        ours.setblocking(False)
        made = Child(pid, ours, now)
        self._selector.register(ours, selectors.EVENT_READ, (place, made))
        return made

    def _let_go(self, ours: socket.socket) -> None:
        """In the child: what belongs to the parent alone."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        self._selector.close()
        for each in (ours, self._awake, self._waker):
            each.close()
        for place in self._places:
            for one in place.all():
                one.line.close()

    # --- what children say

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                self._awake.recv(4096)
                continue
            place, one = key.data
            word = _said(one)
            if word == b"":
                self._bury(place, one)
            elif word is not None and one.text_at is None:
                one.text_at = time.monotonic()

    def _bury(self, place: Place, one: Child) -> None:
        self._selector.unregister(one.line)
        one.line.close()
        _, status = os.waitpid(one.pid, 0)
        if one in place.leaving:
            place.leaving.remove(one)
            return
        if one is place.serving:
            place.serving = None
        else:
            place.successor = None
        _log.error("a child ended before its time", extra={"fault": str(status)})
        if time.monotonic() - one.born < SHORT_LIFE:
            place.fork_at = time.monotonic() + SHORT_LIFE

    def _end_all(self) -> None:
        """SIGTERM, which lets a child finish its answers, and SIGKILL to whoever takes too long."""
        left = [one for place in self._places for one in place.all()]
        for one in left:
            os.kill(one.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while left and time.monotonic() < until:
            left = [one for one in left if os.waitpid(one.pid, os.WNOHANG)[0] == 0]
            time.sleep(0.02)
        for one in left:
            _kill(one)
            os.waitpid(one.pid, 0)


def _said(one: Child) -> bytes | None:
    """What a child said; empty at its end; None where nothing came."""
    try:
        return one.line.recv(64)
    except BlockingIOError:
        return None
    except ConnectionResetError:
        return b""


def _kill(one: Child) -> None:
    # Not collected yet, so the number cannot be another process's.
    os.kill(one.pid, signal.SIGKILL)


def run(settings: Settings) -> int:
    """Bind, load, fork and watch, until SIGTERM."""
    memory.keep_private(readable=settings.readable)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server(
        (settings.host, settings.port), family=family, backlog=1024
    ) as listening:
        companion = Companion.load(settings)
        # What was loaded is shared with all children for as long as nobody writes to it.
        gc.collect()
        gc.freeze()
        Parent(settings, listening, companion).run()
    return 0
