"""What is offered: chances that are known, a memory that counts, nothing always among them."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.support.companion.engine.offers import (
    EXPLORED,
    LANGUAGES,
    NOTHING,
    Moment,
    Past,
    chances_of,
    choose,
    part_of_day,
    reason,
    shipped_options,
    shipped_words,
    signs_of,
)

EVENING = Moment(datetime(2026, 11, 24, 20, 0, tzinfo=UTC))
OPTIONS = shipped_options()
FLOWS = tuple(option.flow for option in OPTIONS.options)

pasts = st.lists(
    st.builds(
        Past,
        st.sampled_from((*FLOWS, NOTHING)),
        st.sampled_from(("morning", "day", "evening", "night")),
        st.booleans(),
        st.sampled_from((None, 0.0, 0.5, 1.0)),
    ),
    max_size=40,
)


def test_every_option_is_a_flow_that_ships_and_every_exercise_is_an_option() -> None:
    folder = files("holdfast.support.companion") / "content" / "flows"
    named = {entry.name for entry in folder.iterdir() if (entry / "en.yaml").is_file()}
    assert set(FLOWS) <= named
    assert named - set(FLOWS) <= {"onboarding", "safety-plan"}  # never drawn: both are gone to


@given(st.sets(st.sampled_from(FLOWS)), pasts, st.integers(0, 23))
def test_chances_add_up_and_each_has_its_part_of_what_is_explored(
    approved: set[str], past: list[Past], hour: int
) -> None:
    moment = Moment(datetime(2026, 11, 24, hour, tzinfo=UTC), frozenset({"sleep"}))
    chances = chances_of(OPTIONS, sorted(approved), moment, past)
    assert set(chances) == {*approved, NOTHING}
    assert sum(chances.values()) == pytest.approx(1)
    assert min(chances.values()) >= EXPLORED / len(chances)


def test_only_what_a_clinician_approved_is_drawn_and_the_same_input_draws_the_same() -> None:
    drawn = {choose(OPTIONS, ("sleep", "worry"), EVENING, (), seed=s).flow for s in range(300)}
    assert drawn == {"sleep", "worry", NOTHING}
    first, again = (choose(OPTIONS, FLOWS, EVENING, (), seed=7) for _ in range(2))
    assert (first.flow, first.chance) == (again.flow, again.chance)
    assert first.chance == first.chances[first.flow]


def test_where_nothing_is_approved_nothing_is_offered() -> None:
    assert choose(OPTIONS, (), EVENING, (), seed=1).chances == {NOTHING: pytest.approx(1)}


def test_what_helped_comes_more_often_and_what_did_not_less() -> None:
    def chance(past: list[Past]) -> float:
        return chances_of(OPTIONS, FLOWS, EVENING, past)["gratitude"]

    before = chance([])
    assert chance([Past("gratitude", "evening", True, 1.0)] * 4) > 2 * before
    assert chance([Past("gratitude", "evening", True, 0.0)] * 4) < before / 1.5
    assert chance([Past("gratitude", "evening", False)] * 4) < before / 1.5
    # In another part of the day it says less.
    assert (
        before
        < chance([Past("gratitude", "morning", True, 1.0)] * 4)
        < chance([Past("gratitude", "evening", True, 1.0)] * 4)
    )


def test_nothing_becomes_likelier_for_somebody_who_wants_nothing() -> None:
    refused = [Past(flow, "evening", False) for flow in FLOWS for _ in range(4)]
    before = chances_of(OPTIONS, FLOWS, EVENING, [])[NOTHING]
    assert chances_of(OPTIONS, FLOWS, EVENING, refused)[NOTHING] > 2 * before


def test_the_reason_is_the_strongest_thing_that_speaks_for_it() -> None:
    helped = [Past("sleep", "evening", True, 1.0)]
    wanting = Moment(EVENING.now, goals=frozenset({"sleep"}), signs=frozenset({"poor_sleep"}))
    assert reason(OPTIONS, "sleep", wanting, helped) == "helped"
    assert reason(OPTIONS, "sleep", wanting, []) == "goal"
    assert reason(OPTIONS, "sleep", Moment(EVENING.now, signs=wanting.signs), []) == "sign"
    assert reason(OPTIONS, "problem-solving", Moment(EVENING.now, topics=("work",)), []) == "topic"
    assert reason(OPTIONS, "sleep", EVENING, []) == "time"
    assert reason(OPTIONS, "values", EVENING, []) == "new"


def test_over_sixty_evenings_it_finds_what_helps() -> None:
    truth = dict.fromkeys((*FLOWS, NOTHING), 0.15) | {"worry": 0.9, "gratitude": 0.6}
    flows = ("worry", "gratitude", "values", "sleep", "thought-record")
    used = []
    for person in range(40):
        chance = random.Random(f"person {person}")
        past: list[Past] = []
        for evening in range(60):
            offer = choose(OPTIONS, flows, EVENING, past, seed=person * 1000 + evening)
            use = 1.0 if chance.random() < truth[offer.flow] else 0.0
            past.append(Past(offer.flow, "evening", True, use))
            used.append(use)
    uniform = sum(truth[flow] for flow in (*flows, NOTHING)) / (len(flows) + 1)
    assert sum(used) / len(used) > 1.6 * uniform


def test_each_is_drawn_as_often_as_the_chance_that_is_logged() -> None:
    """Else the log could not say what another way of choosing would have done."""
    past = [Past("worry", "evening", True, 1.0), Past("sleep", "night", False)]
    flows = ("worry", "gratitude", "sleep")
    drawn = Counter(choose(OPTIONS, flows, EVENING, past, seed=seed).flow for seed in range(8000))
    for flow, chance in chances_of(OPTIONS, flows, EVENING, past).items():
        assert drawn[flow] / 8000 == pytest.approx(chance, abs=0.02)


def test_signs_are_what_the_newest_answers_say() -> None:
    answers: dict[str, dict[str, float | None]] = {
        "phq-9": {"phq9_3": 2.0, "phq9_2": 1.0, "phq9_4": None},
        "gad-7": {"gad7_4": 3.0},
    }
    assert signs_of(OPTIONS, answers) == {"poor_sleep", "tense"}
    assert signs_of(OPTIONS, {}) == frozenset()
    known = {sign for option in OPTIONS.options for sign in option.signs}
    assert known == set(OPTIONS.signs)


def test_every_reason_has_its_words_in_every_language() -> None:
    for language in LANGUAGES:
        words = shipped_words(language)
        assert set(words.because) == {"helped", "goal", "sign", "topic", "time", "new"}
        for lines in words.because.values():
            assert len(lines) > 1
            assert all("{title}" in line for line in lines)
    with pytest.raises(KeyError):
        shipped_words("../en")


@pytest.mark.parametrize(
    ("hour", "part"), [(5, "night"), (6, "morning"), (11, "day"), (18, "evening"), (22, "night")]
)
def test_the_day_has_four_parts(hour: int, part: str) -> None:
    assert part_of_day(datetime(2026, 11, 24, hour, tzinfo=UTC)) == part
