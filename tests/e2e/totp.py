"""The authenticator app of the people in these tests (RFC 6238: SHA-1, 30 seconds, six digits)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from dataclasses import dataclass

PERIOD = 30
#: A code is typed and sent within this time; one that runs out sooner is left alone, as people do.
TYPING_SECONDS = 10


def code_at(secret: str, counter: int) -> str:
    """The six digits of one period (RFC 4226, section 5.3)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


@dataclass
class Authenticator:
    """Gives each code once, as the server takes each code once."""

    secret: str
    last: int = 0

    def code(self) -> str:
        """A code not given before; waits where this one is used or about to run out."""
        while not self._usable(now := time.time()):
            time.sleep(0.2)
        self.last = int(now) // PERIOD
        return code_at(self.secret, self.last)

    def _usable(self, now: float) -> bool:
        return int(now) // PERIOD > self.last and now % PERIOD < PERIOD - TYPING_SECONDS
