"""The one way in: `check(sentence, said=..., language=...)`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from holdfast.safety.engine.gate import form
from holdfast.safety.engine.gate.grounding import is_grounded
from holdfast.safety.engine.gate.rules import Policy, PolicyError, shipped_policies
from holdfast.safety.engine.screen import Screening, Unscreened, screen
from holdfast.safety.engine.screen.context import View
from holdfast.safety.engine.screen.language import base_language
from holdfast.safety.engine.screen.matcher import Matcher

NO_RULES: Final = "no-rules"
SCREEN: Final = "screen"
UNSCREENED: Final = "unscreened"
NOT_SAID: Final = "not-said"
OPENING: Final = "opening"
HIDDEN: Final = "hidden-words"
_RUN: Final = 6  # words in a row shared with hidden text that are no chance
_SAID_BEFORE: Final = 400  # characters of the sentences before it that are read along
Screen = Callable[..., Screening]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a sentence may be shown; `reasons` are codes, none where it may.

    `version` names the rules that decided.
    """

    allowed: bool
    reasons: tuple[str, ...]
    version: str


class Gate:
    """The policies of all languages and the screen.

    A sentence is held against the rules of every language: a forbidden phrase does not pass by
    standing in another one.
    """

    def __init__(self, policies: Mapping[str, Policy], screen: Screen = screen) -> None:
        self.policies = policies
        self._screen = screen
        self._matcher = Matcher({name: one.rules for name, one in policies.items()})
        self._families = {
            rule: family for one in policies.values() for rule, family in one.families.items()
        }

    def family(self, reason: str) -> str:
        """The family of a reason: that of a rule, or the code itself."""
        return self._families.get(reason, reason)

    def version(self, language: str) -> str:
        """The version of the rules for a language; `none` where there are none."""
        policy = self.policies.get(base_language(language) or "")
        return policy.version if policy else "none"

    def warm(self) -> None:
        """Read what the first sentence in each language would otherwise wait for."""
        for language in self.policies:
            self.check("You were tired.", said="tired", language=language)

    def check(
        self,
        sentence: str,
        *,
        said: str | None,
        language: str,
        before: str = "",
        hidden: str = "",
        pinned: Collection[str] = (),
    ) -> Decision:
        """Whether `sentence` may be shown. Never raises on any text.

        `said` is what the person wrote and the question they answered; None: not known, and then
        nothing is asked of where words come from. `before` is the generated text already shown (a
        phrase may not be spread over sentences), `hidden` text that must not show through,
        `pinned` the numbers that stand on the screen anyway.
        """
        base = base_language(language) or ""
        if base not in self.policies:
            return Decision(False, (NO_RULES,), "none")
        reasons = form.faults(sentence, said=said, language=base, pinned=pinned)
        if len(sentence) <= form.MOST_CHARACTERS:
            reasons += self._of_policy(sentence, before, base)
            reasons += self._of_screen(sentence, base)
            if said is not None and not is_grounded(sentence, said, self.policies[base].free, base):
                reasons.append(NOT_SAID)
            if hidden and _shares_a_run(sentence, hidden):
                reasons.append(HIDDEN)
        return Decision(not reasons, tuple(dict.fromkeys(reasons)), self.version(base))

    def _of_policy(self, sentence: str, before: str, language: str) -> list[str]:
        found = self._found(sentence, language)
        policy = self.policies[language]
        words = self._matcher.normaliser.words(sentence)
        if not policy.openings.match(View.of(words, policy.rules).joined):
            found.append(OPENING)
        if before:
            # Without the marks between them, so that what is spread over two is one phrase.
            end = before[-_SAID_BEFORE:].rstrip(" .!?…。！？؟।\n")
            known = self._found(end, language)
            found += [
                rule for rule in self._found(f"{end} {sentence}", language) if rule not in known
            ]
        return found

    def _found(self, text: str, language: str) -> list[str]:
        words = self._matcher.normaliser.words(text)
        findings = self._matcher.find(words, (language,))
        return [one.rule.id for one in findings if one.dropped is None]

    def _of_screen(self, sentence: str, language: str) -> list[str]:
        try:
            screening = self._screen(sentence, (), language)
        except Unscreened:
            return [UNSCREENED]
        return [SCREEN] if screening.alarm else []


def _shares_a_run(sentence: str, hidden: str) -> bool:
    """Whether `_RUN` words in a row of the one stand in the other."""
    words = form.words_of(sentence)
    joined = f" {' '.join(form.words_of(hidden))} "
    runs = (words[at : at + _RUN] for at in range(len(words) - _RUN + 1))
    return any(f" {' '.join(run)} " in joined for run in runs)


@cache
def shipped() -> Gate:
    """The gate with the rules that ship, ready to judge: a second's work, best done before a fork.

    Raises PolicyError.
    """
    gate = Gate(shipped_policies())
    gate.warm()
    return gate


def check(sentence: str, *, said: str | None, language: str) -> Decision:
    """Whether a generated sentence may be shown to the person who wrote `said`; see `Gate.check`.

    Where the rules cannot be read nothing may be shown.
    """
    try:
        return shipped().check(sentence, said=said, language=language)
    except PolicyError:
        return Decision(False, (NO_RULES,), "none")
