"""What is looked for, and each form in which it may stand somewhere."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

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


class Seeker:
    """Looks for all needles in a stream of blocks, across the blocks' borders."""

    def __init__(self, needles: list[Needle]) -> None:
        self._wanted = [
            (Hit(needle.name, form), data) for needle in needles for form, data in needle.forms
        ]
        self._overlap = max(len(data) for _, data in self._wanted) - 1

    def look(self, blocks: Iterator[bytes]) -> tuple[int, set[Hit]]:
        """Bytes read, and what was found."""
        read, found, end = 0, set[Hit](), b""
        for block in blocks:
            read += len(block)
            if not block.strip(b"\0"):
                end = block[-self._overlap :]  # memory that nobody wrote to
                continue
            text = end + block
            found |= {hit for hit, data in self._wanted if data in text}
            end = text[-self._overlap :]
        return read, found
