"""What a fortnight's answers add up to: on how many days each feature was reported.

Only counts. Whether somebody has a depressive episode is for a human to judge, and nothing here
says so: ICD-11's requirement is described in the reports' words, with its source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from holdfast.sense.assessments.engine.plan import Cluster, Feature, Plan

#: A day's state for one feature: at or above its code; below it; put and passed over; not put.
Day = Literal["reported", "below", "passed", "not-asked"]
Known = Literal["no", "yes", "not-sure", "passed"]
_KNOWN: Mapping[int, Known] = {0: "no", 1: "yes", 2: "not-sure"}


@dataclass(frozen=True)
class Given:
    """One answered prompt: `answers` maps items put to codes, null where passed over.

    `late`: it was received after its window had closed.
    """

    day: int
    prompt: str
    answers: Mapping[str, float | None]
    late: bool = False


@dataclass(frozen=True)
class KindDays:
    """On how many days one kind was named; its words are those of the item's option."""

    item: str
    code: int
    days: int


@dataclass(frozen=True)
class FeatureCount:
    """`reported` of `answered` days (those on which it was put and answered at least once)."""

    id: str
    cluster: Cluster | None
    reported: int
    answered: int
    days: tuple[Day, ...]
    #: On how many days it was said to have lasted most of the day; None where that is not asked.
    most_of_day: int | None
    kinds: tuple[KindDays, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class BackgroundAnswer:
    day: int
    on: date
    answer: Known


@dataclass(frozen=True)
class BackgroundCount:
    id: str
    item: str
    answers: tuple[BackgroundAnswer, ...]


@dataclass(frozen=True)
class PromptCount:
    """Prompts of the whole assessment; `late` ones are among the answered."""

    planned: int
    answered: int
    late: int
    missed: int


@dataclass(frozen=True)
class Report:
    """What both reports are made of."""

    plan: str
    version: str
    starts_on: date
    ends_on: date
    days: int
    #: Days with at least one answered prompt, of those that have begun.
    answered_days: int
    begun_days: int
    prompts: PromptCount
    features: tuple[FeatureCount, ...]
    apart: tuple[FeatureCount, ...]
    background: tuple[BackgroundCount, ...]


def count(
    plan: Plan,
    given: Sequence[Given],
    *,
    starts_on: date,
    today: date,
    closed: int,
) -> Report:
    """Count the days. `closed` is how many prompts' windows are over; days outside are left out.

    `today` is the person's date: days after it have not begun. An answered prompt is counted once
    however often it was answered.
    """
    inside = sorted(
        (one for one in given if 1 <= one.day <= plan.days),
        key=lambda one: (one.day, _place(plan, one.prompt)),
    )
    last = starts_on + timedelta(days=plan.days - 1)
    answered = {(one.day, one.prompt) for one in inside if one.prompt in plan.prompt_ids}
    late = {(one.day, one.prompt) for one in inside if one.late} & answered
    return Report(
        plan=plan.id,
        version=plan.version,
        starts_on=starts_on,
        ends_on=last,
        days=plan.days,
        answered_days=len({one.day for one in inside}),
        begun_days=min(plan.days, max(0, (today - starts_on).days + 1)),
        prompts=PromptCount(
            planned=plan.days * len(plan.prompts),
            answered=len(answered),
            late=len(late),
            missed=max(0, closed - len(answered)),
        ),
        features=tuple(_feature(plan, one, inside) for one in plan.features),
        apart=tuple(_feature(plan, one, inside) for one in plan.apart),
        background=tuple(
            BackgroundCount(one.id, one.item, _background(one.item, inside, starts_on))
            for one in plan.background
        ),
    )


def _place(plan: Plan, prompt: str) -> int:
    return plan.prompt_ids.index(prompt) if prompt in plan.prompt_ids else len(plan.prompts)


def _feature(plan: Plan, feature: Feature, given: Sequence[Given]) -> FeatureCount:
    days = tuple(
        _day(feature, [one.answers for one in given if one.day == day])
        for day in range(1, plan.days + 1)
    )
    return FeatureCount(
        id=feature.id,
        cluster=feature.cluster,
        reported=days.count("reported"),
        answered=days.count("reported") + days.count("below"),
        days=days,
        most_of_day=None if feature.most is None else _days_with(given, feature.most, 1),
        kinds=tuple(_kinds(feature, given)),
        items=tuple(feature.reported),
    )


def _day(feature: Feature, answers: Sequence[Mapping[str, float | None]]) -> Day:
    put = [
        (codes[item], level)
        for codes in answers
        for item, level in feature.reported.items()
        if item in codes
    ]
    known = [(code, level) for code, level in put if code is not None]
    if any(code >= level for code, level in known):
        return "reported"
    if known:
        return "below"
    return "passed" if put else "not-asked"


def _days_with(given: Sequence[Given], item: str, code: int) -> int:
    return len({one.day for one in given if one.answers.get(item) == code})


def _kinds(feature: Feature, given: Sequence[Given]) -> list[KindDays]:
    found: Counter[tuple[str, int]] = Counter()
    for item in feature.kinds:
        level = feature.reported.get(item, 1)
        named = {
            (one.day, int(code))
            for one in given
            if (code := one.answers.get(item)) is not None and code >= level
        }
        found.update((item, code) for _, code in named)
    return [KindDays(item, code, days) for (item, code), days in sorted(found.items())]


def _background(item: str, given: Sequence[Given], starts_on: date) -> tuple[BackgroundAnswer, ...]:
    return tuple(
        BackgroundAnswer(
            one.day,
            starts_on + timedelta(days=one.day - 1),
            "passed" if (code := one.answers[item]) is None else _KNOWN[int(code)],
        )
        for one in given
        if item in one.answers
    )
