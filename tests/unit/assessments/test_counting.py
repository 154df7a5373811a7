"""On how many days each feature was reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.sense.assessments.engine.counting import (
    FeatureCount,
    Given,
    KindDays,
    PromptCount,
    Report,
    count,
)
from holdfast.sense.assessments.engine.plan import load

PLAN = load()
FIRST = date(2026, 10, 18)
AFTER = date(2026, 11, 1)


def counted(*answers: Given, closed: int = 42, today: date = AFTER) -> Report:
    return count(PLAN, answers, starts_on=FIRST, today=today, closed=closed)


def feature(report: Report, name: str) -> FeatureCount:
    return next(one for one in (*report.features, *report.apart) if one.id == name)


def at(day: int, prompt: str = "morning", late: bool = False, **answers: float | None) -> Given:
    codes: Mapping[str, float | None] = {f"md_{name}": code for name, code in answers.items()}
    return Given(day, prompt, codes, late)


def test_one_prompt_at_the_level_makes_the_day() -> None:
    report = counted(at(1, "morning", mood=0), at(1, "midday", mood=2), at(1, "evening", mood=1))
    mood = feature(report, "depressed-mood")
    assert (mood.reported, mood.answered) == (1, 1)
    assert mood.days[:2] == ("reported", "not-asked")


def test_below_the_level_the_day_is_answered_and_not_reported() -> None:
    mood = feature(counted(at(1, mood=1), at(2, mood=1)), "depressed-mood")
    assert (mood.reported, mood.answered) == (0, 2)


def test_any_thought_of_death_counts() -> None:
    death = feature(counted(at(1, death=0), at(2, death=1), at(3, death=2)), "death")
    assert (death.reported, death.answered) == (2, 3)


def test_a_question_passed_over_is_neither_a_yes_nor_a_no() -> None:
    death = feature(counted(at(1, "midday", death=None)), "death")
    assert (death.reported, death.answered, death.days[0]) == (0, 0, "passed")


def test_a_passed_question_does_not_hide_an_answer_of_the_same_day() -> None:
    mood = feature(counted(at(1, mood=None), at(1, "evening", mood=0)), "depressed-mood")
    assert mood.days[0] == "below"


def test_either_appetite_or_weight_makes_the_day() -> None:
    change = feature(
        counted(at(1, appetite=3, appetite_kind=1), at(7, weight=2), at(8, weight=0, appetite=1)),
        "appetite-weight",
    )
    assert (change.reported, change.answered) == (2, 3)
    assert change.kinds == (KindDays("md_appetite_kind", 1, 1), KindDays("md_weight", 2, 1))


def test_kinds_are_counted_in_days_not_in_answers() -> None:
    sleep = feature(
        counted(at(1, "morning", sleep=2, sleep_kind=3), at(1, "midday", sleep=2, sleep_kind=3)),
        "sleep",
    )
    assert sleep.kinds == (KindDays("md_sleep_kind", 3, 1),)


def test_most_of_the_day_is_counted_where_it_is_asked() -> None:
    report = counted(at(1, mood=3, mood_most=1), at(2, mood=3, mood_most=0), at(3, mood=0))
    assert feature(report, "depressed-mood").most_of_day == 1
    assert feature(report, "sleep").most_of_day is None


def test_anxiety_and_functioning_are_apart_from_the_ten() -> None:
    report = counted(at(1, anxiety=3, function=2))
    assert [one.reported for one in report.apart] == [1, 1]
    assert sum(one.reported for one in report.features) == 0


@pytest.mark.parametrize(
    ("code", "said"), [(0, "no"), (1, "yes"), (2, "not-sure"), (None, "passed")]
)
def test_background_answers_are_given_as_they_are(code: int | None, said: str) -> None:
    mania = next(one for one in counted(at(2, mania=code)).background if one.id == "past-mania")
    (only,) = mania.answers
    assert (only.day, only.on, only.answer) == (2, date(2026, 10, 19), said)


def test_prompts_are_counted_once_and_late_ones_are_among_the_answered() -> None:
    report = counted(
        at(1, "morning", mood=1), at(1, "morning", mood=2), at(1, "midday", mood=1, late=True),
        closed=6,
    )  # fmt: skip
    assert report.prompts == PromptCount(planned=42, answered=2, late=1, missed=4)
    assert report.answered_days == 1


def test_an_answer_to_no_prompt_counts_for_its_day() -> None:
    report = counted(Given(4, "", {"md_mood": 3}), closed=42)
    assert feature(report, "depressed-mood").days[3] == "reported"
    assert (report.prompts.answered, report.answered_days) == (0, 1)


def test_days_outside_the_fortnight_are_left_out() -> None:
    report = counted(at(0, mood=3), at(15, mood=3))
    assert (report.answered_days, feature(report, "depressed-mood").reported) == (0, 0)


def test_days_that_have_not_begun_are_said() -> None:
    assert counted(today=date(2026, 10, 20), closed=7).begun_days == 3
    assert counted(today=date(2026, 10, 1), closed=0).begun_days == 0
    assert counted(today=date(2027, 1, 1)).begun_days == 14


def test_nothing_answered_is_an_empty_report_not_a_good_one() -> None:
    report = counted()
    assert all(one.answered == 0 and set(one.days) == {"not-asked"} for one in report.features)
    assert report.prompts.missed == 42


CODES = st.sampled_from([0, 1, 2, 3, None])
ANSWERS = st.builds(
    Given,
    day=st.integers(1, 14),
    prompt=st.sampled_from(PLAN.prompt_ids),
    answers=st.dictionaries(
        st.sampled_from(["md_mood", "md_interest", "md_sleep", "md_energy", "md_hope"]), CODES
    ),
)


@given(st.lists(ANSWERS, max_size=42), ANSWERS)
def test_another_answer_never_takes_a_reported_day_away(before: list[Given], more: Given) -> None:
    old, new = counted(*before), counted(*before, more)
    for was, is_ in zip(old.features, new.features, strict=True):
        assert is_.reported >= was.reported
        assert is_.reported <= is_.answered <= 14


@given(st.lists(ANSWERS, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(answers: list[Given], dice: object) -> None:
    shuffled = list(answers)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert counted(*shuffled).features == counted(*answers).features


def test_the_report_names_no_verdict() -> None:
    names = set(Report.__dataclass_fields__) | set(FeatureCount.__dataclass_fields__)
    for word in ("diagnosis", "episode", "severity", "risk", "met", "criteria", "positive"):
        assert not [name for name in names if word in name]
