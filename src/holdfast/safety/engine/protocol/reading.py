"""What can be understood of an answer with certainty: little, on purpose.

A whole message that is a known yes or no, and a few phrases that matter too much to miss: that
something has been taken, that somebody has drunk. Anything else is unclear, and unclear answers are
offered as buttons.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: Word lists of a language file: the first five match whole messages, the next three inside one.
LISTS: Final = (
    "yes", "no", "unsure", "refuse", "not_yet", "taken", "taken_first", "intoxicated", "negations",
)  # fmt: skip
_NOT_WORD = re.compile(r"[^\w]+")
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": ""})
_NEAR = 4  # words before a phrase in which a negation undoes it
_READ = 4000  # characters of a message in which phrases are looked for
_LONGEST = 80  # characters of a message that can be a yes or a no


def folded(text: str) -> str:
    """Lower case, single spaces, no accents, vowel signs, apostrophes or punctuation."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(c for c in parts if not unicodedata.combining(c)).translate(_ARABIC)
    return _NOT_WORD.sub(" ", plain.replace("'", "").replace("’", "")).strip()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message says with certainty; `answer` None: nothing."""

    answer: str | None = None  # yes, no, unsure, rather_not, not_yet
    taken: bool = False  # something has been done or taken, said in answer to that question
    taken_first: bool = False  # the same, plain enough to be understood without a question
    intoxicated: bool = False


def together(heard: Iterable[Heard]) -> Heard:
    """What several languages understand: the first one's answer, and each sign of any."""
    found = list(heard)
    return Heard(
        next((one.answer for one in found if one.answer), None),
        any(one.taken for one in found),
        any(one.taken_first for one in found),
        any(one.intoxicated for one in found),
    )


class WordLists:
    """A language's words, folded."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        missing = set(LISTS) - set(words)
        if missing or set(words) - set(LISTS):
            raise ValueError(f"word lists are {', '.join(LISTS)}")
        self._of = {name: tuple(map(folded, words[name])) for name in LISTS}
        self._whole = {
            word: answer
            for name, answer in (
                ("unsure", "unsure"), ("refuse", "rather_not"), ("yes", "yes"), ("no", "no"),
                ("not_yet", "not_yet"),
            )
            for word in self._of[name]
        }  # fmt: skip

    def heard(self, text: str) -> Heard:
        """What of it can be understood."""
        plain = folded(text[:_READ])
        return Heard(
            self._whole.get(plain) if len(plain) <= _LONGEST else None,
            self._inside("taken", plain),
            self._inside("taken_first", plain),
            self._inside("intoxicated", plain),
        )

    def _inside(self, name: str, plain: str) -> bool:
        padded = f" {plain} "
        for phrase in self._of[name]:
            at = padded.find(f" {phrase} ")
            while at >= 0:
                if not self._negated(padded[:at].split()):
                    return True
                at = padded.find(f" {phrase} ", at + 1)
        return False

    def _negated(self, before: list[str]) -> bool:
        return not set(before[-_NEAR:]).isdisjoint(self._of["negations"])
