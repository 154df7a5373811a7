"""The recall period a text speaks of ("over the last two weeks"), in days."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from holdfast.sense.measures.engine.lint.knowledge import load
from holdfast.sense.measures.engine.lint.polarity import primary_language

UNITS = {"day": 1, "week": 7, "month": 30, "year": 365, "double_week": 14}
CUE_REACH = 3
_CJK_NUMBERS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "兩": 2}


def periods(text: str, language: str | None) -> frozenset[int]:
    """Every recall period in the text, in days; four weeks and a month count as the same."""
    entry = load("periods").get(primary_language(language))
    if entry is None or not text:
        return frozenset()
    found = _by_pattern(text, entry) if "pattern" in entry else _by_words(text, entry, language)
    return frozenset(30 if 28 <= days <= 31 else days for days in found)


def same_period(days: float, other: float) -> bool:
    """Whether two periods are the same to the person asked (28 to 31 days are one month)."""
    if 28 <= days <= 31 and 28 <= other <= 31:
        return True
    return days == other or (days >= 360 and other >= 360)


def _by_pattern(text: str, entry: dict[str, Any]) -> set[int]:
    found = set()
    for match in re.finditer(entry["pattern"], text):
        number = match["number"]
        if number is None:
            count = 1
        elif number.isdigit():
            count = int(number)
        else:
            count = _CJK_NUMBERS.get(number, 0)
        if count:
            found.add(count * int(entry["units"][match["unit"]]))
    return found


def _by_words(text: str, entry: dict[str, Any], language: str | None) -> set[int]:
    units, numbers = _tables(primary_language(language))
    cues = set(entry["cues"])
    words = re.findall(r"\d+|[^\W\d_]+(?:[\u0900-\u0dff]+[^\W\d_]*)*", text.casefold())
    if primary_language(language) == "hi":  # vowel signs are not letters to the pattern above
        words = re.findall(r"\d+|[\u0900-\u0963\u0966-\u097f]+", text)
    found = set()
    for index, word in enumerate(words):
        if word not in units:
            continue
        near = words[max(0, index - CUE_REACH) : index] + words[index + 1 : index + 3]
        if not cues.intersection(near):
            continue
        before = words[max(0, index - 2) : index]
        counts = [int(w) if w.isdigit() else numbers[w] for w in before if _counts(w, numbers)]
        found.add((counts[-1] if counts else 1) * units[word])
    return found


def _counts(word: str, numbers: dict[str, int]) -> bool:
    return (word.isdigit() and len(word) < 4) or word in numbers


@cache
def _tables(primary: str) -> tuple[dict[str, int], dict[str, int]]:
    entry = load("periods")[primary]
    units = {word: days for unit, days in UNITS.items() for word in entry.get(unit, [])}
    return units, dict(entry.get("numbers", {}))
