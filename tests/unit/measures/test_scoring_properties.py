"""What holds for every pack and every set of answers, tried on generated ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.instrument import Instrument, parse_instrument
from holdfast.sense.measures.engine.scoring import AnswerError, Sex, score
from holdfast.sense.measures.engine.table import score_table
from tests.unit.measures.packs import a_pack

PACKS = list(builtin())
SEXES: list[Sex | None] = ["female", "male", None]
packs = st.sampled_from(PACKS)
sexes = st.sampled_from(SEXES)


def allowed(pack: Instrument, item_id: str) -> st.SearchStrategy[float]:
    options = pack.options_of(item_id)
    if options.codes:
        return st.sampled_from(options.codes).map(float)
    step = float(options.step or 1)
    steps = round((options.highest - options.lowest) / step)
    return st.integers(0, steps).map(lambda count: options.lowest + count * step)


@st.composite
def answered(draw: st.DrawFn, *, complete: bool = False) -> tuple[Instrument, dict[str, float]]:
    """A pack and answers to it; an item without an answer is absent."""
    pack = draw(packs)
    codes = {item.id: draw(allowed(pack, item.id)) for item in pack.items}
    if not complete:
        gone = draw(st.sets(st.sampled_from(list(codes))))
        codes = {name: code for name, code in codes.items() if name not in gone}
    return pack, codes


@given(answered(complete=True), sexes)
def test_complete_answers_always_give_every_score_within_its_range(
    case: tuple[Instrument, dict[str, float]], sex: Sex | None
) -> None:
    pack, codes = case
    result = score(pack, codes, sex=sex)
    assert result.missing == ()
    for scale in pack.scales:
        value = result.scores[scale.id]
        assert value is not None
        assert scale.range[0] <= value <= scale.range[1]
        assert scale.band(value) is not None or not scale.bands


@given(answered(), sexes)
def test_a_score_is_within_its_range_or_absent(
    case: tuple[Instrument, dict[str, float]], sex: Sex | None
) -> None:
    pack, codes = case
    result = score(pack, codes, sex=sex)
    for scale in pack.scales:
        value = result.scores[scale.id]
        missing = [name for name in scale.items if name in result.missing]
        assert (value is None) == (
            len(missing) > scale.missing.max_missing
            or not any(name in codes for name in scale.items)
        )
        if value is not None:
            assert scale.range[0] <= value <= scale.range[1]


@given(answered(), sexes, st.randoms(use_true_random=False))
def test_order_and_naming_of_answers_do_not_matter(
    case: tuple[Instrument, dict[str, float]], sex: Sex | None, chance: Any
) -> None:
    pack, codes = case
    renamed: list[tuple[str, object]] = []
    for position, item in enumerate(pack.items, start=1):
        if item.id in codes:
            code = codes[item.id]
            name = chance.choice([item.id, item.id.upper(), str(position), item.loinc or item.id])
            renamed.append((name, chance.choice([code, f"{code:g}"])))
    chance.shuffle(renamed)
    assert score(pack, dict(renamed), sex=sex) == score(pack, codes, sex=sex)


@given(st.lists(st.tuples(answered(), sexes), min_size=1, max_size=30))
def test_the_table_gives_the_same_scores_as_one_by_one(
    cases: list[tuple[tuple[Instrument, dict[str, float]], Sex | None]],
) -> None:
    for pack in {case[0].id: case[0] for case, _ in cases}.values():
        people = [(codes, sex) for (other, codes), sex in cases if other is pack]
        assert_same(pack, people)


@given(
    st.sampled_from(["sum", "mean", "max"]),
    st.sampled_from(["half_up", "none"]),
    st.integers(0, 2),
    st.sets(st.sampled_from(["q1", "q2", "q3"])),
    st.lists(
        st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), st.integers(0, 3).map(float)),
        min_size=1,
        max_size=20,
    ),
)
def test_the_table_agrees_for_every_method_and_missing_rule(
    method: str, rounding: str, spare: int, reverse: set[str], people: list[dict[str, float]]
) -> None:
    missing = {"rule": "prorate", "max_missing": spare, "round": rounding}
    top = 9 if method == "sum" else 3
    data = a_pack(method=method, missing=missing, reverse=sorted(reverse), range=[0, top], bands=[])
    assert_same(parse_instrument(data, origin="test"), [(codes, None) for codes in people])


def assert_same(pack: Instrument, people: list[tuple[dict[str, float], Sex | None]]) -> None:
    matrix = np.array(
        [[codes.get(item.id, math.nan) for item in pack.items] for codes, _ in people]
    )
    table = score_table(pack, matrix, sex=[sex for _, sex in people])
    for row, (codes, sex) in enumerate(people):
        expected = score(pack, codes, sex=sex).scores
        for name, value in expected.items():
            assert table[name][row] == pytest.approx(
                math.nan if value is None else value, nan_ok=True, abs=0
            )


def test_the_table_refuses_a_code_of_another_option_set_and_says_where() -> None:
    matrix = np.zeros((3, 7))
    matrix[1, 4] = 4
    with pytest.raises(AnswerError, match="gad7_5: row 1: not one of the item's codes"):
        score_table(builtin().get("gad-7"), matrix)
    with pytest.raises(AnswerError, match="mood_sleep_hours: row 0"):
        score_table(builtin().get("mood"), np.array([[1, 1, 1, 0.25, 1]]))


def test_the_table_refuses_another_number_of_columns() -> None:
    with pytest.raises(ValueError, match="expected one column for each of 7 items"):
        score_table(builtin().get("gad-7"), np.zeros((2, 8)))
