"""The growth model against known truths and against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from holdfast.sense.measures.engine import change

Rows = tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]


def courses(people: int = 60, *, seed: int = 1, dropped: float = 0.2) -> Rows:
    """Random courses over five times, some measurements missing at random."""
    rng = np.random.default_rng(seed)
    person, time = np.repeat(np.arange(people), 5), np.tile(np.arange(5.0), people)
    start, slope = rng.normal(30, 5, people), rng.normal(-2, 1.5, people)
    score = start[person] + slope[person] * time + rng.normal(0, 3, person.size)
    kept = (rng.random(person.size) >= dropped) | (time < 3)
    return person[kept], time[kept], score[kept]


def test_it_agrees_with_statsmodels_on_unbalanced_courses() -> None:
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    person, time, score = courses()
    ours = change.fit_growth(person, time, score)
    table = pd.DataFrame({"person": person, "time": time, "score": score})
    theirs = MixedLM.from_formula("score ~ time", table, groups="person", re_formula="~time").fit(
        reml=True, method="bfgs", gtol=1e-8
    )
    assert ours.intercept == pytest.approx(theirs.fe_params["Intercept"], rel=1e-4)
    assert ours.slope == pytest.approx(theirs.fe_params["time"], rel=1e-4)
    assert ours.residual_variance == pytest.approx(theirs.scale, rel=1e-3)
    assert ours.random_covariance == pytest.approx(np.asarray(theirs.cov_re), rel=1e-2, abs=0.02)
    slopes = [theirs.random_effects[i].iloc[1] for i in range(60)]
    assert ours.slopes == pytest.approx(slopes, abs=5e-3)
    errors = [theirs.random_effects_cov[i].iloc[1, 1] ** 0.5 for i in range(60)]
    assert ours.slope_errors == pytest.approx(errors, rel=1e-2)


def test_the_index_does_not_depend_on_the_unit_or_origin_of_time() -> None:
    person, time, score = courses()
    weeks = change.fit_growth(person, time, score)
    days = change.fit_growth(person, 2000 + 7 * time, score)
    assert days.index == pytest.approx(weeks.index, abs=1e-4)
    assert days.slope == pytest.approx(weeks.slope / 7, rel=1e-5)
    assert days.intercept + 2000 * days.slope == pytest.approx(weeks.intercept, rel=1e-5)


def test_the_order_of_rows_does_not_matter() -> None:
    person, time, score = courses()
    shuffle = np.random.default_rng(3).permutation(person.size)
    plain = change.classify_growth(person, time, score, cutoff="a")
    mixed = change.classify_growth(person[shuffle], time[shuffle], score[shuffle], cutoff="a")
    assert mixed.index == pytest.approx(plain.index, abs=1e-5)
    assert mixed.category.tolist() == plain.category.tolist()


def test_pre_and_post_are_the_first_and_last_scores_a_person_has() -> None:
    person, time, score = courses(people=20)
    result = change.classify_growth(person, time, score, cutoff="a")
    first = [score[(person == i) & (time == time[person == i].min())][0] for i in range(20)]
    assert result.figures.mean_pre == pytest.approx(np.mean(first))


def test_where_slopes_do_not_vary_nobody_changed_unlike_the_others() -> None:
    rng = np.random.default_rng(5)
    person, time = np.repeat(np.arange(30), 4), np.tile(np.arange(4.0), 30)
    score = 20 - time + rng.normal(0, 0.5, 30)[person] * 0 + rng.normal(0, 3, person.size)
    result = change.classify_growth(person, time, score, cutoff="a")
    assert np.isfinite(result.index).all()
    assert np.abs(result.index).max() < 1.96


def test_it_refuses_people_with_fewer_than_three_measurements() -> None:
    with pytest.raises(change.ChangeError, match="3 measurements"):
        change.classify_growth([0, 0, 0, 1, 1], [1, 2, 3, 1, 2], [5, 4, 3, 5, 4], cutoff="a")


def test_it_refuses_courses_without_any_error() -> None:
    person, time = np.repeat(np.arange(4), 3), np.tile([1.0, 2.0, 3.0], 4)
    with pytest.raises(change.ChangeError):
        change.fit_growth(person, time, 10.0 - time)


def test_it_refuses_measurements_all_at_one_time() -> None:
    with pytest.raises(change.ChangeError, match="different times"):
        change.fit_growth([0, 1, 2], [1, 1, 1], [4, 5, 6])
