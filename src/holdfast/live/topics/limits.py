"""How much one socket, one account and one address may ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: The largest frame from a client, in bytes.
LARGEST_FRAME: Final = 16 * 1024
#: Tabs and devices of one person.
PER_ACCOUNT: Final = 20
#: A whole practice may stand behind one address.
PER_ADDRESS: Final = 1000
#: What one process holds.
IN_ALL: Final = 20_000
#: Frames: a call's beginning sends some dozens at once.
BURST: Final = 100.0
PER_SECOND: Final = 20.0
#: Bytes that may wait for somebody who does not read them.
MOST_WAITING: Final = 256 * 1024
#: Seconds until the ticket must be there.
TICKET_SECONDS: Final = 5.0


class Full(Exception):
    """One more is too many."""


class Counted:
    """Counts who is there by name, up to a number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()

    def is_full(self, name: str) -> bool:
        return self._counts[name] >= self._most

    @contextmanager
    def one_more(self, name: str) -> Iterator[None]:
        """Raises Full."""
        if self.is_full(name):
            raise Full
        self._counts[name] += 1
        try:
            yield
        finally:
            self._counts[name] -= 1
            if not self._counts[name]:
                del self._counts[name]


class Allowance:
    """Frames that one socket may still send, refilled with time (seconds, monotonic)."""

    def __init__(self, now: float) -> None:
        self._left, self._at = BURST, now

    def take(self, now: float) -> bool:
        """Whether one more is allowed."""
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
