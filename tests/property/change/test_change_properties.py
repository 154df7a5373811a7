"""What holds for any scores: symmetries, bounds, and agreement with slow plain versions."""

from __future__ import annotations

import itertools
import math

import numpy as np
import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from holdfast.cli.outcome_file import _distinct, _joined
from holdfast.sense.measures.engine import change
from holdfast.sense.measures.engine.change.changepoint import _segment_ends

Pair = tuple[NDArray[np.float64], NDArray[np.float64]]

score = st.integers(0, 60).map(float)
reliability = st.floats(0.05, 0.95)
two_score_methods = st.sampled_from(["JT", "GLN", "HLL", "EN", "NK"])


@st.composite
def groups(draw: st.DrawFn, least: int = 3) -> Pair:
    people = draw(st.lists(st.tuples(score, score), min_size=least, max_size=30))
    pre, post = np.array(people).T
    assume(pre.std() > 0)
    return pre, post


@given(groups(), two_score_methods, reliability, score, st.floats(0.5, 20))
def test_turning_the_scale_upside_down_changes_no_category(
    group: Pair, method: change.Method, r: float, mean: float, sd: float
) -> None:
    pre, post = group
    low = change.classify(
        pre, post, method=method, reliability=r, functional_mean=mean, functional_sd=sd
    )
    high = change.classify(
        -pre, -post, method=method, reliability=r, functional_mean=-mean, functional_sd=sd,
        direction="higher",
    )  # fmt: skip
    near = np.abs(np.abs(low.index) - low.critical) < 1e-9
    assert (low.category == high.category)[~near].all()
    assert np.allclose(low.index, -high.index)


@given(groups(), two_score_methods, reliability, st.integers(1, 9), st.integers(-40, 40))
def test_the_index_does_not_depend_on_the_unit_or_origin_of_the_scale(
    group: Pair, method: change.Method, r: float, unit: int, origin: int
) -> None:
    pre, post = group
    plain = change.classify(pre, post, method=method, reliability=r, cutoff="a")
    moved = change.classify(
        unit * pre + origin, unit * post + origin, method=method, reliability=r, cutoff="a"
    )
    assert np.allclose(plain.index, moved.index, atol=1e-7)
    assert math.isclose(moved.cutoff, unit * plain.cutoff + origin, abs_tol=1e-7)


@given(groups(), reliability)
def test_categories_follow_from_index_and_cutoff_person_by_person(group: Pair, r: float) -> None:
    pre, post = group
    result = change.classify(
        pre, post, reliability=r, cutoff="c", functional_mean=10, functional_sd=5
    )
    for before, after, index, code in zip(pre, post, result.index, result.category, strict=True):
        if index < -result.critical:
            crossed = before > result.cutoff > after
            expected = "recovered" if crossed else "improved"
        elif index > result.critical:
            crossed = before <= result.cutoff <= after
            expected = "harmed" if crossed else "deteriorated"
        else:
            expected = "unchanged"
        assert change.CATEGORIES[code] == expected


@given(groups(), reliability, reliability)
def test_a_more_reliable_measure_never_finds_fewer_reliable_changes(
    group: Pair, one: float, other: float
) -> None:
    pre, post = group
    low, high = sorted((one, other))
    less = np.abs(change.reliable_change(pre, post, float(pre.std(ddof=1)), low))
    more = np.abs(change.reliable_change(pre, post, float(pre.std(ddof=1)), high))
    assert (more >= less - 1e-12).all()


@given(groups(), st.floats(1, 100))
def test_percent_and_points_agree_where_everyone_starts_alike(
    group: Pair, threshold: float
) -> None:
    _, post = group
    pre = np.full(post.size, 20.0)
    by_percent = change.by_percentage(pre, post, improvement=threshold)
    by_points = change.by_anchor(pre, post, improvement=threshold / 5)
    edge = np.isclose(np.abs(post - pre), threshold / 5)
    assert (by_percent == by_points)[~edge].all()


whole = st.integers(0, 27).map(float)


@given(st.lists(st.tuples(whole, whole, whole, whole), min_size=1, max_size=30))
def test_talking_therapies_outcomes_exclude_and_imply_each_other(
    people: list[tuple[float, float, float, float]],
) -> None:
    outcome = change.talking_therapies(*np.array(people).T)
    assert not (outcome.reliably_improved & outcome.reliably_deteriorated).any()
    assert (outcome.recovered <= outcome.case_before).all()
    assert (outcome.reliably_recovered == (outcome.recovered & outcome.reliably_improved)).all()
    back = change.talking_therapies(*np.array(people).T[[1, 0, 3, 2]])
    assert (back.reliably_deteriorated == outcome.reliably_improved).all()


@given(
    st.lists(st.integers(0, 9).map(float), min_size=4, max_size=11),
    st.integers(2, 3),
    st.floats(0.1, 30),
)
def test_the_segmentation_is_the_cheapest_of_all(
    values: list[float], min_size: int, penalty: float
) -> None:
    course = np.array(values)
    n = course.size
    assume(n >= min_size)

    def cost(ends: tuple[int, ...]) -> float:
        bounds = (0, *ends)
        parts = [course[a:b] for a, b in itertools.pairwise(bounds)]
        return sum(float(((p - p.mean()) ** 2).sum()) for p in parts) + penalty * (len(ends) - 1)

    every = [
        (*inner, n)
        for count in range(n // min_size)
        for inner in itertools.combinations(range(1, n), count)
        if min(b - a for a, b in itertools.pairwise((0, *inner, n))) >= min_size
    ]
    found = tuple(_segment_ends(course, min_size, penalty))
    assert found in every
    assert cost(found) <= min(map(cost, every)) + 1e-6


ids = st.text(alphabet="ab1.é", min_size=1, max_size=3)


@given(st.lists(ids, unique=True), st.lists(ids, unique=True))
def test_matching_by_hash_is_the_plain_join(first: list[str], second: list[str]) -> None:
    before, after = (
        pl.DataFrame(
            {"id": names, "outcome": range(len(names))}, schema={"id": pl.String, "outcome": float}
        )
        for names in (first, second)
    )
    plain = before.join(after, on="id", how="inner", suffix="_post").sort("id")
    assert _joined(before, after).sort("id").equals(plain)


@given(st.lists(ids))
def test_distinct_is_what_a_set_says(values: list[str]) -> None:
    series = pl.Series(values, dtype=pl.String)
    assert _distinct(series) == (len(set(values)) == len(values))
