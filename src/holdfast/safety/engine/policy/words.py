"""What of a text a policy answers to: an age under 18, and the question whether this is a human."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel, ConfigDict

ADULT: Final = 18
YOUNGEST: Final = 7  # below it a number after "I am" is hardly an age that writes
_LONGEST: Final = 400
_SPACE: Final = re.compile(r"\s+")
_ARABIC: Final = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": ""})


class AgeWords(BaseModel):
    """How people of a language say their age: before the number, after it, numbers, and without."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    before: tuple[str, ...]
    after: tuple[str, ...]
    numbers: dict[str, int]
    phrases: tuple[str, ...]
    needs_after: tuple[str, ...] = ()  # openings that mean an age only with a word after it


class Listener:
    """Recognises, in one language, the little that a policy must not miss."""

    def __init__(self, age: AgeWords, asked_human: Iterable[str]) -> None:
        self._numbers = {_plain(word): number for word, number in age.numbers.items()}
        number = "|".join([r"\d{1,2}", *map(re.escape, self._numbers)])
        after = "|".join(map(_escaped, age.after))
        # The number ends the sentence or its part: "I'm 15", not "I'm 15 minutes late".
        end = r"(?=\s*(?:$|[.,;!?؟،…)\n]|(?:and|but|so|y|pero|und|aber|و\w*|لكن)\b))"
        free = "|".join(_escaped(w) for w in age.before)
        bound = "|".join(_escaped(w) for w in age.needs_after)
        ages = [rf"(?:{free})\s+(?P<a>{number})(?:\s+(?:{after})\b|{end})"]
        if bound:
            ages.append(rf"(?:{bound})\s+(?P<b>{number})\s+(?:{after})\b")
        self._age = re.compile(rf"(?<!\w)(?:{'|'.join(ages)})")
        self._phrases = _whole(age.phrases)
        self._asked = _whole(asked_human)

    def minor(self, text: str) -> bool:
        """Whether somebody says of themselves that they are under 18."""
        plain = _plain(text[:_LONGEST])
        for match in self._age.finditer(plain):
            said = next(one for one in match.groups() if one is not None)
            number = self._numbers.get(said) or int(said)
            if YOUNGEST <= number < ADULT:
                return True
        return bool(self._phrases.search(plain))

    def asked_human(self, text: str) -> bool:
        """Whether somebody asks if they are talking to a human."""
        return bool(self._asked.search(_plain(text[:_LONGEST])))


def _plain(text: str) -> str:
    """Lower case, no accents, digits 0-9; punctuation stays."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = (c for c in parts if not unicodedata.combining(c))
    digits = "".join(str(unicodedata.decimal(c, c)) for c in kept)
    return _SPACE.sub(" ", digits.translate(_ARABIC).replace("’", "'")).strip()


def _escaped(words: str) -> str:
    return re.escape(_plain(words)).replace(r"\ ", r"\s+")


def _whole(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_escaped, phrases))})(?!\w)")
