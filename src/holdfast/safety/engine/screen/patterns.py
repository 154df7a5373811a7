"""The little language of phrases (`(a|b)`, `[optional]`, `*`, `~`, `word-`) as a regex.

The regex runs over words joined with single spaces, with a full stop as a word of its own where a
sentence ends: no match crosses it. Of punctuation, case and accents it meets nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from holdfast.safety.engine.screen.normalise import Normaliser

_LEXEME: Final = re.compile(r"\s+|[()\[\]|]|~\d*|\*|[^\s()\[\]|~*]+")
_DEFAULT_GAP: Final = 3
_MAX_GAP: Final = 12
_MOST_NEEDS: Final = 3


class PatternError(ValueError):
    """A phrase that cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase made ready.

    `regex` (source text) matches from the space before its first word; `anchors` are words, and
    `prefixes` and `suffixes` parts of words, of which every match holds at least one; `words` is
    the least number of words of a match; `literals` all words that it names; of each set of `needs`
    every match holds a word too, so that most texts are told apart without the regex.
    """

    regex: str
    anchors: frozenset[str]
    prefixes: frozenset[str]
    suffixes: frozenset[str]
    words: int
    literals: frozenset[str]
    needs: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    regex: str
    words: int
    anchors: frozenset[tuple[str, str]]  # (kind, word); empty where nothing is required
    weight: float
    literals: frozenset[str]
    needs: tuple[frozenset[tuple[str, str]], ...] = ()  # like `anchors`, of the other parts


_NOTHING: Final = _Part("", 0, frozenset(), 0.0, frozenset())


class PatternReader:
    """Reads phrases of one language.

    `common` are words too frequent to look a phrase up by; `rewrites` (canonical word -> words)
    are applied to the phrase as they are to texts.
    """

    def __init__(self, common: Iterable[str], rewrites: Mapping[str, tuple[str, ...]]) -> None:
        self._common = frozenset(common)
        self._rewrites = rewrites
        self._plain = Normaliser()
        self._literals: dict[str, _Part] = {}  # the same words stand in many phrases

    def read(self, source: str) -> Pattern:
        """The phrase as a `Pattern`. Raises PatternError."""
        lexemes = [one for one in _LEXEME.findall(source) if not one.isspace()]
        if _bare_bar(lexemes):
            raise PatternError(f"{source!r}: alternatives need brackets")
        part, rest = self._alternatives(lexemes, 0)
        if rest != len(lexemes):
            raise PatternError(f"{source!r}: {lexemes[rest]!r} closes nothing")
        if not part.anchors:
            raise PatternError(f"{source!r}: no word that must be there")
        kinds: dict[str, set[str]] = {"word": set(), "prefix": set(), "suffix": set()}
        for kind, word in part.anchors:
            kinds[kind].add(word)
        return Pattern(
            f"{part.regex}(?= )",
            frozenset(kinds["word"]),
            frozenset(kinds["prefix"]),
            frozenset(kinds["suffix"]),
            part.words,
            part.literals,
            tuple(
                frozenset(word for _, word in need)
                for need in part.needs
                if all(kind == "word" for kind, _ in need)
            ),
        )

    def _alternatives(self, lexemes: list[str], at: int) -> tuple[_Part, int]:
        branches = []
        while True:
            branch, at = self._series(lexemes, at)
            branches.append(branch)
            if at == len(lexemes) or lexemes[at] != "|":
                break
            at += 1
        return (branches[0] if len(branches) == 1 else _either(branches)), at

    def _series(self, lexemes: list[str], at: int) -> tuple[_Part, int]:
        parts: list[_Part] = []
        while at < len(lexemes) and lexemes[at] not in {"|", ")", "]"}:
            lexeme = lexemes[at]
            if lexeme in {"(", "["}:
                inner, at = self._alternatives(lexemes, at + 1)
                closing = ")" if lexeme == "(" else "]"
                if at == len(lexemes) or lexemes[at] != closing:
                    raise PatternError(f"{' '.join(lexemes)!r}: {lexeme!r} is never closed")
                parts.append(inner if lexeme == "(" else _optional(inner))
            elif lexeme == "*":
                parts.append(_Part(r" [^\s.]+", 1, frozenset(), 0.0, frozenset()))
            elif lexeme.startswith("~"):
                widest = min(int(lexeme[1:] or _DEFAULT_GAP), _MAX_GAP)
                parts.append(
                    _Part(rf"(?: [^\s.]+){{0,{widest}}}?", 0, frozenset(), 0.0, frozenset())
                )
            else:
                if lexeme not in self._literals:
                    self._literals[lexeme] = self._literal(lexeme)
                parts.append(self._literals[lexeme])
            at += 1
        return _series(parts), at

    def _literal(self, lexeme: str) -> _Part:
        word = lexeme.strip("-") if len(lexeme) > 1 else lexeme
        words = [
            new
            for read in self._plain.words(word).words
            for new in self._rewrites.get(read, (read,))
        ]
        if not words:
            raise PatternError(f"{lexeme!r} holds no word")
        return _series(
            [
                self._word(
                    one,
                    lexeme.endswith("-") and place == len(words) - 1,
                    lexeme.startswith("-") and place == 0,
                )
                for place, one in enumerate(words)
            ]
        )

    def _word(self, word: str, any_ending: bool, any_beginning: bool) -> _Part:
        regex = (
            " "
            + (r"[^\s.]*" if any_beginning else "")
            + re.escape(word)
            + (r"[^\s.]*" if any_ending else "")
        )
        kind = "suffix" if any_beginning else "prefix" if any_ending else "word"
        if any_beginning and any_ending:
            raise PatternError(f"-{word}-: a word may be open at one end only")
        weight = min(len(word), 4) / 40 if word in self._common else 1.0 + min(len(word), 8) / 8
        return _Part(regex, 1, frozenset({(kind, word)}), weight, frozenset({word}))


def _bare_bar(lexemes: list[str]) -> bool:
    """Whether a `|` stands outside all brackets."""
    depth = 0
    for lexeme in lexemes:
        depth += (lexeme in {"(", "["}) - (lexeme in {")", "]"})
        if lexeme == "|" and depth == 0:
            return True
    return False


def _series(parts: list[_Part]) -> _Part:
    if not parts:
        return _NOTHING
    strongest = max(parts, key=lambda part: part.weight if part.anchors else -1.0)
    others = sorted(
        (part for part in parts if part.anchors and part is not strongest),
        key=lambda one: -one.weight,
    )
    return _Part(
        "".join(part.regex for part in parts),
        sum(part.words for part in parts),
        strongest.anchors,
        strongest.weight,
        frozenset().union(*(part.literals for part in parts)),
        (*(part.anchors for part in others), *strongest.needs)[:_MOST_NEEDS],
    )


def _either(branches: list[_Part]) -> _Part:
    required = all(branch.anchors for branch in branches)
    return _Part(
        f"(?:{'|'.join(branch.regex for branch in branches)})",
        min(branch.words for branch in branches),
        frozenset().union(*(branch.anchors for branch in branches)) if required else frozenset(),
        min(branch.weight for branch in branches),
        frozenset().union(*(branch.literals for branch in branches)),
    )


def _optional(part: _Part) -> _Part:
    return _Part(f"(?:{part.regex})?", 0, frozenset(), 0.0, part.literals)


def union(patterns: Iterable[Pattern]) -> Callable[[str], re.Match[str] | None] | None:
    """One search for any of `patterns` in joined words; None where there are none."""
    sources = [pattern.regex for pattern in patterns]
    return re.compile("|".join(sources)).search if sources else None
