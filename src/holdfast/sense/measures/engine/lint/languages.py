"""Language tags and the scripts languages are written in."""

from __future__ import annotations

import unicodedata
from functools import cache

import langcodes

_INDIC = frozenset(
    {"DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA"}
    | {"MALAYALAM", "SINHALA"}
)
_SCRIPTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(["ar", "fa", "ur", "ps", "ckb"], frozenset({"ARABIC"})),
    **dict.fromkeys(["ru", "uk", "bg", "be", "mk", "kk", "ky", "mn"], frozenset({"CYRILLIC"})),
    **dict.fromkeys(["hi", "mr", "ne"], frozenset({"DEVANAGARI"})),
    "el": frozenset({"GREEK"}),
    "he": frozenset({"HEBREW"}),
    "zh": frozenset({"CJK"}),
    "yue": frozenset({"CJK"}),
    "ja": frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    "ko": frozenset({"HANGUL", "CJK"}),
    "th": frozenset({"THAI"}),
    "bn": frozenset({"BENGALI"}),
    "pa": frozenset({"GURMUKHI", "ARABIC"}),
    "gu": frozenset({"GUJARATI"}),
    "or": frozenset({"ORIYA"}),
    "ta": frozenset({"TAMIL"}),
    "te": frozenset({"TELUGU"}),
    "kn": frozenset({"KANNADA"}),
    "ml": frozenset({"MALAYALAM"}),
    "si": frozenset({"SINHALA"}),
    "am": frozenset({"ETHIOPIC"}),
    "ti": frozenset({"ETHIOPIC"}),
    "ka": frozenset({"GEORGIAN"}),
    "hy": frozenset({"ARMENIAN"}),
    "km": frozenset({"KHMER"}),
    "lo": frozenset({"LAO"}),
    "my": frozenset({"MYANMAR"}),
}
_LATIN = (
    {"en", "de", "fr", "es", "pt", "it", "nl", "da", "sv", "no", "nb", "nn", "fi", "is", "et"}
    | {"lv", "lt", "pl", "cs", "sk", "sl", "hr", "hu", "ro", "ca", "eu", "gl", "tr", "vi", "id"}
    | {"ms", "fil", "tl", "sw", "af", "cy", "ga", "mt", "sq", "so"}
)
_SCRIPTS |= dict.fromkeys(_LATIN, frozenset({"LATIN"}))


@cache
def is_valid(tag: str) -> bool:
    """Whether the tag is made of registered subtags (BCP 47); "pt_BR" is read as "pt-BR"."""
    return langcodes.tag_is_valid(tag.replace("_", "-"))


def scripts_of(language: str | None) -> frozenset[str]:
    """Scripts the language is written in; empty where not known."""
    if not language:
        return frozenset()
    subtags = language.replace("_", "-").casefold().split("-")
    if "latn" in subtags:
        return frozenset({"LATIN"})
    return _SCRIPTS.get(subtags[0], frozenset())


_KNOWN_SCRIPTS = frozenset().union(*_SCRIPTS.values())


@cache
def script(char: str) -> str | None:
    """The script of a letter or mark, by its Unicode name; None for anything else (º, µ)."""
    if unicodedata.category(char)[0] not in "LM":
        return None
    first = unicodedata.name(char, " ").split(" ")[0]
    return first if first in _KNOWN_SCRIPTS else None


def is_indic(script_name: str) -> bool:
    return script_name in _INDIC


def near(tag: str, others: frozenset[str]) -> str | None:
    """The other tag this one is most likely a misspelling of (letters swapped or one off)."""
    lowered = tag.casefold()
    for other in sorted(others):
        known = other.casefold()
        if sorted(known) == sorted(lowered) or _one_letter_off(lowered, known):
            return other
    return None


def _one_letter_off(a: str, b: str) -> bool:
    if len(a) != len(b) or len(a) < 4:
        return False
    return sum(x != y for x, y in zip(a, b, strict=True)) == 1
