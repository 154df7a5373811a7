"""Which questions a prompt puts: the cases that the client runs too, and what holds for all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.sense.assessments.engine.asking import Asked, questions
from holdfast.sense.assessments.engine.plan import PlanError, Question, faults, load, parse_plan
from holdfast.sense.measures.engine.catalogue import builtin

PLAN = load()
PACK = builtin().get("mood-days", "1.0.0")
CASES = json.loads((Path(__file__).parents[2] / "vectors" / "assessment.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_prompt_puts_what_the_case_says(case: dict[str, Any]) -> None:
    before = [Asked(one["day"], one["prompt"], frozenset(one["items"])) for one in case["asked"]]
    assert list(questions(PLAN, case["day"], case["prompt"], before)) == case["expected"]


def test_the_plan_and_its_questionnaire_fit() -> None:
    assert list(faults(PLAN, PACK)) == []


def test_the_plan_covers_the_ten_features_and_no_more() -> None:
    assert [feature.id for feature in PLAN.features] == [
        "depressed-mood", "interest",
        "concentration", "worth-guilt", "hopelessness", "death",
        "sleep", "appetite-weight", "psychomotor", "energy",
    ]  # fmt: skip
    assert [feature.id for feature in PLAN.apart] == ["anxiety", "functioning"]
    assert [one.id for one in PLAN.background] == [
        "past-mania", "bereavement", "substances", "illness",
    ]  # fmt: skip


def test_a_plan_that_does_not_fit_is_found() -> None:
    wrong = replace(
        PLAN, questions=(*PLAN.questions, Question("md_sleep_kind", ("night",), days=(0,)))
    )
    assert list(faults(wrong, PACK)) == [
        "questions.md_sleep_kind: comes as a follow-up already",
        "questions.md_sleep_kind: unknown prompt",
        "questions.md_sleep_kind: a day outside the assessment",
    ]
    with pytest.raises(PlanError, match="Field required"):
        parse_plan({"id": "x", "days": "many"})
    with pytest.raises(PlanError, match="no plan"):
        load("mood-days-9.9.9")


#: Which of the 42 prompts were answered, from the first on.
FORTNIGHTS = st.lists(st.booleans(), min_size=42, max_size=42)


def lived(answered: list[bool]) -> list[Asked]:
    """What was put to somebody who answered these prompts."""
    found: list[Asked] = []
    for number, came in enumerate(answered):
        day, prompt = number // 3 + 1, PLAN.prompt_ids[number % 3]
        if came:
            found.append(Asked(day, prompt, frozenset(questions(PLAN, day, prompt, found))))
    return found


@given(FORTNIGHTS)
def test_thoughts_of_death_are_asked_at_most_once_a_day(answered: list[bool]) -> None:
    days = [one.day for one in lived(answered) if "md_death" in one.items]
    assert len(days) == len(set(days))


@given(FORTNIGHTS)
def test_thoughts_of_death_are_asked_on_every_day_with_an_answer_from_midday_on(
    answered: list[bool],
) -> None:
    fortnight = lived(answered)
    later = {one.day for one in fortnight if one.prompt != "morning"}
    assert {one.day for one in fortnight if "md_death" in one.items} == later


@given(FORTNIGHTS)
def test_what_is_asked_once_or_twice_is_asked_no_oftener_and_never_together(
    answered: list[bool],
) -> None:
    occasional = {question.item for question in PLAN.questions if question.days}
    fortnight = lived(answered)
    for item in occasional:
        assert sum(item in one.items for one in fortnight) <= 2
    assert all(len(one.items & occasional) <= 1 for one in fortnight)


@given(FORTNIGHTS)
def test_no_prompt_is_long(answered: list[bool]) -> None:
    assert all(2 <= len(one.items) <= 10 for one in lived(answered))


@given(FORTNIGHTS, st.randoms(use_true_random=False))
def test_the_order_in_which_answers_became_known_changes_nothing(
    answered: list[bool], dice: Any
) -> None:
    fortnight = lived(answered)
    shuffled = list(fortnight)
    dice.shuffle(shuffled)
    for prompt in PLAN.prompt_ids:
        assert questions(PLAN, 8, prompt, shuffled) == questions(PLAN, 8, prompt, fortnight)
