"""What every endpoint has been asked for today and how it fares, shared by forked processes.

The process that reads texts is replaced all the time, so what it learns must outlive it: the book
is memory that a parent and its children share, and where it has a file it outlives them all. It
holds numbers under a hash of practice and address, never a word. Several machines have a book each.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from holdfast.support.companion.model.config import ModelConfig

_SLOT: Final = struct.Struct("<16sIIQId")  # whose, day, requests, tokens, failures, resting until
_PROBED: Final = 16
FAILURES: Final = 3  # in a row, then it rests
FIRST_REST: Final = 30.0  # seconds; twice as long after every failure more
LONGEST_REST: Final = 15 * 60.0


@dataclass(frozen=True, slots=True)
class Account:
    """What one endpoint of one practice has used on a UTC day, and how it fares.

    `resting_until` is in seconds since 1970.
    """

    day: int = 0
    requests: int = 0
    tokens: int = 0
    failures: int = 0
    resting_until: float = 0.0


class Book:
    """Accounts in shared memory. Make it before forking; every method is safe in any child.

    Not for several threads of one process.
    """

    def __init__(self, slots: int = 4096, file: Path | None = None) -> None:
        """`file`: where it stays when all processes have ended; what is no book there is begun
        anew. Raises OSError.
        """
        self._slots = max(slots, _PROBED)
        size = self._slots * _SLOT.size
        self._file = _opened(file)
        with self._locked():
            if os.fstat(self._file.fileno()).st_size != size:
                self._file.truncate(0)
                self._file.truncate(size)
        self._memory = mmap.mmap(self._file.fileno(), size)

    def close(self) -> None:
        """Let go of the memory in this process."""
        self._memory.close()
        self._file.close()

    def account(self, practice: str, config: ModelConfig, now: datetime) -> Account:
        """The account as it stands on the day of `now`."""
        with self._locked():
            return self._read(_whose(practice, config), _day(now))[1]

    def refusal(self, practice: str, config: ModelConfig, tokens: int, now: datetime) -> str | None:
        """Why a request of so many tokens would not be made now, or None."""
        return _refusal(self.account(practice, config, now), config, tokens, now)

    def begin(self, practice: str, config: ModelConfig, tokens: int, now: datetime) -> str | None:
        """Enter a request that may take `tokens`, or say why it is not to be made."""
        with self._locked():
            place, account = self._read(whose := _whose(practice, config), _day(now))
            why = _refusal(account, config, tokens, now)
            if why is None:
                entered = replace(
                    account, requests=account.requests + 1, tokens=account.tokens + tokens
                )
                self._write(place, whose, entered)
            return why

    def settle(
        self,
        practice: str,
        config: ModelConfig,
        now: datetime,
        *,
        entered: int,
        used: int,
        failed: bool | None,
        rest: float | None = None,
    ) -> None:
        """Put the tokens used in place of those entered, and how it went.

        `failed` None: nothing was learnt (the person left). `rest`: seconds the endpoint is left
        alone at least.
        """
        with self._locked():
            place, account = self._read(whose := _whose(practice, config), _day(now))
            failures, until = account.failures, account.resting_until
            if failed:
                failures = min(failures + 1, 1000)
                until = now.timestamp() + max(_rest(failures), min(rest or 0.0, LONGEST_REST))
            elif failed is False:
                failures, until = 0, 0.0
            tokens = max(account.tokens - entered, 0) + used
            settled = replace(account, tokens=tokens, failures=failures, resting_until=until)
            self._write(place, whose, settled)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # The system lets go of it when a process ends, however it ends.
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _read(self, whose: bytes, day: int) -> tuple[int, Account]:
        """Where an account stands, or may stand, and the account; counts begin anew with a day."""
        start = int.from_bytes(whose[:8], "little") % self._slots
        oldest: tuple[int, int] | None = None
        for step in range(_PROBED):
            place = (start + step) % self._slots * _SLOT.size
            key, then, *rest = _SLOT.unpack_from(self._memory, place)
            if key == whose:
                account = Account(then, *rest)
                if then != day:
                    account = replace(account, day=day, requests=0, tokens=0)
                return place, account
            if oldest is None or then < oldest[1]:
                oldest = (place, then)
        assert oldest is not None  # noqa: S101 (at least one was looked at)
        return oldest[0], Account(day=day)

    def _write(self, place: int, whose: bytes, account: Account) -> None:
        _SLOT.pack_into(
            self._memory, place, whose, account.day, account.requests, account.tokens,
            account.failures, account.resting_until,
        )  # fmt: skip


def _opened(file: Path | None) -> IO[bytes]:
    """The file, made where it is missing, for this account alone; None: one without a name."""
    if file is None:
        return tempfile.TemporaryFile()
    return os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")


def _refusal(account: Account, config: ModelConfig, tokens: int, now: datetime) -> str | None:
    if account.resting_until > now.timestamp():
        return "resting"
    over = account.tokens + tokens > config.tokens_a_day
    return "budget" if over or account.requests >= config.requests_a_day else None


def _rest(failures: int) -> float:
    """Seconds of rest after so many failures in a row."""
    if failures < FAILURES:
        return 0.0
    return float(min(FIRST_REST * 2 ** min(failures - FAILURES, 10), LONGEST_REST))


def _whose(practice: str, config: ModelConfig) -> bytes:
    return sha256(f"{practice}\n{config.url}".encode()).digest()[:16]


def _day(now: datetime) -> int:
    return int(now.timestamp() // 86_400)
