"""The one way in: `screen(text, history, locale)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from holdfast.safety.engine.embedding import installed
from holdfast.safety.engine.screen import turns
from holdfast.safety.engine.screen.classifier import Classifier, shipped_classifier
from holdfast.safety.engine.screen.compiled import shipped_rules
from holdfast.safety.engine.screen.context import Finding
from holdfast.safety.engine.screen.language import languages_of
from holdfast.safety.engine.screen.matcher import Matcher
from holdfast.safety.engine.screen.normalise import Words
from holdfast.safety.engine.screen.result import (
    Category,
    Evidence,
    Experiencer,
    Level,
    Screening,
    Temporality,
    Unscreened,
)
from holdfast.safety.engine.screen.rules import Rules, RulesError
from holdfast.safety.engine.screen.sentences import (
    LANGUAGE,
    LEAST_WORDS,
    Sentences,
    shipped_sentences,
)

CLASSIFIER: Final = "classifier"
SENTENCES: Final = "sentences"
MAX_CHARACTERS: Final = 200_000
MAX_HISTORY: Final = 12


class Screener:
    """The layers put together. `classifier` None: rules and context alone.

    `sentences` listens to the newest text only, where no other layer alarms: it takes milliseconds.
    """

    def __init__(
        self,
        rules: Mapping[str, Rules],
        classifier: Classifier | None = None,
        sentences: Sentences | None = None,
    ) -> None:
        self.matcher = Matcher(rules)
        self.classifier = classifier
        self.sentences = sentences

    def screen(
        self, text: str, history: Sequence[str] = (), locale: str | None = None
    ) -> Screening:
        """What `text` says, in the light of the turns before it (`history`, oldest first).

        Raises Unscreened where it cannot be told; that is never `none`.
        """
        _check(text, history)
        now, rest = self._one(text, locale, newest=True)
        if not history:
            return _result(now, Level.NONE, *rest)
        before = [self._one(turn, locale)[0] for turn in history[-MAX_HISTORY:]]
        together = turns.accumulated([*before, now])
        if together >= Level.CONCERN:
            now = [*now, *_from_before(before)]
        return _result(now, together, *rest)

    def screen_many(
        self, texts: Iterable[tuple[str, Sequence[str], str | None]]
    ) -> Iterator[Screening]:
        """Screenings of (text, history, locale), in order, one at a time."""
        for text, history, locale in texts:
            yield self.screen(text, history, locale)

    def findings(self, text: str, locale: str | None = None) -> list[Finding]:
        """What the rules alone find, dropped matches too: for those who write rules."""
        words = self.matcher.normaliser.words(text)
        return self.matcher.find(words, languages_of(text, words.words, locale)[0])

    def _one(
        self, text: str, locale: str | None, newest: bool = False
    ) -> tuple[list[Evidence], tuple[float, tuple[str, ...], bool]]:
        words = self.matcher.normaliser.words(text)
        languages, supported = languages_of(text, words.words, locale)
        findings = self.matcher.find(words, languages)
        evidence = [_evidence(one, words) for one in findings if one.dropped is None]
        dropped = any(one.dropped not in {None, "near"} for one in findings)
        probability = 0.0
        if self.classifier is not None and words.words:
            scored = self.classifier.score(words)
            probability = scored.probability
            if scored.alarm and not dropped:
                evidence.append(
                    _alarm(CLASSIFIER, words.starts[scored.first], words.ends[scored.last - 1])
                )
        may = newest and not dropped and languages[:1] == (LANGUAGE,)
        if may and self._sentences_alarm(text, words, evidence):
            evidence.append(_alarm(SENTENCES, words.starts[0], words.ends[-1]))
        return evidence, (probability, languages, supported)

    def _sentences_alarm(self, text: str, words: Words, evidence: Sequence[Evidence]) -> bool:
        """Whether sentence embeddings, where they are installed, alarm and nothing else does."""
        if self.sentences is None or len(words.words) < LEAST_WORDS:
            return False
        if any(one.level >= Level.CONCERN for one in evidence):
            return False
        return self.sentences.alarms(text)


def _check(text: object, history: Sequence[object]) -> None:
    for one in (text, *history):
        if not isinstance(one, str):
            raise Unscreened("a text and its history are strings")
        if len(one) > MAX_CHARACTERS:
            raise Unscreened(f"longer than {MAX_CHARACTERS} characters")


def _evidence(finding: Finding, words: Words) -> Evidence:
    return Evidence(
        words.starts[finding.first],
        words.ends[finding.last - 1],
        finding.rule.id,
        finding.level,
        finding.rule.category,
        finding.temporality,
        finding.experiencer,
    )


def _alarm(code: str, start: int, end: int) -> Evidence:
    """The evidence of a layer that knows no categories."""
    return Evidence(start, end, code, Level.CONCERN, None)


def _from_before(before: Sequence[Sequence[Evidence]]) -> list[Evidence]:
    """The weak signs of earlier turns, each with its turn."""
    return [
        Evidence(
            one.start, one.end, one.code, one.level, one.category, one.temporality,
            one.experiencer, place - len(before),
        )
        for place, found in enumerate(before)
        for one in found
        if one.level is Level.WATCH
    ]  # fmt: skip


def _result(
    evidence: Sequence[Evidence],
    together: Level,
    probability: float,
    languages: tuple[str, ...],
    supported: bool,
) -> Screening:
    ranked = sorted(evidence, key=lambda one: -one.level)
    level = max([together, *(one.level for one in ranked)])
    categories: tuple[Category, ...] = tuple(
        dict.fromkeys(one.category for one in ranked if one.category is not None)
    )
    first = ranked[0] if ranked else None
    return Screening(
        level,
        categories,
        first.temporality if first else Temporality.NOW,
        first.experiencer if first else Experiencer.SELF,
        tuple(evidence),
        probability,
        languages,
        supported,
    )


@cache
def shipped() -> Screener:
    """The screener with the rules and weights that ship, and the embedder that is installed.

    Raises Unscreened.
    """
    try:
        return Screener(shipped_rules(), shipped_classifier(), shipped_sentences(installed()))
    except (OSError, RulesError, ValueError) as error:
        raise Unscreened(f"rules or weights cannot be used: {type(error).__name__}") from error


def screen(text: str, history: Sequence[str] = (), locale: str | None = None) -> Screening:
    """What a text says for urgency; see `Screener.screen`.

    `history`: the person's own earlier turns, oldest first (the last 12 count). `locale` helps
    where the text is too short to tell its language. Raises Unscreened.
    """
    return shipped().screen(text, history, locale)
