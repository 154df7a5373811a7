"""Which questions a prompt puts. Its twin is web/src/person/assessment/asking.ts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holdfast.sense.assessments.engine.plan import Plan, Question


@dataclass(frozen=True)
class Asked:
    """What one answered prompt put: items passed over count as put."""

    day: int
    prompt: str
    items: frozenset[str]


def questions(plan: Plan, day: int, prompt: str, before: Iterable[Asked]) -> tuple[str, ...]:
    """The first questions of a prompt, in the plan's order; follow-ups come from the questionnaire.

    `day` counts from 1. `before` is what the device or the server knows to have been put; what is
    later than this prompt, or this very prompt answered before, changes nothing.
    """
    order = {name: place for place, name in enumerate(plan.prompt_ids)}
    now = (day, order[prompt])
    known = [one for one in before if one.prompt in order and (one.day, order[one.prompt]) < now]
    found: list[str] = []
    occasional = 0
    for question in plan.questions:
        if prompt not in question.at or not _is_due(question, day, known):
            continue
        if question.days:
            if occasional == plan.occasional_per_prompt:
                continue
            occasional += 1
        found.append(question.item)
    return tuple(found)


def _is_due(question: Question, day: int, known: list[Asked]) -> bool:
    put_on = [one.day for one in known if question.item in one.items]
    if question.days:
        begun = [start for start in question.days if start <= day]
        return bool(begun) and not any(on >= begun[-1] for on in put_on)
    return not (question.once_a_day and day in put_on)
