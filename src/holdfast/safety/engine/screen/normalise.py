"""A text as the words that the layers read, with the place of each in the original.

Undone here: letter case, accents and vowel marks, full-width and decorated letters, look-alikes
from other scripts, curly quotes, invisible characters, elongations ("dieeee"), spaced or dotted
letters ("k i l l"), letters written as digits or signs ("su1c1de", "k!ll", "s*icide"), run-together
hashtags. Han characters are a word each, traditional ones read as simplified. A letter of the Latin
script that repeats is read once ("kill" is "kil"), in rules as in texts, so spelling matters less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from holdfast.safety.engine.screen.letters import FOLDING, HOMOGLYPHS

HAN: Final = "\u3400-\u9fff"
_LETTER: Final = rf"[^\W_{HAN}\u3040-\u30ff]|[\u0900-\u0963\u0966-\u097f]"
# One token: a Han or kana character, one of our emoji, a word (which may hold an apostrophe, or
# signs that stand for letters), or marks that end a sentence or a clause.
_TOKEN: Final = re.compile(
    rf"(?P<han>[{HAN}\u3040-\u30ff]|[🔪💊🔫💀⚰🩸🪢😂💔👋])"
    rf"|(?P<word>[#$@*]?(?:{_LETTER})+(?:['@*$!|]+(?:{_LETTER})+)*)"
    r"|(?P<hard>[.!?]+|\n\s*\n)"
    r"|(?P<soft>[,;:()\[\]\"«»“”„「」『』\n]|\s-\s)"
)
_ELISION: Final = re.compile(r"(?:[jldnmtsc]|qu|jusqu|lorsqu|puisqu)'")
_SPACED: Final = re.compile(r"(?<![^\W_])[a-z](?:[ .\-_*][a-z]){2,}(?![^\W_'])")
_REPEATED_LATIN: Final = re.compile(r"([a-z])\1+")
_REPEATED: Final = re.compile(r"([^\W\d])\1{2,}")
_LEET: Final = str.maketrans("0134578@$!|", "oieastbasii")
_UNIT: Final = re.compile(r"\d+[a-z]{0,4}")
_MIN_FUZZY: Final = 6
# German verbs that an umlaut alone tells from their past: "ich wär tot" is not "ich war tot".
_UMLAUT: Final = re.compile(
    r"(?<!\w)(?:w\u00e4r|w\u00fcrd|h\u00e4tt|k\u00f6nnt|m\u00f6cht|m\u00fcsst|d\u00fcrft)",
    re.IGNORECASE,
)
_ARABIC_AND: Final = ("و", "ف")
_ARABIC_BY: Final = "ب"
_ARABIC_JOINED: Final = frozenset({*_ARABIC_AND, _ARABIC_BY})
_MEMO_LIMIT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in order.

    `starts` and `ends` are offsets into the original text; `hard` and `soft` say before which word
    a sentence or a clause ends (indices into `words`, ascending).
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    hard: tuple[int, ...]
    soft: tuple[int, ...]

    @property
    def joined(self) -> str:
        """All words, a space before, between and after."""
        return f" {' '.join(self.words)} "


def fold(text: str) -> tuple[str, list[int] | None]:
    """The text with each character folded, and the original offset of each character of it.

    None for the offsets means that they are unchanged.
    """
    if text.isascii():
        return text.lower(), None
    pieces = [FOLDING[ord(character)] for character in text]
    for found in _UMLAUT.finditer(text):
        pieces[found.start() + 1] += "e"
    folded = "".join(pieces)
    if all(len(piece) == 1 for piece in pieces):
        return folded, None
    origin: list[int] = []
    for place, piece in enumerate(pieces):
        origin.extend([place] * len(piece))
    return folded, origin


class Normaliser:
    """Reads texts as words.

    `vocabulary` are the words that rules look for: a sign or digit is read as a letter, and a run
    of letters cut into words, only where that gives one of them. `misspelt` are words for which a
    word one slip away (a letter missing, added, wrong, or two swapped) is taken, unless it is one
    of `spelt`, real words that are meant as they stand.
    """

    def __init__(
        self,
        vocabulary: Iterable[str] = (),
        prefixes: Iterable[str] = (),
        misspelt: Iterable[str] = (),
        spelt: Iterable[str] = (),
    ) -> None:
        self.vocabulary = frozenset(vocabulary)
        self._prefixes = tuple(prefixes)
        known = self.vocabulary | frozenset(spelt)
        # In order: which of two words a common slip is taken for must not vary by process.
        self._slips = {slip: word for word in sorted(misspelt) for slip in _slips(word) - known}
        self._starred = tuple(sorted(word for word in self.vocabulary if len(word) > 2))
        self._memo: dict[str, tuple[str, ...]] = {}

    def words(self, text: str) -> Words:
        """The words of `text`. Never raises on any text."""
        folded, origin = fold(text)
        spaced = {}
        if len(folded) > 4:
            spaced = {found.start(): found.end() for found in _SPACED.finditer(folded)}
        words: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        hard: list[int] = []
        soft: list[int] = []
        memo = self._memo
        skip = 0
        for found in _TOKEN.finditer(folded):
            start, end = found.span()
            if start < skip:
                continue
            kind = found.lastgroup
            if kind == "hard":
                hard.append(len(words))
                continue
            if kind == "soft":
                soft.append(len(words))
                continue
            token = found.group()
            parts: tuple[str, ...] | None = None
            if start in spaced:
                parts = self._unspaced(folded[start : spaced[start]])
                if parts is not None:
                    end = skip = spaced[start]
            if parts is None:
                parts = memo.get(token)
            if parts is None:
                parts = self._read(token)
                if len(memo) > _MEMO_LIMIT:
                    memo.clear()
                memo[token] = parts
            words += parts
            starts += [start] * len(parts)
            ends += [end] * len(parts)
        if origin is not None:
            starts = [origin[start] for start in starts]
            ends = [origin[end - 1] + 1 for end in ends]
        return Words(tuple(words), tuple(starts), tuple(ends), tuple(hard), tuple(soft))

    def _known(self, word: str) -> bool:
        return word in self.vocabulary or word.startswith(self._prefixes)

    def _read(self, token: str) -> tuple[str, ...]:
        """The words that a token is read as."""
        tagged = token.startswith("#")
        token = token.removeprefix("#")
        elided = _ELISION.match(token)
        if elided and elided.end() < len(token):
            return (elided.group()[:-1], *self._read(token[elided.end() :]))
        plain = canonical(token)
        if any(sign in token for sign in "@*$!|") or any(c.isdigit() for c in token):
            return self._unleet(token)
        if plain in self._slips:
            return (self._slips[plain],)
        if tagged and not self._known(plain):
            return self._cut(token) or (plain,)
        if plain[:1] in _ARABIC_JOINED and not self._known(plain):
            return self._unjoined(plain)
        return (plain,) if plain else ()

    def _unjoined(self, word: str) -> tuple[str, ...]:
        """An Arabic word without the "and", "so" or "by" written onto it, where rules know it."""
        rest = word[1:]
        if len(rest) < (4 if word[0] == _ARABIC_BY else 3) or rest not in self.vocabulary:
            return (word,)
        return (word[0], rest) if word[0] in _ARABIC_AND else (rest,)

    def _unleet(self, token: str) -> tuple[str, ...]:
        if not _UNIT.fullmatch(token):
            letters = canonical(token.replace("11", "ll").translate(_LEET))
            if "*" not in letters:
                letters = self._slips.get(letters, letters)
                if self._known(letters):
                    return (letters,)
            else:
                hidden = re.compile(letters.replace("*", "[a-z]{0,2}"))
                for word in self._starred:
                    if hidden.fullmatch(word):
                        return (word,)
        pieces = re.split(r"[@*$!|]+", token)
        return tuple(word for word in map(canonical, pieces) if word)

    def _unspaced(self, run: str) -> tuple[str, ...] | None:
        """The words of a run of single letters, or None where it gives none that rules know."""
        letters = "".join(c for c in run if c.isalpha())
        word = canonical(letters)
        word = self._slips.get(word, word)
        return (word,) if self._known(word) else self._cut(letters)

    def _cut(self, letters: str) -> tuple[str, ...] | None:
        """`letters` as a series of known words, longest first, or None."""
        if not letters or len(letters) > 60:
            return None
        best: list[tuple[str, ...] | None] = [None] * (len(letters) + 1)
        best[0] = ()
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 16), end):
                before = best[start]
                piece = canonical(letters[start:end])
                if before is None or piece not in self.vocabulary:
                    continue
                known = best[end]
                if known is None or len(before) + 1 < len(known):
                    best[end] = (*before, piece)
        return best[-1]


def canonical(token: str) -> str:
    """A folded word without apostrophes, look-alikes and repeated letters."""
    word = token.replace("'", "")
    if not word.isascii():
        changed = word.translate(HOMOGLYPHS)
        if changed != word and changed.isascii():
            word = changed
        word = _REPEATED.sub(r"\1", word)
    return _REPEATED_LATIN.sub(r"\1", word)


def _slips(word: str) -> set[str]:
    """All that is one slip away from `word`."""
    if len(word) < _MIN_FUZZY:
        return set()
    letters = "abcdefghijklmnopqrstuvwxyz" if word.isascii() else ""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    slips = {left + right[1:] for left, right in cuts if right}
    slips |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    slips |= {left + c + right[1:] for left, right in cuts if right for c in letters}
    slips |= {left + c + right for left, right in cuts for c in letters}
    return {canonical(slip) for slip in slips} - {word}
