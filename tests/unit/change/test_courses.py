"""Trajectories and change points of one person's scores."""

from __future__ import annotations

import csv
from datetime import datetime

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from holdfast.sense.measures.engine import change
from tests.shared import shared_path

Course = tuple[NDArray[np.float64], NDArray[np.float64]]


def weekly_depression() -> Course:
    """Kossakowski et al. (2017), doi 10.5334/jopd.29: weekly score by day, ordered by date."""
    path = shared_path("data", "real", "esm_single_case_weekly.csv")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: datetime.strptime(row["date"], "%d/%m/%y"))  # noqa: DTZ007
    return np.array([float(r["day"]) for r in rows]), np.array([float(r["dep"]) for r in rows])


def steps(*levels: float, each: int = 12, noise: float = 0.3, seed: int = 0) -> Course:
    rng = np.random.default_rng(seed)
    values = np.repeat(levels, each) + rng.normal(0, noise, each * len(levels))
    return np.arange(values.size, dtype=np.float64), values


def test_the_published_relapse_is_found_where_it_was_published() -> None:
    """Around day 127: Wichers & Groot (2016), doi 10.1159/000441458."""
    found = change.change_points(*weekly_depression(), rng=np.random.default_rng(0))
    assert found.primary is not None
    assert abs(found.primary.at - 127) <= 7
    assert found.primary.level_after > found.primary.level_before
    assert found.p_value is not None
    assert found.p_value < 0.01


def test_the_relapse_does_not_hinge_on_the_smallest_level_allowed() -> None:
    days, scores = weekly_depression()
    for size in range(2, 9):
        found = change.change_points(days, scores, min_size=size)
        assert found.primary is not None
        assert abs(found.primary.at - 127) <= 7


def test_shifts_are_found_where_they_were_made_with_the_largest_as_primary() -> None:
    found = change.change_points(*steps(10, 12, 20))
    assert [point.at for point in found.points] == [11, 23]
    assert [point.first_after for point in found.points] == [12, 24]
    assert found.primary == found.points[1]
    assert found.primary is not None
    assert found.primary.plausible[0] <= 23 <= found.primary.plausible[1]


def test_a_course_without_a_shift_has_no_change_point() -> None:
    time, score = steps(10, 10, 10, seed=4)
    found = change.change_points(time, score, rng=np.random.default_rng(1))
    assert found.points == ()
    assert found.primary is None
    assert found.p_value is not None
    assert found.p_value > 0.05


def test_false_alarms_under_pure_noise_are_as_rare_as_the_p_value_says() -> None:
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(200):
        values = rng.normal(0, 1, 30)
        found = change.change_points(np.arange(30), values, rng=rng, permutations=99)
        alarms += found.p_value is not None and found.p_value <= 0.05
    # 200 trials at 5 %: more than 20 has a probability below 0.002.
    assert alarms <= 20


def test_a_constant_course_has_no_change_point() -> None:
    found = change.change_points(np.arange(20), np.full(20, 3.0))
    assert found.points == ()
    assert found.noise_sd == 0


def test_a_jump_without_noise_is_found_exactly() -> None:
    found = change.change_points(np.arange(20), np.repeat([1.0, 4.0], 10))
    assert [point.at for point in found.points] == [9]


def test_too_few_measurements_are_not_judged() -> None:
    found = change.change_points([1, 2, 3, 4, 5], [1, 1, 5, 5, 5], rng=np.random.default_rng(0))
    assert (found.points, found.primary, found.p_value) == ((), None, None)


def test_the_order_of_measurements_does_not_matter_only_their_time() -> None:
    time, score = steps(10, 20)
    shuffle = np.random.default_rng(2).permutation(time.size)
    assert change.change_points(time[shuffle], score[shuffle]) == change.change_points(time, score)


def test_longer_blocks_are_less_easily_impressed_by_a_slow_wave() -> None:
    time = np.arange(120.0)
    wave = np.sin(time / 19) + np.random.default_rng(0).normal(0, 0.2, 120)
    single = change.change_points(time, wave, rng=np.random.default_rng(1), permutations=199)
    blocks = change.change_points(
        time, wave, rng=np.random.default_rng(1), permutations=199, block=30
    )
    assert single.p_value is not None
    assert blocks.p_value is not None
    assert blocks.p_value > single.p_value


@pytest.mark.parametrize(("size", "block"), [(1, 1), (3, 0)])
def test_it_refuses_levels_or_blocks_that_are_too_short(size: int, block: int) -> None:
    with pytest.raises(change.ChangeError):
        change.change_points(np.arange(10), np.arange(10), min_size=size, block=block)


def test_very_long_series_are_to_be_averaged_first() -> None:
    with pytest.raises(change.ChangeError, match="average them by day"):
        change.change_points(np.arange(5001), np.zeros(5001))
    with pytest.raises(change.ChangeError, match="average them by day"):
        change.smooth(np.arange(5001), np.zeros(5001))


def test_straight_trends_of_many_people_agree_with_scipy() -> None:
    rng = np.random.default_rng(7)
    person, time = np.repeat(np.arange(4), 6), np.tile(np.arange(6.0), 4)
    score = rng.normal(0, 1, 24) + person * time
    trends = change.linear_trends(person, time, score)
    for i in range(4):
        peer = stats.linregress(time[person == i], score[person == i])
        reach = stats.t.ppf(0.975, 4) * peer.stderr
        assert trends.slope[i] == pytest.approx(peer.slope)
        assert trends.low[i] == pytest.approx(peer.slope - reach)
        assert trends.high[i] == pytest.approx(peer.slope + reach)


def test_two_measurements_make_no_trend() -> None:
    trends = change.linear_trends([0, 0, 1, 1, 1], [1, 2, 3, 3, 3], [5, 4, 1, 2, 3])
    assert np.isnan(trends.slope).all()
    assert np.isnan(trends.high).all()
    assert trends.n.tolist() == [2, 3]


def test_the_robust_slope_agrees_with_scipy() -> None:
    rng = np.random.default_rng(3)
    time = np.arange(25.0)
    score = 10 - 0.3 * time + rng.normal(0, 1, 25)
    ours = change.theil_sen(time, score)
    peer = stats.theilslopes(score, time)
    assert ours.slope == pytest.approx(peer.slope)
    assert ours.low == pytest.approx(peer.low_slope, abs=0.01)
    assert ours.high == pytest.approx(peer.high_slope, abs=0.01)


def test_one_wild_score_does_not_turn_the_robust_slope() -> None:
    time = np.arange(15.0)
    score = 20 - time
    score[7] = 500
    assert change.theil_sen(time, score).slope == pytest.approx(-1)


def test_a_straight_line_is_kept_straight_with_no_width() -> None:
    time = np.array([0.0, 1, 2, 4, 7, 8, 11, 12])
    course = change.smooth(time, 3 + 2 * time)
    assert course.fit == pytest.approx(3 + 2 * time)
    assert course.high - course.low == pytest.approx(np.zeros(8), abs=1e-6)


def test_the_band_covers_the_true_course_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    time = np.linspace(0, 10, 60)
    truth = np.sin(time)
    covered = []
    for _ in range(100):
        course = change.smooth(time, truth + rng.normal(0, 0.3, 60), bandwidth=0.3)
        covered.append(((course.low <= truth) & (truth <= course.high)).mean())
    assert 0.88 < float(np.mean(covered)) <= 0.99


def test_scores_that_resemble_their_neighbours_widen_the_band() -> None:
    rng = np.random.default_rng(9)
    time = np.arange(200.0)
    walk = np.zeros(200)
    for i in range(1, 200):
        walk[i] = 0.8 * walk[i - 1] + rng.normal()
    course = change.smooth(time, walk, bandwidth=60)
    alone = change.smooth(time, rng.permutation(walk), bandwidth=60)
    assert course.autocorrelation > 0.5
    assert (course.high - course.low).mean() > 1.5 * (alone.high - alone.low).mean()


def test_the_course_can_be_asked_for_at_other_times() -> None:
    time, score = steps(10, 12)
    course = change.smooth(time, score, at=[0.5, 40.0])
    assert course.fit.shape == (2,)
    assert np.isfinite(course.fit).all()


def test_a_course_needs_five_scores() -> None:
    with pytest.raises(change.ChangeError, match="five scores"):
        change.smooth([1, 2, 3, 4], [1, 2, 3, 4])
