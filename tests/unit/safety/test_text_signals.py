"""What a human is told of a text, and what everybody is told of referrals."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.safety.screening.engine import (
    LEVELS,
    SMALLEST_COUNT,
    Evidence,
    Month,
    TextSignal,
    Year,
    published,
    signals,
)

CATEGORIES = (None, "active_ideation", "harm_to_others", "abuse_or_violence", "medical_emergency")
TODAY = date(2026, 11, 23)


def test_the_worst_passage_of_each_kind_makes_one_signal() -> None:
    found = signals(
        "urgent",
        [
            Evidence("burden", "concern", "passive_ideation"),
            Evidence("tonight", "urgent", "active_ideation"),
            Evidence("hit", "concern", "abuse_or_violence"),
        ],
        tell_from="concern",
    )
    assert found == [
        TextSignal("hit", "concern", "text-abuse"),
        TextSignal("tonight", "urgent", "text-urgent"),
    ]


def test_a_text_can_be_graver_than_each_of_its_passages() -> None:
    evidence = [Evidence("tired", "watch", "passive_ideation")]
    (found,) = signals("concern", evidence, tell_from="concern")
    assert found == TextSignal("tired", "concern", "text-concern")


def test_a_text_without_a_passage_has_a_signal_all_the_same() -> None:
    assert signals("emergency", [], tell_from="urgent") == [
        TextSignal("text", "emergency", "text-emergency")
    ]


@pytest.mark.parametrize("tell_from", ["watch", "concern", "urgent"])
def test_nothing_is_never_told_and_an_emergency_always(tell_from: str) -> None:
    assert signals("none", [], tell_from=tell_from) == []
    assert signals("emergency", [], tell_from=tell_from)


@given(
    st.sampled_from(LEVELS),
    st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from(CATEGORIES)), max_size=6),
    st.sampled_from(["watch", "concern", "urgent"]),
)
def test_the_highest_signal_is_as_grave_as_the_text(
    level: str, passages: list[tuple[str, str | None]], tell_from: str
) -> None:
    evidence = [Evidence(f"code-{n}", lv, cat) for n, (lv, cat) in enumerate(passages)]
    highest = max([level, *(lv for lv, _ in passages)], key=LEVELS.index)
    found = signals(level, evidence, tell_from=tell_from)
    told = LEVELS.index(highest) >= LEVELS.index(tell_from)
    assert bool(found) == told
    if told:
        assert max(LEVELS.index(one.level) for one in found) == LEVELS.index(highest)
    assert len({one.reason for one in found}) == len(found)


def test_what_is_published_is_over_and_not_small() -> None:
    counts = {
        date(2026, 11, 1): 40,
        date(2026, 10, 1): 13,
        date(2026, 9, 1): 4,
        date(2025, 12, 1): 5,
        date(2025, 1, 1): 2,
        date(2024, 6, 1): 4,
    }
    years, months = published(counts, TODAY)
    assert years == [Year(2026, 10), Year(2025, 5), Year(2024, None)]
    assert months == [
        Month("2026-10", 10),
        Month("2026-09", None),
        Month("2025-12", 5),
        Month("2025-01", None),
        Month("2024-06", None),
    ]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.data())
def test_no_small_month_can_be_worked_out(numbers: list[int], data: st.DataObject) -> None:
    """The page is the same whatever stands in its small months, and for what is rounded away."""
    days = [date(2025, month, 1) for month in range(1, len(numbers) + 1)]
    hidden = data.draw(st.lists(st.integers(0, 4), min_size=len(days), max_size=len(days)))
    others = [
        number - number % SMALLEST_COUNT + rest
        for number, rest in zip(numbers, hidden, strict=True)
    ]
    one = published(dict(zip(days, numbers, strict=True)), TODAY)
    assert one == published(dict(zip(days, others, strict=True)), TODAY)
    assert all(month.at_least is None or month.at_least >= SMALLEST_COUNT for month in one[1])
