"""What a screening says. Codes and offsets only: never a word of the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Level(IntEnum):
    """How soon a human should look. An alarm is `CONCERN` or more."""

    NONE = 0
    WATCH = 1
    CONCERN = 2
    URGENT = 3
    EMERGENCY = 4

    @property
    def code(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> Level:
        """The level named `code`. ValueError if there is none."""
        try:
            return cls[code.upper()]
        except KeyError:
            known = ", ".join(level.code for level in cls)
            raise ValueError(f"no level {code!r}; there are: {known}") from None


class Category(StrEnum):
    """What a text speaks of."""

    PASSIVE_IDEATION = "passive_ideation"
    ACTIVE_IDEATION = "active_ideation"
    PLAN_OR_PREPARATION = "plan_or_preparation"
    ATTEMPT = "attempt"
    SELF_HARM = "self_harm"
    HARM_TO_OTHERS = "harm_to_others"
    ABUSE_OR_VIOLENCE = "abuse_or_violence"
    MEDICAL_EMERGENCY = "medical_emergency"
    PSYCHOSIS_OR_MANIA = "psychosis_or_mania"
    EATING_DISORDER = "eating_disorder"


class Temporality(StrEnum):
    """When what is spoken of is, or was."""

    NOW = "now"
    PAST = "past"
    HYPOTHETICAL = "hypothetical"


class Experiencer(StrEnum):
    """Who is at risk."""

    SELF = "self"
    OTHER = "other"


class Unscreened(Exception):
    """The text could not be screened: show the crisis lines, raise an alarm, call nothing safe."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage and why it counts.

    `start` and `end` are offsets into the original text, in code points, end excluded; `code` is
    the id of a rule, `classifier`, or `turns`. `turn` is 0 for the text itself and -1, -2 ... for
    the turns before it, whose offsets are then into that turn.
    """

    start: int
    end: int
    code: str
    level: Level
    category: Category | None
    temporality: Temporality = Temporality.NOW
    experiencer: Experiencer = Experiencer.SELF
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screen says of one text.

    `probability` is calibrated on texts held out from training and serves to choose a threshold;
    it says nothing of a person and is never shown. `supported` is False where the text's language
    is none that the screen was made for: the level then rests on what could be run, and `none`
    means nothing.
    """

    level: Level
    categories: tuple[Category, ...]
    temporality: Temporality
    experiencer: Experiencer
    evidence: tuple[Evidence, ...]
    probability: float
    languages: tuple[str, ...]
    supported: bool

    @property
    def alarm(self) -> bool:
        """Whether a human should hear of it."""
        return self.level >= Level.CONCERN
