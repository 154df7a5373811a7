"""The plan of an assessment: which questions at which prompts, and what counts as reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any, ClassVar, Literal

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

from holdfast.sense.measures.engine.instrument import Instrument

_STRICT = ConfigDict(extra="forbid")
Cluster = Literal["affective", "cognitive", "neurovegetative"]
CURRENT = "mood-days-1.0.0"


class PlanError(ValueError):
    """A plan that cannot be used. The message names the place in it and the fault."""


@dataclass(frozen=True)
class PromptTime:
    """One of a day's prompts; `at` is the local time offered, HH:MM."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    at: str


@dataclass(frozen=True)
class Question:
    """When an item is put.

    `at` are the prompts that may put it. `once_a_day`: the first answered one of them does.
    `days`: occasional; from each of these days on (1 is the first) until it was put once.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    item: str
    at: tuple[str, ...]
    once_a_day: bool = False
    days: tuple[int, ...] = ()


@dataclass(frozen=True)
class Feature:
    """What a day is counted for: an item at or above its code at any prompt of the day.

    `most` names the follow-up "for most of the day"; `kinds` those that say which kind.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    reported: Mapping[str, int]
    cluster: Cluster | None = None
    most: str | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Background:
    """A question asked once or twice, whose answers are given as they are."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    item: str


@dataclass(frozen=True)
class InstrumentName:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    version: str


@dataclass(frozen=True)
class Plan:
    """One version of an assessment."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    version: str
    instrument: InstrumentName
    days: int
    prompts: tuple[PromptTime, ...]
    window_minutes: int
    occasional_per_prompt: int
    questions: tuple[Question, ...]
    features: tuple[Feature, ...]
    apart: tuple[Feature, ...]
    background: tuple[Background, ...]
    references: Mapping[str, str]
    ask_again: tuple[str, ...] = ()

    @cached_property
    def prompt_ids(self) -> tuple[str, ...]:
        return tuple(prompt.id for prompt in self.prompts)

    @cached_property
    def counted(self) -> tuple[Feature, ...]:
        """The features of the episode, and those reported apart."""
        return self.features + self.apart


_ADAPTER = TypeAdapter(Plan)


def parse_plan(data: Mapping[str, Any]) -> Plan:
    """Build a plan from a parsed file. Raises PlanError."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise PlanError(f"{where}: {first['msg']}") from error


@cache
def load(name: str = CURRENT) -> Plan:
    """A plan that ships, by its id and version, read once. Raises PlanError."""
    path = files("holdfast.sense.assessments") / "content" / "plans" / f"{name}.yaml"
    if not path.is_file():
        raise PlanError(f"no plan {name!r}")
    return parse_plan(yaml.safe_load(path.read_text(encoding="utf-8")))


def faults(plan: Plan, instrument: Instrument) -> Iterator[str]:
    """What is wrong between a plan and its questionnaire; nothing where they fit."""
    asked = {question.item for question in plan.questions}
    for question in plan.questions:
        where = f"questions.{question.item}"
        item = instrument.by_id.get(question.item)
        if item is None:
            yield f"{where}: no such item"
        elif item.show_if is not None:
            yield f"{where}: comes as a follow-up already"
        if not set(question.at) <= set(plan.prompt_ids):
            yield f"{where}: unknown prompt"
        if any(not 1 <= day <= plan.days for day in question.days):
            yield f"{where}: a day outside the assessment"
        if any(later <= early for early, later in pairwise(question.days)):
            yield f"{where}: days in ascending order"
    for item in instrument.items:
        if item.id not in asked and item.show_if is None:
            yield f"items.{item.id}: never asked"
    for feature in plan.counted:
        for name, code in feature.reported.items():
            if name not in instrument.by_id or not instrument.options_of(name).allows(code):
                yield f"features.{feature.id}: {name} has no code {code}"
        for name in (*feature.kinds, *filter(None, [feature.most])):
            if name not in instrument.by_id:
                yield f"features.{feature.id}: no item {name!r}"
    for one in plan.background:
        if one.item not in asked:
            yield f"background.{one.id}: {one.item} is never asked"
