"""Whether a generated text has the form of one plain sentence in the person's language.

Each fault has a code. Everything here is of letters and signs; what words mean is for the rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final

from holdfast.safety.engine.screen.language import LANGUAGES_OF
from holdfast.safety.engine.screen.normalise import HAN, canonical, fold

MOST_CHARACTERS: Final = 320
MOST_DIGITS: Final = 2  # of a number that the person wrote first: hours, days, a time
_LATIN_LANGUAGES: Final = frozenset({"en", "es", "de", "fr", "pt"})
_SCRIPTS: Final = {"ar": "ARABIC", "zh": "CJK", "hi": "DEVANAGARI"}
# Signs that plain sentences do without: of code, markup, addresses, tables, roles.
_SIGNS: Final = frozenset("{}[]<>|`*#_~^=\\/@$&+%•§©®™")
_ZERO_WIDTH: Final = frozenset("\u200c\u200d")  # joiners, at home in Arabic and Hindi
_KEPT_OUT: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "So", "Sk", "Sm", "Sc", "Me"})
_LIST: Final = re.compile(r"\s*(?:[-–—•·]|\(?\w{1,2}[.)])\s")
_LABEL: Final = re.compile(r"\s*[^\s:：]{1,24}(?: [^\s:：]{1,24}){0,2}\s*[:：]")
_LINK: Final = re.compile(r"(?i)\bhttps?\b|\bwww\b|[^\W\d]\.[^\W\d]{2,}")
_NUMBER: Final = re.compile(r"\d+")
_WORD: Final = re.compile(rf"[{HAN}]|[^\W\d_{HAN}]+")
# Letters of Persian, Urdu and others that Arabic does not have.
_NOT_ARABIC: Final = re.compile(
    "[\u0679\u067e\u0686\u0688\u0691\u0698\u06a9\u06af\u06be\u06cc\u06d2]"
)


def faults(
    sentence: str, *, said: str | None, language: str, pinned: Collection[str] = ()
) -> list[str]:
    """Codes of what is wrong with the form of `sentence`; none where nothing is.

    `said` is what the person wrote: its short numbers and its foreign words may come back.
    `pinned` are numbers that stand on the person's screen anyway.
    """
    known = frozenset(words_of(said or ""))
    found = []
    if not _WORD.search(sentence) or len(sentence) > MOST_CHARACTERS:
        found.append("form-length")
    if any(_odd(sign, language) for sign in sentence) or _LIST.match(sentence):
        found.append("form-markup")
    if _LABEL.match(sentence):
        found.append("form-label")
    if any(sign in "?？؟" for sign in sentence):
        found.append("form-question")  # the flow asks; a leading question can do harm
    if _LINK.search(sentence):
        found.append("form-link")
    if _strange_numbers(sentence, said or "", pinned):
        found.append("form-number")
    if not _in_language(sentence, known, language):
        found.append("form-language")
    return found


def _odd(sign: str, language: str) -> bool:
    if sign in _ZERO_WIDTH:
        return language not in {"ar", "hi"}
    return sign in _SIGNS or unicodedata.category(sign) in _KEPT_OUT


def _numbers(text: str) -> Iterator[str]:
    """Digits in any script, as 0 to 9."""
    for found in _NUMBER.findall(text):
        yield "".join(str(unicodedata.decimal(digit, 0)) for digit in found)


def _strange_numbers(sentence: str, said: str, pinned: Collection[str]) -> bool:
    left = sentence
    for number in pinned:
        left = left.replace(number, " ")
    own = set(_numbers(said))
    return any(len(one) > MOST_DIGITS or one not in own for one in _numbers(left))


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in order; a Han character is a word."""
    return _WORD.findall(fold(text)[0])


def _in_language(sentence: str, known: frozenset[str], language: str) -> bool:
    """Whether every word is of the language's script, and no other language fits better."""
    words = words_of(sentence)
    fresh = [word for word in words if word not in known]
    if language in _SCRIPTS:
        strange = language == "ar" and _NOT_ARABIC.search(sentence)
        own = [word for word in words if _is_of(word, _SCRIPTS[language])]
        return bool(own) and not strange and all(_is_of(w, _SCRIPTS[language]) for w in fresh)
    if language not in _LATIN_LANGUAGES or not all(_is_of(word, "LATIN") for word in fresh):
        return False
    counts: dict[str, int] = {}
    for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", fold(sentence)[0]):
        for one in LANGUAGES_OF.get(canonical(word), ()):
            counts[one] = counts.get(one, 0) + 1
    best = max(counts.values(), default=0)
    return best < 3 or counts.get(language, 0) * 4 >= best * 3


def _is_of(word: str, script: str) -> bool:
    return all(
        unicodedata.name(letter, "").startswith(script) or unicodedata.combining(letter)
        for letter in word
    )
