"""What a device remembers of somebody's keys, and the words that two people compare."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from holdfast.core.vault.engine.encoding import digest
from holdfast.core.vault.engine.errors import KeysChanged
from holdfast.core.vault.engine.keys import KeyEntry, verify_history

_WORD_BITS = 11
_WORDS = 12
_ENTROPY_BYTES = 16


@dataclass(frozen=True)
class Pin:
    """The newest entry of somebody's key history that was seen: its number and its hash."""

    user: uuid.UUID
    sequence: int
    hash: bytes


def check_pin(pin: Pin | None, user: uuid.UUID, entries: Sequence[KeyEntry]) -> Pin:
    """The pin to remember from now on. None before is first use: whatever holds is believed.

    Raises `Damaged` where the history itself does not hold, and `KeysChanged` where it does not go
    on from what was seen: then nothing is sealed to these keys or opened by them.
    """
    newest = verify_history(user, entries)
    if pin is not None:
        goes_on = pin.user == user and 1 <= pin.sequence <= len(entries)
        if not goes_on or entries[pin.sequence - 1].hash != pin.hash:
            raise KeysChanged
    return Pin(user, newest.sequence, newest.hash)


@cache
def word_list() -> tuple[str, ...]:
    """The 2,048 English words of BIP-39, in order."""
    text = files(__package__).joinpath("words-en.txt").read_text(encoding="utf-8")
    return tuple(text.split())


def comparison_words(one: Pin, other: Pin) -> tuple[str, ...]:
    """Twelve words that are the same on both people's screens as long as the keys are.

    BIP-39's encoding of the first 16 bytes of a hash over both, so that to find other keys with
    the same words takes 2^128 trials, and about 2^64 for whoever may choose both sides.
    """
    first, second = sorted((one, other), key=lambda pin: pin.user.bytes)
    label = "holdfast/vault/v1/words"
    entropy = digest(label, first.user, first.hash, second.user, second.hash)[:_ENTROPY_BYTES]
    check = hashlib.sha256(entropy).digest()[0] >> 4
    number = int.from_bytes(entropy) << 4 | check
    words = word_list()
    shifts = range((_WORDS - 1) * _WORD_BITS, -1, -_WORD_BITS)
    return tuple(words[number >> shift & 0x7FF] for shift in shifts)
