"""What is looked for, and each form in which it may stand somewhere."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_LETTERS = "bcdfghjklmnpqrstvwxz"


def marker() -> str:
    """A word that stands nowhere else in the world: twenty consonants, about 86 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(20))


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """The text in three encodings, and each in base64 as it looks at each of its three offsets.

    What its neighbours decide of the first and last group of four is left off.
    """
    for encoding in ENCODINGS:
        data = text.encode(encoding)
        yield encoding, data
        for offset in range(3):
            encoded = base64.b64encode(b"\0" * offset + data)
            yield f"{encoding} in base64 ({offset})", encoded[4:-4]


@dataclass(frozen=True)
class Needle:
    """One secret, under the name that the report gives it; the report never shows the secret."""

    name: str
    text: str
    forms: tuple[tuple[str, bytes], ...] = field(repr=False)

    @classmethod
    def of(cls, name: str, text: str) -> Needle:
        return cls(name, text, tuple(forms(text)))


@dataclass(frozen=True)
class Hit:
    """A needle found in some place, in which form."""

    needle: str
    form: str


#: Bytes that are looked at in one step. Whatever is twice as long holds such a word at a place that
#: is a multiple of it, wherever it begins itself.
WORD = 8
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_DOWN_TO_16_BITS = np.uint64(48)


class Seeker:
    """Looks for all needles in a stream of blocks, across the blocks' borders.

    Sixty forms are too many to look for one by one in gigabytes. Each holds eight words of which
    one stands at a multiple of eight; only a block with such a word is looked at form by form.
    """

    def __init__(self, needles: list[Needle]) -> None:
        self._wanted = [
            (Hit(needle.name, form), data) for needle in needles for form, data in needle.forms
        ]
        self._overlap = max(len(data) for _, data in self._wanted) - 1
        words = b"".join(word for _, data in self._wanted for word in _words_of(data))
        self._words = np.unique(np.frombuffer(words, dtype=np.uint64))
        self._likely = np.zeros(1 << 16, dtype=bool)
        self._likely[_spread(self._words)] = True

    def look(self, blocks: Iterator[bytes]) -> tuple[int, set[Hit]]:
        """Bytes read, and what was found."""
        read, found, end = 0, set[Hit](), b""
        for block in blocks:
            read += len(block)
            text = end + block
            if self._may_hold(text):
                found |= {hit for hit, data in self._wanted if data in text}
            end = text[-self._overlap :]
        return read, found

    def _may_hold(self, text: bytes) -> bool:
        words = np.frombuffer(text, dtype=np.uint64, count=len(text) // WORD)
        likely = words[self._likely[_spread(words)]]
        return bool(np.isin(likely, self._words).any())


def _spread(words: np.ndarray) -> np.ndarray:
    """A number below 65,536 for each word, far apart for words that are alike."""
    return (words * _SPREAD) >> _DOWN_TO_16_BITS


def _words_of(data: bytes) -> list[bytes]:
    """Eight words from the middle, each a byte on: one of them begins at a multiple of eight."""
    if len(data) < 2 * WORD:
        raise ValueError("too short to be looked for")
    first = (len(data) - 2 * WORD) // 2
    return [data[at : at + WORD] for at in range(first, first + WORD)]
