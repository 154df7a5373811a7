"""All rules of all languages, looked up by the words of a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from holdfast.safety.engine.screen.context import Finding, Reading, View
from holdfast.safety.engine.screen.language import LATIN, SPELT, absent_from
from holdfast.safety.engine.screen.normalise import Normaliser, Words, canonical
from holdfast.safety.engine.screen.rules import Phrase, Rules

_MEMO_LIMIT: Final = 100_000


class Matcher:
    """Finds what rules find. A word that no phrase needs costs one look-up."""

    def __init__(self, rules: Mapping[str, Rules]) -> None:
        self.rules = rules
        self._exact: dict[str, list[Phrase]] = {}
        self._starts: dict[str, list[Phrase]] = {}
        self._ends: dict[str, list[Phrase]] = {}
        for one in rules.values():
            for phrase in one.phrases:
                for table, anchors in (
                    (self._exact, phrase.pattern.anchors),
                    (self._starts, phrase.pattern.prefixes),
                    (self._ends, phrase.pattern.suffixes),
                ):
                    for anchor in anchors:
                        table.setdefault(anchor, []).append(phrase)
        self._memo: dict[str, dict[str, dict[Phrase, None]]] = {}

    @cached_property
    def normaliser(self) -> Normaliser:
        """The normaliser that knows the words of these rules."""
        words: set[str] = set()
        misspelt: set[str] = set()
        for one in self.rules.values():
            misspelt |= one.misspelt
            words |= set(one.rewrites)
            for phrase in one.phrases:
                words |= phrase.pattern.literals
        prefixes = (one for one in self._starts if len(one) > 4)
        return Normaliser(words, prefixes, misspelt, map(canonical, SPELT.split()))

    def find(self, words: Words, languages: Iterable[str]) -> list[Finding]:
        """What the rules of every language find in `words`, dropped matches too, in text order.

        A phrase of one word counts only where the text may be in its language, and none counts in a
        text that is certainly in another.
        """
        ranked = tuple(languages)
        fitting = frozenset(ranked)
        absent = absent_from(words.words, ranked)
        candidates: dict[str, dict[Phrase, None]] = {}
        for word in dict.fromkeys(words.words):
            phrases = self._memo.get(word)
            if phrases is None:
                phrases = self._remember(word)
            for language, some in phrases.items():
                if language in candidates:
                    candidates[language].update(some)
                elif language not in absent:
                    candidates[language] = some.copy()
        findings: list[Finding] = []
        for language, phrases_of in candidates.items():
            rules = self.rules[language]
            least = 2 if language in LATIN and language not in fitting else 0
            there = _with_rewrites(words.words, rules)
            reading: Reading | None = None
            for phrase in phrases_of:
                pattern = phrase.pattern
                if pattern.words < least or _lacking(pattern.needs, there):
                    continue
                reading = reading or Reading(View.of(words, rules), rules)
                findings += reading.find(phrase)
        findings.sort(key=lambda one: (one.first, one.last, one.rule.id))
        return findings

    def _remember(self, word: str) -> dict[str, dict[Phrase, None]]:
        """The phrases to look for in a text with `word`, by language."""
        found = dict.fromkeys(self._looked_up(word))
        for one in self.rules.values():
            for new in one.rewrites.get(word, ()):
                found.update(
                    (phrase, None)
                    for phrase in self._looked_up(new)
                    if phrase.rule.language == one.language
                )
        if len(self._memo) > _MEMO_LIMIT:
            self._memo.clear()
        kept = self._memo[word] = {}
        for phrase in found:
            kept.setdefault(phrase.rule.language, {})[phrase] = None
        return kept

    def _looked_up(self, word: str) -> Iterable[Phrase]:
        yield from self._exact.get(word, ())
        for size in range(1, len(word) + 1):
            yield from self._starts.get(word[:size], ())
            yield from self._ends.get(word[-size:], ())


def _with_rewrites(words: Iterable[str], rules: Rules) -> frozenset[str]:
    """The words of a text, and those that a language reads them as."""
    there = set(words)
    for word in tuple(there):
        if word in rules.rewrites:
            there.update(rules.rewrites[word])
    return frozenset(there)


def _lacking(needs: Iterable[frozenset[str]], there: frozenset[str]) -> bool:
    """Whether a text cannot hold a match, for lack of a word."""
    for need in needs:  # noqa: SIM110 -- a generator would take longer than what it saves
        if need.isdisjoint(there):
            return True
    return False
