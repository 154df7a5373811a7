"""Another record's daily moments as prompts of an assessment, by a mapping that says what it does.

For records that were kept for another purpose (a study's diary): a column stands for a feature
where a clinician wrote down that it does, at a level that is stated. What no column stands for is
named, and reported as not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from holdfast.sense.assessments.engine.counting import Given
from holdfast.sense.assessments.engine.plan import Plan


@dataclass(frozen=True)
class Column:
    """Reported where the value is `at_least` or `at_most` so much; `item` takes its place."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    column: str
    item: str
    why: str
    at_least: float | None = None
    at_most: float | None = None

    def reports(self, value: float) -> bool:
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


@dataclass(frozen=True)
class DiaryMapping:
    """`prompts` are the hours (local) at which a day's prompts begin, in order."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    source: str
    prompts: tuple[int, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Moment:
    """One row of the record: a local day and hour, and its values by column."""

    on: date
    hour: int
    values: Mapping[str, float]


_ADAPTER = TypeAdapter(DiaryMapping)


def parse_mapping(data: object) -> DiaryMapping:
    """Raises pydantic's ValidationError for a mapping that cannot be used."""
    return _ADAPTER.validate_python(data)


def given(
    plan: Plan, mapping: DiaryMapping, moments: Iterable[Moment], *, starts_on: date
) -> list[Given]:
    """The moments as answered prompts: an item's level where a column reports it, else 0."""
    levels = {item: level for one in plan.counted for item, level in one.reported.items()}
    found = []
    for moment in moments:
        answers = {
            column.item: levels[column.item] if column.reports(value) else 0
            for column in mapping.columns
            if (value := moment.values.get(column.column)) is not None
        }
        slot = sum(moment.hour >= hour for hour in mapping.prompts[1:])
        day = (moment.on - starts_on).days + 1
        if answers:
            found.append(Given(day, plan.prompt_ids[slot], answers))
    return found


def not_covered(plan: Plan, mapping: DiaryMapping) -> tuple[str, ...]:
    """Features and background questions that no column stands for, by their ids."""
    items = {column.item for column in mapping.columns}
    silent = [one.id for one in plan.counted if items.isdisjoint(one.reported)]
    return (*silent, *(one.id for one in plan.background if one.item not in items))
