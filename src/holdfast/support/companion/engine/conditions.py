"""Conditions of a branch: "can_act is no", "belief at least 60", "traps has mind_reading"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_FORM = re.compile(
    r"^(?P<step>[a-z][a-z0-9_]*) "
    r"(?:(?P<word>is not|is|has) (?P<code>[a-z][a-z0-9_]*)"
    r"|(?P<compare>at least|below) (?P<number>\d{1,3})"
    r"|(?P<state>answered|skipped))$"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one step's answer. What was skipped fulfils "is not" and "skipped" only."""

    step: str
    test: str
    code: str | None = None
    number: int = 0

    def holds(self, answers: dict[str, Any]) -> bool:
        """Whether the answers so far fulfil it."""
        value = answers.get(self.step)
        if self.test == "skipped":
            return value is None
        if self.test == "answered":
            return value is not None
        if self.test == "is not":
            return bool(value != self.code)
        if value is None:
            return False
        if self.test == "is":
            return bool(value == self.code)
        if self.test == "has":
            return isinstance(value, list) and self.code in value
        if not isinstance(value, int):
            return False
        return value >= self.number if self.test == "at least" else value < self.number


def parse_condition(text: str) -> Condition:
    """Read one. Raises ValueError that lists the forms."""
    found = _FORM.match(" ".join(text.split()))
    if found is None:
        raise ValueError(
            f"“{text}” is no condition; write for example “can_act is no”, “can_act is not no”, "
            "“belief at least 60”, “belief below 60”, “traps has mind_reading”, "
            "“plan answered” or “plan skipped”"
        )
    test = found["word"] or found["compare"] or found["state"]
    return Condition(found["step"], test, found["code"], int(found["number"] or 0))
