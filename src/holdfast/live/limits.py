"""How often one ticket and one address may ask, counted by all children together.

The counters lie in memory that the parent shares with its children: a child lives for a minute, and
whoever asks too often would otherwise begin anew with each. They hold numbers only.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
from typing import Final

#: A person who types without pausing sends far less.
PER_TICKET: Final = 40
#: A whole practice may stand behind one address.
PER_ADDRESS: Final = 400
WINDOW_SECONDS: Final = 60

_COUNTER = struct.Struct("<II")
_COUNTERS: Final = 1 << 15


class Limits:
    """Counts by minute. Two that meet in one counter share it: one in 32,768, and no more harm
    than being asked to wait.
    """

    def __init__(self) -> None:
        self._counts = mmap.mmap(-1, _COUNTERS * _COUNTER.size)
        # Nobody outside can choose a name that meets somebody else's.
        self._salt = os.urandom(16)

    def take(self, name: str, most: int, seconds: float) -> bool:
        """Whether `name` may ask once more in the minute of `seconds` (since 1970)."""
        digest = hashlib.blake2b(name.encode(), key=self._salt, digest_size=4).digest()
        at = int.from_bytes(digest, "little") % _COUNTERS * _COUNTER.size
        minute = int(seconds // WINDOW_SECONDS) & 0xFFFFFFFF
        counted, count = _COUNTER.unpack_from(self._counts, at)
        count = count + 1 if counted == minute else 1
        _COUNTER.pack_into(self._counts, at, minute, min(count, most + 1))
        return bool(count <= most)
