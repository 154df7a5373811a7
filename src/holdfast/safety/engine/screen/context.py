"""What the words near a phrase make of it: ConText (Harkema 2009, doi:10.1016/j.jbi.2009.05.002).

The order is: idiom, quotation and academic talk drop a match; then negation does; then who is meant
and when are settled. A match told as past and over is `watch`; another person's past is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from holdfast.safety.engine.screen.normalise import Words
from holdfast.safety.engine.screen.result import Experiencer, Level, Temporality
from holdfast.safety.engine.screen.rules import Phrase, Rule, Rules

_CUE_REACH: Final = 14  # words between a quotation, academic, past or other-person cue and a match
STOP: Final = "."
_OTHER_REACH: Final = 12  # words before a match in which somebody else may be named
_NEXT_REACH: Final = 9  # words of the next sentence in which it may say that all is over
_AFTER_REACH: Final = 4  # words after a match in which a negation after it may stand


@dataclass(frozen=True, slots=True)
class View:
    """The words of a text as one language rewrites them, with `STOP` where a sentence ends.

    `places[i]` is the index in `words.words` that word i of the view comes from.
    """

    words: Words
    view: tuple[str, ...]
    places: tuple[int, ...]
    joined: str

    @classmethod
    def of(cls, words: Words, rules: Rules) -> View:
        """The view that the rewrites of `rules` give."""
        view: list[str] = []
        places: list[int] = []
        ends = frozenset(words.hard)
        for place, word in enumerate(words.words):
            if place in ends:
                view.append(STOP)
                places.append(place)
            for new in rules.rewrites.get(word, (word,)):
                view.append(new)
                places.append(place)
        return cls(words, tuple(view), tuple(places), f" {' '.join(view)} ")

    def between(self, first: int, last: int) -> str:
        """Words `first` to `last` (excluded), joined."""
        return f" {' '.join(self.view[max(first, 0) : last])} "


@dataclass(frozen=True, slots=True)
class Finding:
    """A match of a rule: words `first` to `last` (excluded), and what context made of it.

    `dropped` names the kind of context that makes it not count.
    """

    rule: Rule
    first: int
    last: int
    level: Level
    temporality: Temporality
    experiencer: Experiencer
    dropped: str | None = None


class Reading:
    """One view read in the light of one language's context words."""

    def __init__(self, view: View, rules: Rules) -> None:
        self._view = view
        self._rules = rules
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def find(self, phrase: Phrase) -> list[Finding]:
        """All matches of a phrase, dropped ones too."""
        found = []
        for match in phrase.find(self._view.joined):
            first = self._view.joined.count(" ", 0, match.start() + 1) - 1
            last = self._view.joined.count(" ", 0, match.end() + 1) - 1
            if last > first:
                found.append(self._judge(phrase, first, last))
        return found

    def _sentence(self, first: int, last: int) -> tuple[int, int]:
        """The sentence around view words `first` to `last`, as view words."""
        view = self._view.view
        while first > 0 and view[first - 1] != STOP:
            first -= 1
        while last < len(view) and view[last] != STOP:
            last += 1
        return first, last

    def _clause(self, first: int, last: int, commas: bool) -> tuple[int, int]:
        """The clause around a match: ended by clause-break words, and by commas if `commas`."""
        start, end = self._sentence(first, last)
        places = self._view.places
        for left, right in self._cues("clause_breaks"):
            if right <= first:
                start = max(start, right)
            if left >= last:
                end = min(end, left)
        if commas:
            for stop in self._view.words.soft:
                if stop <= places[first]:
                    while start < first and places[start] < stop:
                        start += 1
                elif stop > places[last - 1]:
                    while end > last and places[end - 1] >= stop:
                        end -= 1
        return start, end

    def _cues(self, kind: str) -> list[tuple[int, int]]:
        """Where context words of a kind stand, as view words, end excluded."""
        if kind not in self._spans:
            regex = self._rules.context.regex(kind)
            joined = self._view.joined
            self._spans[kind] = [
                (joined.count(" ", 0, m.start() + 1) - 1, joined.count(" ", 0, m.end() + 1) - 1)
                for m in (regex.finditer(joined) if regex else ())
            ]
        return self._spans[kind]

    def _near(self, kind: str, start: int, end: int) -> bool:
        return any(left >= start and right <= end for left, right in self._cues(kind))

    def _judge(self, phrase: Phrase, first: int, last: int) -> Finding:
        rule = phrase.rule
        dropped = self._dropped(phrase, first, last)
        if dropped:
            return Finding(
                rule, *self._places(first, last), rule.level, rule.temporality, rule.experiencer,
                dropped,
            )  # fmt: skip
        experiencer, temporality, level = rule.experiencer, rule.temporality, rule.level
        if experiencer is Experiencer.SELF and self._of_another(rule, first, last):
            experiencer = Experiencer.OTHER
        if temporality is Temporality.NOW and self._past(rule, first, last):
            temporality = Temporality.PAST
            level = min(level, Level.WATCH)
        elif temporality is Temporality.NOW and self._hypothetical(rule, first, last):
            temporality = Temporality.HYPOTHETICAL
            level = min(level, Level.CONCERN)
        elif experiencer is Experiencer.OTHER and self._lately(rule, first, last):
            return Finding(
                rule, *self._places(first, last), min(level, Level.WATCH), Temporality.PAST,
                experiencer,
            )  # fmt: skip
        over = experiencer is Experiencer.OTHER and temporality is Temporality.PAST
        if over and rule.temporality is Temporality.NOW:
            return Finding(
                rule, *self._places(first, last), level, temporality, experiencer, "other_past"
            )
        return Finding(rule, *self._places(first, last), level, temporality, experiencer)

    def _places(self, first: int, last: int) -> tuple[int, int]:
        return self._view.places[first], self._view.places[last - 1] + 1

    def _dropped(self, phrase: Phrase, first: int, last: int) -> str | None:
        ignore = phrase.rule.ignore
        start, end = self._sentence(first, last)
        if phrase.anywhere:
            start, end = 0, len(self._view.view)
        if phrase.spoiled and phrase.spoiled(self._view.between(start, end)):
            return "unless"
        if phrase.supported and not phrase.supported(self._view.between(start, end)):
            return "near"
        if "idiom" not in ignore:
            for left, right in self._cues("idiom"):
                if left < last and right > first:
                    return "idiom"
        for kind in ("quotation", "academic"):
            # "My thesis is killing me, I want to die": the thesis is no frame for the wish.
            own = kind == "academic" and self._own_wish(first, last)
            start, end = self._clause(first, last, commas=own)
            start, end = max(start, first - _CUE_REACH), min(end, last + _CUE_REACH)
            if kind not in ignore and self._near(kind, start, end):
                return kind
        if "negation_before" not in ignore and (
            self._negated(phrase, first, last) or self._asked_and_denied(first, last)
        ):
            return "negation"
        return None

    def _own_wish(self, first: int, last: int) -> bool:
        """Whether the writer speaks of what they want themselves, between the same commas."""
        start, _ = self._clause(first, last, commas=True)
        return self._near("own_wish", start, last)

    def _asked_and_denied(self, first: int, last: int) -> bool:
        """Whether it is what somebody asked, and the answer in the same sentence is no."""
        start, end = self._sentence(first, last)
        return self._near("asked_before", start, first + 1) and self._near("answered_no", last, end)

    def _negated(self, phrase: Phrase, first: int, last: int) -> bool:
        """Whether it is denied: before it (a cue may reach into it), in its gaps, or after it."""
        start, end = self._clause(first, last, commas=True)
        lowest = max(start, first - self._rules.scope)
        own = phrase.pattern.literals
        undone = self._cues("not_negation")
        for left, right in self._cues("negation_before"):
            if any(a <= left and right <= b for a, b in undone):
                continue
            if lowest <= left < first and right <= last:
                return True
            if first <= left and right <= last and not own.issuperset(self._view.view[left:right]):
                return True
        end = min(end, last + _AFTER_REACH)
        return any(
            left >= last and right <= end and not any(a <= left and right <= b for a, b in undone)
            for left, right in self._cues("negation_after")
        )

    def _of_another(self, rule: Rule, first: int, last: int) -> bool:
        if "other_person_before" in rule.ignore:
            return False
        start, _ = self._clause(first, last, commas=False)
        return self._near("other_person_before", max(start, first - _OTHER_REACH), first + 1)

    def _past(self, rule: Rule, first: int, last: int) -> bool:
        if "past" in rule.ignore:
            return False
        start, end = self._clause(first, last, commas=False)
        start, end = max(start, first - _CUE_REACH), min(end, last + _CUE_REACH)
        if not (self._near("past", start, end) or self._closed_after(last)):
            return False
        if self._near("now", *self._clause(first, last, commas=True)):
            return False
        return not self._near("returned", last, self._sentence(last - 1, last)[1])

    def _lately(self, rule: Rule, first: int, last: int) -> bool:
        """Whether it befell somebody else a while ago: to worry about, not to act on now."""
        if "past" in rule.ignore:
            return False
        start, end = self._sentence(first, last)
        start, end = max(start, first - _CUE_REACH), min(end, last + _CUE_REACH)
        told = [cue for cue in self._cues("past_other") if start <= cue[0] and cue[1] <= end]
        return bool(told) and not any(
            left >= start and right <= end and (left, right) not in told
            for left, right in self._cues("now")
        )

    def _closed_after(self, last: int) -> bool:
        """Whether the rest, or how the next sentence begins, says it is over ("I got help")."""
        _, end = self._sentence(last - 1, last)
        return self._near("past_next", last, end + 1 + _NEXT_REACH)

    def _hypothetical(self, rule: Rule, first: int, last: int) -> bool:
        if "hypothetical_before" in rule.ignore:
            return False
        start, _ = self._clause(first, last, commas=False)
        return self._near("hypothetical_before", max(start, first - self._rules.scope), first)
