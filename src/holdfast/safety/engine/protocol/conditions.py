"""When a step comes: conditions as a clinician writes them, and what they are asked of."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from holdfast.safety.engine.screen import Category, Level

#: What `has=` may ask for.
THINGS: Final = frozenset({
    "line", "open_line", "emergency", "plan", "minor", "duty", "reporting", "intoxicated",
    "self_waiting", "monitored",
})  # fmt: skip
_TERM: Final = re.compile(r"^(not )?([a-z_]+)(?:(>=|=)([a-z_|]+))?$")


class ConditionError(ValueError):
    """A condition that cannot be read."""


@dataclass(frozen=True)
class Facts:
    """What conditions are asked of."""

    answers: Mapping[str, str]
    level: Level
    categories: Collection[str]
    things: Collection[str]


Condition = Callable[[Facts], bool]


class Conditions:
    """Reads conditions; those with a name may be used in others that stand after them."""

    def __init__(self, named: Mapping[str, Iterable[str]], steps: Collection[str]) -> None:
        self._steps = steps
        self._named: dict[str, Condition] = {}
        for name, alternatives in named.items():
            self._named[name] = self.parse(alternatives)

    def parse(self, alternatives: Iterable[str]) -> Condition:
        """True when one of the alternatives holds, or when there is none. Raises ConditionError."""
        found = [[self._term(term.strip()) for term in one.split("&")] for one in alternatives]

        def holds(facts: Facts) -> bool:
            return not found or any(all(term(facts) for term in one) for one in found)

        return holds

    def _term(self, text: str) -> Condition:
        match = _TERM.match(text)
        if match is None:
            raise ConditionError(f"cannot read {text!r}")
        negated, name, sign, value = match.groups()
        test = self._test(text, name, sign, value)
        return (lambda facts: not test(facts)) if negated else test

    def _test(self, text: str, name: str, sign: str | None, value: str | None) -> Condition:
        if value is None:
            if name not in self._named:
                raise ConditionError(f"no condition is called {name!r}")
            return self._named[name]
        values = frozenset(value.split("|"))
        if sign == ">=":
            if name != "level":
                raise ConditionError(f"{text!r}: only a level can be higher")
            least = Level.of(value)
            return lambda facts: facts.level >= least
        if name == "has":
            if not values <= THINGS:
                raise ConditionError(f"{text!r}: nothing is called that")
            return lambda facts: not values.isdisjoint(facts.things)
        if name == "category":
            if not values <= {one.value for one in Category}:
                raise ConditionError(f"{text!r}: no such category")
            return lambda facts: not values.isdisjoint(facts.categories)
        if name not in self._steps:
            raise ConditionError(f"{text!r}: no step is called {name!r}")
        return lambda facts: facts.answers.get(name) in values
