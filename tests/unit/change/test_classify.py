"""Reliable change and cut-offs on scores small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from holdfast.sense.measures.engine import change

PRE = np.array([20.0, 22.0, 24.0, 26.0, 28.0])


def verdicts(result: change.Classification) -> list[str]:
    return [change.CATEGORIES[code] for code in result.category]


def test_the_index_is_change_over_its_standard_error() -> None:
    # SD 5, r 0.68: SEM 5 * sqrt(0.32), times sqrt(2) = 4.
    index = change.reliable_change([20, 20, 20], [12, 20, 28], sd_pre=5, reliability=0.68)
    assert index == pytest.approx([-2, 0, 2])
    assert change.standard_error_of_difference(5, 0.68) == pytest.approx(4)


def test_one_person_can_be_judged_alone() -> None:
    assert float(change.reliable_change(20, 12, 5, 0.68)) == pytest.approx(-2)


def test_every_category_occurs_where_it_should() -> None:
    pre = np.array([30.0, 30.0, 30.0, 30.0, 10.0])
    post = np.array([10.0, 22.0, 29.0, 50.0, 40.0])
    result = change.classify(
        pre, post, reliability=0.95, cutoff="c", functional_mean=10, functional_sd=pre.std(ddof=1)
    )
    assert result.cutoff == pytest.approx(18)
    assert verdicts(result) == ["recovered", "improved", "unchanged", "deteriorated", "harmed"]


def test_where_higher_is_better_the_mirror_image_has_the_same_categories() -> None:
    post = np.array([4.0, 21.0, 40.0, 10.0, 29.0])
    low = change.classify(
        PRE, post, reliability=0.8, cutoff="c", functional_mean=6, functional_sd=4
    )
    high = change.classify(
        -PRE, -post, reliability=0.8, cutoff="c", functional_mean=-6, functional_sd=4,
        direction="higher",
    )  # fmt: skip
    assert verdicts(low) == verdicts(high)


def test_a_score_on_the_cutoff_is_on_neither_side() -> None:
    pre, post = np.array([30.0, 30.0, 24.0, 36.0]), np.array([20.0, 19.0, 24.0, 36.0])
    result = change.classify(
        pre, post, reliability=0.99, cutoff="b", functional_mean=20 - 2 * pre.std(ddof=1)
    )
    assert result.cutoff == pytest.approx(20)
    assert verdicts(result)[:2] == ["improved", "recovered"]


def test_the_cutoff_c_lies_nearer_to_the_population_that_varies_less() -> None:
    figures = change.Descriptives.of(PRE, PRE)
    line = change.cutoff_value("c", figures, 8, 1, -1)
    expected = (figures.sd_pre * 8 + 1 * figures.mean_pre) / (figures.sd_pre + 1)
    assert line == pytest.approx(expected)
    assert line - 8 < figures.mean_pre - line


def test_cutoff_b_uses_the_spread_of_the_analysed_cases() -> None:
    figures = change.Descriptives.of(PRE, PRE)
    assert change.cutoff_value("b", figures, 8, 99, -1) == pytest.approx(8 + 2 * figures.sd_pre)


def test_nunnally_kotsch_takes_the_first_reliability_where_there_is_no_later_one() -> None:
    post = PRE - np.array([9.0, 3, 0, -3, -9])
    alone = change.classify(PRE, post, method="NK", reliability=0.8, cutoff="a")
    same = change.classify(
        PRE, post, method="NK", reliability=0.8, reliability_post=0.8, cutoff="a"
    )
    assert alone.index == pytest.approx(same.index)


def test_hageman_arrindell_never_calls_someone_recovered_who_was_not_a_case() -> None:
    pre, post = np.array([5.0, 30, 34, 38, 42]), np.array([0.0, 31, 10, 40, 12])
    result = change.classify(
        pre, post, method="HA", reliability=0.9, cutoff="c", functional_mean=8, functional_sd=8
    )
    assert pre[0] < result.cutoff
    assert verdicts(result)[0] != "recovered"


def test_counts_add_up_to_everyone_and_a_hundred_percent() -> None:
    result = change.classify(PRE, PRE[::-1], reliability=0.8, cutoff="a")
    counts = result.counts()
    assert sum(cell["n"] for cell in counts.values()) == 5
    assert sum(cell["percent"] for cell in counts.values()) == pytest.approx(100)
    assert list(counts) == list(change.CATEGORIES)


def test_the_critical_value_is_two_sided() -> None:
    assert change.critical_value(0.05) == pytest.approx(1.959964, abs=1e-6)
    assert change.critical_value(0.05, one_sided=True) == pytest.approx(1.644854, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"reliability": 1.0}, "reliability"),
        ({"reliability": 0.0}, "reliability"),
        ({"reliability": float("nan")}, "reliability"),
        ({}, "reliability"),
        ({"reliability": 0.8, "method": "XX"}, "method"),
        ({"reliability": 0.8, "method": "HLM"}, "method"),
        ({"reliability": 0.8, "cutoff": "d"}, "cutoff"),
        ({"reliability": 0.8, "cutoff": "b"}, "functional"),
        ({"reliability": 0.8, "cutoff": "c", "functional_mean": 8}, "functional"),
        (
            {"reliability": 0.8, "cutoff": "c", "functional_mean": 8, "functional_sd": 0},
            "functional",
        ),
        ({"reliability": 0.8, "cutoff": "a", "direction": "up"}, "direction"),
        ({"reliability": 0.8, "cutoff": "a", "significance": 1}, "significance"),
        ({"reliability": 0.8, "method": "NK", "reliability_post": 2}, "reliability"),
    ],
)
def test_it_refuses_options_that_make_no_sense(options: dict[str, object], code: str) -> None:
    with pytest.raises(change.ChangeError) as refused:
        change.classify(PRE, PRE - 3, **options)  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("pre", "post", "code"),
    [
        ([1.0], [2.0], "no-cases"),
        ([], [], "no-cases"),
        ([1.0, 2.0], [1.0], "shape"),
        ([1.0, np.nan], [1.0, 2.0], "missing-score"),
        ([1.0, 2.0], [1.0, np.inf], "missing-score"),
        ([[1.0, 2.0]], [1.0, 2.0], "shape"),
        ([3.0, 3.0], [1.0, 2.0], "no-variance"),
    ],
)
def test_it_refuses_scores_that_cannot_be_judged(pre: object, post: object, code: str) -> None:
    with pytest.raises(change.ChangeError) as refused:
        change.classify(pre, post, reliability=0.8, cutoff="a")  # type: ignore[arg-type]
    assert refused.value.code == code


def test_hageman_arrindell_refuses_a_reliability_the_scores_contradict() -> None:
    with pytest.raises(change.ChangeError, match="no more than measurement error"):
        change.classify(PRE, np.array([20, 20, 20, 20, 20.1]), method="HA", reliability=0.5)
