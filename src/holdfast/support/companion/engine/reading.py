"""Reading age of a text by the published formula of its language.

Each formula was made for running text of about a hundred words; a flow's lines are read together,
as one text. Syllables are counted from vowels, as every program does: an estimate. For Arabic we
know no formula that fits short spoken lines without vowel signs, so two plain lengths are held to
limits of our own and no age is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_SENTENCE = re.compile(r"[.!?؟…]+(?:\s|$)|\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_PLACE = re.compile(r"\{[a-z0-9_]+\}")
ARABIC_SENTENCE = 14.0  # words; a limit of this house
ARABIC_WORD = 5.5  # letters; a limit of this house


@dataclass(frozen=True, slots=True)
class Reading:
    """`age` in years where a formula gives one; `measure` says what was computed."""

    formula: str
    measure: str
    age: float | None
    too_hard: bool


@dataclass(frozen=True, slots=True)
class _Counts:
    words: list[str]
    sentences: int
    syllables: list[int]

    @property
    def sentence_length(self) -> float:
        return len(self.words) / self.sentences

    @property
    def word_syllables(self) -> float:
        return sum(self.syllables) / len(self.words)


def reading_age(lines: Iterable[str], language: str, limit: int) -> Reading | None:
    """How hard the lines are to read; None where the language has no measure, or without words."""
    measure = _MEASURES.get(language)
    texts = [_PLACE.sub("", line) for line in lines]
    sentences = [s for t in texts for s in _SENTENCE.split(t) if _WORD.search(s)]
    words = [w for s in sentences for w in _WORD.findall(s)]
    if measure is None or not words:
        return None
    count = _SYLLABLES.get(language, len)
    return measure(_Counts(words, len(sentences), [count(w.casefold()) for w in words]), limit)


def _english(counts: _Counts, limit: int) -> Reading:
    """Kincaid JP et al. 1975 (Navy Research Branch Report 8-75): US school grade; age 5 more."""
    grade = 0.39 * counts.sentence_length + 11.8 * counts.word_syllables - 15.59
    age = grade + 5
    return Reading("Flesch-Kincaid", f"grade {grade:.1f}", age, age > limit)


def _spanish(counts: _Counts, limit: int) -> Reading:
    """Fernández Huerta J. 1959 (Consigna 214): ease from 0 to 100; his table gives grades.

    With words per sentence, as the original has it and most copies do not (Law G. 2011, "Error in
    the Fernandez Huerta readability formula").
    """
    ease = 206.84 - 60 * counts.word_syllables - 1.02 * counts.sentence_length
    ages = ((90, 9.0), (80, 10.0), (70, 11.0), (60, 13.0), (50, 16.0))
    age = next((age for floor, age in ages if ease >= floor), 18.0)
    return Reading("Fernández Huerta", f"ease {ease:.0f}", age, age > limit)


def _german(counts: _Counts, limit: int) -> Reading:
    """Bamberger R, Vanecek E. 1984: first Wiener Sachtextformel, a school year; age is 6 more."""
    total = len(counts.words)
    three = 100 * sum(s >= 3 for s in counts.syllables) / total
    long = 100 * sum(len(w) > 6 for w in counts.words) / total
    one = 100 * sum(s == 1 for s in counts.syllables) / total
    year = 0.1935 * three + 0.1672 * counts.sentence_length + 0.1297 * long - 0.0327 * one - 0.875
    age = year + 6
    return Reading("Wiener Sachtextformel 1", f"school year {year:.1f}", age, age > limit)


def _arabic(counts: _Counts, limit: int) -> Reading:
    letters = sum(map(len, counts.words)) / len(counts.words)
    words = counts.sentence_length
    hard = words > ARABIC_SENTENCE or letters > ARABIC_WORD
    measure = f"{words:.1f} words a sentence, {letters:.1f} letters a word"
    return Reading("length (no validated formula)", measure, None, hard)


def _syllables_en(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word))
    silent_e = word.endswith("e") and not word.endswith(("le", "ee", "ye"))
    silent_ed = word.endswith("ed") and not word.endswith(("ted", "ded"))
    return max(groups - (silent_e or silent_ed), 1)


def _syllables_es(word: str) -> int:
    strong = len(re.findall(r"[aeoáéíóú]", word))
    weak = len(re.findall(r"(?<![aeoáéíóúiuü])[iuü]+(?![aeoáéíóú])", word))
    silent = len(re.findall(r"[qg]u(?=[eéií])", word))
    return max(strong + weak - (silent if weak > silent else 0), 1)


def _syllables_de(word: str) -> int:
    return max(len(re.findall(r"ei|ai|au|eu|äu|ie|aa|ee|oo|[aeiouyäöü]", word)), 1)


_MEASURES: dict[str, Callable[[_Counts, int], Reading]] = {
    "en": _english,
    "es": _spanish,
    "de": _german,
    "ar": _arabic,
}
_SYLLABLES: dict[str, Callable[[str], int]] = {
    "en": _syllables_en,
    "es": _syllables_es,
    "de": _syllables_de,
}
