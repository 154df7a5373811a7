"""The codes that profiles and intakes may name, from a file that a clinician can review."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, model_validator

from holdfast.safety.engine import clinicians_yaml

#: Parts of a week: weekday (ISO, Monday first) times three, and the part of the day.
PARTS_OF_DAY = ("morning", "afternoon", "evening")
#: The local hours at which the afternoon and the evening begin.
AFTERNOON, EVENING = 12, 17
PARTS_OF_WEEK = 7 * len(PARTS_OF_DAY)


class Terms(BaseModel):
    """The lists, each without a code twice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    specialties: tuple[str, ...]
    approaches: tuple[str, ...]
    competences: tuple[str, ...]

    @model_validator(mode="after")
    def _once(self) -> Terms:
        for name in ("specialties", "approaches", "competences"):
            codes = getattr(self, name)
            if len(set(codes)) != len(codes):
                raise ValueError(f"{name}: a code stands twice")
        return self


@cache
def load() -> Terms:
    """The shipped lists."""
    path = files("holdfast.meet.matching") / "content/terms.yaml"
    return Terms.model_validate(clinicians_yaml.load(path.read_text(encoding="utf-8")))


def part_of_week(weekday: int, hour: int) -> int:
    """0 to 20 for an ISO weekday (1 Monday) and a local hour (0 to 23)."""
    part = 0 if hour < AFTERNOON else 1 if hour < EVENING else 2
    return (weekday - 1) * len(PARTS_OF_DAY) + part
