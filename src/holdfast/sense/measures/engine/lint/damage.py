"""Texts that a copy, a PDF extraction or a wrong encoding has damaged.

`damage(text, language)` says what is wrong or gives None. Every test is one that sound text in
the language cannot fail: a question mark inside a word, a vowel sign without its consonant,
letters of two scripts in one word, words that lost their accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from ftfy.badness import is_bad

from holdfast.sense.measures.engine.lint.knowledge import load
from holdfast.sense.measures.engine.lint.languages import is_indic, script, scripts_of
from holdfast.sense.measures.engine.lint.polarity import primary_language

LEAST_LETTERS = 12
_FREE_MIX = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "THAI"})
_PLAIN_MARKS = frozenset(  # dashes, quotation marks, danda, joiners, thin and hard spaces
    map(chr, [*range(0x2010, 0x2027), 0x2039, 0x203A, 0xAB, 0xBB, 0x964, 0x965])
) | frozenset("\u200b\u200c\u200d\u200e\u200f\u202f\u2009\u00a0\u2060")
_ARABIC_LETTER = r"[\u0621-\u064a]"
_ARTICLE = re.compile(r"^[وفبكل]{0,2}(?:ال|لل)آ|^[وفبكل]آ")


def damage(text: str, language: str | None) -> str | None:
    """What is damaged in the text, in words; None for sound text."""
    return next((reason for test in _TESTS if (reason := test(text, language)) is not None), None)


def _replaced(text: str, language: str | None) -> str | None:
    if "\ufffd" in text:
        return "holds U+FFFD, the mark of bytes that could not be decoded"
    if re.search(r"\\u[0-9a-fA-F]{4}", text):
        return "holds a literal \\u escape"
    for match in re.finditer(r"[^\W\d_]([?¿])([^\W\d_])", re.sub(r"https?:\S+", "", text)):
        if match[1] == "¿" or match[2].islower():  # "noticed?Or" lacks a blank, nothing else
            return "a question mark stands inside a word"
    return None


def _mojibake(text: str, language: str | None) -> str | None:
    if any("\x80" <= c <= "\x9f" for c in text) or is_bad(text):
        return "looks like UTF-8 read in another encoding"
    return None


def _odd_characters(text: str, language: str | None) -> str | None:
    for char in text:
        category = unicodedata.category(char)
        lost = category in {"Co", "Cs"} or (category == "Cn" and ord(char) < 0x10000)
        if lost or 0x206A <= ord(char) <= 0x206F:
            return f"holds U+{ord(char):04X}, which no text has"
    return None


def _two_scripts(text: str, language: str | None) -> str | None:
    for word in re.findall(r"[^\W\d_]+", text):
        found = {s for char in word if (s := script(char)) is not None}
        if len(found) > 1 and len(found - _FREE_MIX - {"LATIN"}) > 0 and not found <= _FREE_MIX:
            return f"the word {word!r} mixes {' and '.join(sorted(found))} letters"
    return None


def _indic(text: str, language: str | None) -> str | None:
    wanted = {s for s in scripts_of(language) if is_indic(s)}
    if not wanted:
        return None
    previous = " "
    for char in text:
        sign = script(char) in wanted and unicodedata.category(char) in {"Mc", "Mn"}
        if sign and not _carries_sign(previous, wanted):
            return "a vowel sign stands without its consonant"
        previous = char
    for word in text.split():
        if any(script(c) in wanted for c in word):
            stray = next((c for c in word if not _fits_indic(c, wanted)), None)
            if stray is not None:
                return f"U+{ord(stray):04X} stands inside a word"
    return None


def _carries_sign(char: str, wanted: set[str]) -> bool:
    return script(char) in wanted or char in "\u200c\u200d\u25cc"


def _fits_indic(char: str, wanted: set[str]) -> bool:
    if char.isascii() or char in _PLAIN_MARKS or char.isdigit():
        return True
    return script(char) in wanted or unicodedata.category(char) in {"Pd", "Ps", "Pe"}


def _arabic(text: str, language: str | None) -> str | None:
    if "ARABIC" not in scripts_of(language) or primary_language(language) != "ar":
        return None
    for word in _arabic_words(text):
        if _stray_madda(word):
            return f"alef with madda stands where another letter was lost ({word})"
        if re.search(rf"[ةى]{_ARABIC_LETTER}", word):
            return f"a letter that only ends words stands inside one ({word})"
    if re.match(rf"\s*[.،؟]\s*{_ARABIC_LETTER}", text):
        return "the full stop stands first: the words were copied in visual order"
    return None


def _arabic_words(text: str) -> list[str]:
    bare = "".join(c for c in text if not "\u064b" <= c <= "\u0652" and c != "\u0640")
    return re.findall(rf"{_ARABIC_LETTER}+", bare)


def _stray_madda(word: str) -> bool:
    known = load("arabic")
    if "آ" not in word or word in known["sound"]:
        return False
    if word in known["lost"] or re.search(r"[اأإآ]آ|آ[اأإآ]", word):
        return True
    return not word.startswith("آ") and _ARTICLE.match(word) is None


def _hebrew(text: str, language: str | None) -> str | None:
    if primary_language(language) != "he":
        return None
    match = re.search(r"(?<![\u05d0-\u05ea])[ךםןףץ][\u05d0-\u05ea]+", text)
    return f"a final letter starts a word ({match[0]}): reversed text" if match else None


def _accents(text: str, language: str | None) -> str | None:
    primary = primary_language(language)
    if text.isupper():
        return None
    words, phrases = _bare_forms(primary)
    folded = unicodedata.normalize("NFC", text).casefold()
    for phrase in phrases:
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", folded):
            return f"accents are lost ({phrase!r})"
    for word in re.findall(r"[^\W\d_]+", folded):
        if word in words:
            return f"accents are lost ({word!r} for {words[word]!r})"
    return None


@cache
def _bare_forms(primary: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Damaged spelling to sound one: the accent lost, or the accented letter itself."""
    entry = load("accents").get(primary)
    if entry is None:
        return {}, ()
    forms: dict[str, str] = {}
    sound = {w for w in entry["words"] if " " not in w}
    for word in sound:
        bare = _strip(word)
        gone = "".join(c for c in word if c.isascii())
        for form in (bare, gone) if len(gone) > 4 else (bare,):
            if form != word and form not in sound and len(form) > 2:
                forms[form] = word
    return forms, tuple(entry["phrases"])


def _strip(word: str) -> str:
    plain = unicodedata.normalize("NFD", word)
    return "".join(c for c in plain if not unicodedata.combining(c))


def untranslated(text: str, language: str | None) -> str | None:
    """Says so where a text of some length has no letter of its language's script."""
    wanted = scripts_of(language)
    letters = [s for c in text if (s := script(c)) is not None]
    if not wanted or len(letters) < LEAST_LETTERS or any(s in wanted for s in letters):
        return None
    return f"no letter is of the script of {language}"


_TESTS: tuple[Callable[[str, str | None], str | None], ...] = (
    _replaced,
    _mojibake,
    _odd_characters,
    _two_scripts,
    _indic,
    _arabic,
    _hebrew,
    _accents,
)
