"""Which way a set of answers runs: does a higher code mean more, or less, of what is asked?

Words are looked up in `knowledge/poles.yaml`; a doubt gives None, and nothing is reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from holdfast.sense.measures.engine.lint.knowledge import load
from holdfast.sense.measures.engine.lint.model import MISSING_CODE_LABELS, Option

ALIASES = {
    "nb": "no",
    "nn": "no",
    "id": "ms",
    "tl": "fil",
    "sr": "hr",
    "bs": "hr",
    "hb": "he",
    "iw": "he",
    "yue": "zh",
    "cmn": "zh",
    "zn": "zh",
}
LEAST_AGREEMENT = 0.8
_UNSPACED = frozenset({"zh", "ja", "th"})


def direction(options: Sequence[Option], language: str | None) -> int | None:
    """+1 where the words rise with the code, -1 where they fall, None where nothing is sure.

    The outermost known labels must differ and four in five pairs must agree with them.
    """
    known = sorted(
        (option.value, level)
        for option in options
        if option.value is not None
        and not MISSING_CODE_LABELS.search(option.label)
        and (level := intensity(option.label, language)) is not None
    )
    if len(known) < 2 or known[0][1] == known[-1][1]:
        return None
    way = 1 if known[0][1] < known[-1][1] else -1
    pairs = [
        (1 if a[1] < b[1] else -1) == way
        for i, a in enumerate(known)
        for b in known[i + 1 :]
        if a[0] != b[0] and a[1] != b[1]
    ]
    return way if sum(pairs) >= LEAST_AGREEMENT * len(pairs) else None


def intensity(label: str, language: str | None) -> int | None:
    """Where the label stands from -3 to 3, or None where no word of it is known."""
    primary = primary_language(language)
    words = _plain(label)
    best: tuple[int, int] | None = None
    lexicon = _lexicon(primary)
    if lexicon is None or not words:
        return None
    for level, pattern, length in lexicon:
        if (best is None or length > best[0]) and pattern.search(words):
            best = (length, level)
    return best[1] if best else None


def primary_language(language: str | None) -> str:
    primary = re.split(r"[-_]", (language or "en").casefold())[0]
    return ALIASES.get(primary, primary)


def _plain(text: str) -> str:
    """Words only: folded, without vowel signs of Arabic script, punctuation or list numbers."""
    text = re.sub(r"^\s*\(?\d+\s*[.):=-]+\s*", "", text)
    text = unicodedata.normalize("NFC", text).casefold()
    text = "".join(c for c in text if not "\u064b" <= c <= "\u065f" and c != "\u0640")
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)
    return " ".join("".join(kept).split())


@cache
def _lexicon(primary: str) -> tuple[tuple[int, re.Pattern[str], int], ...] | None:
    entry = load("poles").get(primary)
    if entry is None:
        return None
    rows: list[tuple[int, re.Pattern[str], int]] = []
    for key, phrases in entry.items():
        whole = key.startswith("whole_")
        level = {"whole_least": -3, "whole_most": 3, "negation": -3}.get(key)
        for phrase in phrases:
            parts = [re.escape(_plain(part)) for part in str(phrase).split("...")]
            body = r"\b.*\b".join(p.strip() for p in parts)
            if primary not in _UNSPACED:
                body = rf"(?<!\w){body}(?!\w)"
            length = 0 if key == "negation" else len(body)
            pattern = re.compile(rf"^{body}$" if whole else body)
            rows.append((int(key) if level is None else level, pattern, length + 1))
    return tuple(rows)
