"""Sentences out of a stream of pieces, in the languages that the companion speaks.

A sentence ends with a mark and a space after it; with a Chinese mark, or Hindi's, with anything. An
abbreviation, an initial or a number does not end one. When unsure sentences stay together: the gate
reads them whole either way.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 400  # characters without an end: no sentence any more
_END: Final = re.compile(r"[.!?…؟۔]+[\"'”’»)\]]*(?=\s)|[。！？।॥]+[”’」』）]*(?=[^”’」』）])|\n+")
_ABBREVIATIONS: Final = {
    "en": {"e.g", "i.e", "mr", "mrs", "ms", "dr", "prof", "vs", "approx", "st", "a.m", "p.m"},
    "de": {"bzw", "usw", "ca", "dr", "evtl", "ggf", "vgl", "nr", "prof", "sog", "z.b", "d.h",
           "u.a", "fr", "hr", "etc", "z.t"},
    "es": {"p.ej", "ej", "sr", "sra", "dr", "dra", "ud", "uds", "etc", "aprox", "prof"},
    "fr": {"m", "mme", "dr", "p.ex", "ex", "etc", "env", "prof"},
    "pt": {"sr", "sra", "dr", "dra", "p.ex", "ex", "etc", "prof"},
    "ar": {"د", "أ", "م"},
}  # fmt: skip
_LAST_WORD: Final = re.compile(r"(\S+)\.$")


class Splitter:
    """Takes pieces, gives sentences. One per answer."""

    def __init__(self, language: str) -> None:
        self._abbreviations = _ABBREVIATIONS.get(language, set())
        self._english = language == "en"
        self._left = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that `piece` completes, trimmed. One without an end comes out too long."""
        self._left += piece
        found = []
        start = at = 0
        while end := _END.search(self._left, at):
            at = end.end()
            candidate = self._left[start:at].strip()
            if self._goes_on(candidate):
                continue
            if candidate:
                found.append(candidate)
            start = at
        self._left = self._left[start:]
        if len(self._left) > LONGEST:
            found.append(self._left.strip())
            self._left = ""
        return found

    def rest(self) -> list[str]:
        """What is left when the answer was finished in an orderly way."""
        left, self._left = self._left.strip(), ""
        return [left] if left else []

    def _goes_on(self, sentence: str) -> bool:
        last = _LAST_WORD.search(sentence)
        if last is None:
            return False
        word = last[1].lstrip("(\"'“«").lower()
        if word in self._abbreviations or word.isdigit():
            return True
        initial = len(word) == 1 and word.isalpha() and word.isascii()
        return initial and not (self._english and word == "i")
