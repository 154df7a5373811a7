"""Whether a sentence speaks of what the person spoke of.

A reflection rewords: what it names was named before, but for words of feeling, thinking, time and
degree, which are free. So a sentence may bring as many words of its own as it takes up from the
person, and no more. That holds back what no list of forbidden phrases foresees: interpretations,
judgements of people, sayings, answers to an order hidden in the text.

Words are alike that begin alike (Arabic: without the particles written on to them), which is
generous: it serves to tell a new subject from an old one, not to count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from holdfast.safety.engine.gate import form
from holdfast.safety.engine.screen.normalise import fold

_SHORTEST: Final = 3
_ALIKE: Final = 0.6  # of the longer word
_ARABIC_BEFORE: Final = (
    "وال",
    "بال",
    "فال",
    "كال",
    "لل",
    "ال",
    "و",
    "ف",
    "ب",
    "ل",
    "س",
    "ي",
    "ت",
    "ن",
    "ا",
)
_ARABIC_AFTER: Final = (
    "كما",
    "هما",
    "ها",
    "هم",
    "كم",
    "نا",
    "ين",
    "ون",
    "ات",
    "تم",
    "ك",
    "ه",
    "ي",
    "ت",
    "ا",
    "ن",
)


@dataclass(frozen=True, slots=True)
class FreeWords:
    """Words that need no ground, folded; `beginnings` are beginnings of words."""

    words: frozenset[str]
    beginnings: tuple[str, ...]

    @classmethod
    def of(cls, sources: Iterable[str]) -> FreeWords:
        """From words as a clinician writes them, "feel-" for all words that begin so."""
        folded = [fold(one)[0].replace("'", "") for one in sources]
        return cls(
            frozenset(one for one in folded if not one.endswith("-")),
            tuple(one[:-1] for one in folded if one.endswith("-")),
        )

    def hold(self, word: str) -> bool:
        return word in self.words or word.startswith(self.beginnings)


def is_grounded(sentence: str, said: str, free: FreeWords, language: str) -> bool:
    """Whether at least half of the words in `sentence` that are not free stem from `said`."""
    own = {_stem(word, language) for word in _words(said)}
    named = {word for word in _words(sentence) if not free.hold(word)}
    taken_up = sum(any(_alike(_stem(word, language), other) for other in own) for word in named)
    return 2 * taken_up >= len(named)


def _words(text: str) -> list[str]:
    return form.words_of(text.replace("'", "").replace("’", ""))


def _stem(word: str, language: str) -> str:
    if language != "ar":
        return word
    for part in _ARABIC_BEFORE:
        if word.startswith(part) and len(word) - len(part) >= _SHORTEST:
            word = word.removeprefix(part)
            break
    for part in _ARABIC_AFTER:
        if word.endswith(part) and len(word) - len(part) >= _SHORTEST:
            return word.removesuffix(part)
    return word


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _SHORTEST:
        return False
    if len(shorter) > _SHORTEST and longer.startswith(shorter):
        return True
    least = max(_SHORTEST, int(_ALIKE * len(longer)))
    return shorter[:least] == longer[:least]
