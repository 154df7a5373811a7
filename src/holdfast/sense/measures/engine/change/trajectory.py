"""The course of scores over time, with its uncertainty. Describes what was; predicts nothing.

Times are numbers in any one unit (days, weeks); slopes are points per that unit. A band is
pointwise and speaks about the smooth course, not about where the next score will lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import FloatArray, critical_value, scores

MAX_POINTS = 5000
"""Both course functions hold an n-by-n matrix: longer series are averaged by day first."""


@dataclass(frozen=True)
class Trends:
    """Straight-line trends, one entry per person; NaN where there are fewer than 3 times."""

    slope: FloatArray
    low: FloatArray
    high: FloatArray
    n: NDArray[np.intp]


@dataclass(frozen=True)
class Slope:
    """A robust slope with its confidence interval, in points per unit of time."""

    slope: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Course:
    """A smooth course; arrays have the shape of `at`."""

    at: FloatArray
    fit: FloatArray
    low: FloatArray
    high: FloatArray
    bandwidth: float
    autocorrelation: float
    """Lag-1 correlation of the residuals, 0 where negative; the band is widened for it."""


def linear_trends(
    person: ArrayLike, time: ArrayLike, score: ArrayLike, *, significance: float = 0.05
) -> Trends:
    """Least-squares slopes of many people at once, with Student t intervals.

    `person` (rows,) holds codes 0..people-1. Intervals take residuals to be independent.
    """
    from scipy.special import stdtrit

    codes = np.asarray(person, dtype=np.intp)
    times, values = scores(time, "time"), scores(score, "score")
    n = np.bincount(codes)
    with np.errstate(divide="ignore", invalid="ignore"):
        centred = times - (np.bincount(codes, times) / n)[codes]
        around = values - (np.bincount(codes, values) / n)[codes]
        spread = np.bincount(codes, centred * centred)
        slope = np.bincount(codes, centred * around) / spread
        residual = np.bincount(codes, (around - slope[codes] * centred) ** 2)
        error = np.sqrt(residual / (n - 2) / spread)
    enough = (n >= 3) & (spread > 0)
    reach = np.where(enough, stdtrit(np.maximum(n - 2, 1), 1 - significance / 2), np.nan) * error
    slope = np.where(enough, slope, np.nan)
    return Trends(slope=slope, low=slope - reach, high=slope + reach, n=n)


def theil_sen(time: ArrayLike, score: ArrayLike, *, significance: float = 0.05) -> Slope:
    """Median of all pairwise slopes, with the interval of Sen (1968), doi 10.2307/2285891.

    One wild score does not move it. The interval takes scores to be independent, allows for ties,
    and comes from the variance of Kendall's tau; it is wide for few measurements.
    """
    times, values = _course(time, score)
    later, earlier = np.triu_indices(times.size, 1)[::-1]
    gap = times[later] - times[earlier]
    apart = gap > 0
    if not apart.any():
        raise ChangeError("no-cases", "a slope needs scores at two different times")
    slopes = np.sort((values[later] - values[earlier])[apart] / gap[apart])
    reach = critical_value(significance) * np.sqrt(_kendall_variance(times, values))
    low = max(int(np.floor((slopes.size - reach) / 2)), 0)
    high = min(int(np.ceil((slopes.size + reach) / 2)), slopes.size - 1)
    return Slope(float(np.median(slopes)), float(slopes[low]), float(slopes[high]), times.size)


def smooth(
    time: ArrayLike,
    score: ArrayLike,
    *,
    at: ArrayLike | None = None,
    bandwidth: float | None = None,
    significance: float = 0.05,
) -> Course:
    """Local linear regression with a Gaussian kernel (Cleveland & Devlin 1988,
    doi 10.1080/01621459.1988.10478639), and a pointwise band.

    `bandwidth` is the kernel's SD in units of time; by default the one of a fixed grid, from the
    typical gap to the whole span, with the smallest leave-one-out error. `at` defaults to the
    times themselves. At least 5 scores at 4 different times.
    """
    times, values = _course(time, score)
    if times.size < 5 or np.unique(times).size < 4:
        raise ChangeError("no-cases", "a course needs five scores at four or more times")
    places = times if at is None else scores(at, "at")
    width = _best_bandwidth(times, values) if bandwidth is None else bandwidth
    if not width > 0:
        raise ChangeError("bandwidth", "the bandwidth must be above 0")
    hat = _weights(times, times, width)
    residual = values - hat @ values
    freedom = values.size - 2 * float(np.trace(hat)) + float((hat * hat).sum())
    variance = float(residual @ residual) / max(freedom, 1.0)
    rho = _lag_one(residual)
    weights = _weights(places, times, width)
    # Positive autocorrelation leaves fewer independent scores than there are scores.
    error = np.sqrt(variance * (weights * weights).sum(axis=1) * (1 + rho) / (1 - rho))
    fit, reach = weights @ values, critical_value(significance) * error
    return Course(places, fit, fit - reach, fit + reach, width, rho)


def _course(time: ArrayLike, score: ArrayLike) -> tuple[FloatArray, FloatArray]:
    times, values = scores(time, "time"), scores(score, "score")
    if times.shape != values.shape:
        raise ChangeError("shape", f"{times.size} times but {values.size} scores")
    if times.size > MAX_POINTS:
        raise ChangeError("too-many", f"more than {MAX_POINTS} scores: average them by day first")
    order = np.argsort(times, kind="stable")
    return times[order], values[order]


def _kendall_variance(times: FloatArray, values: FloatArray) -> float:
    """Variance of Kendall's S with ties in time (and in scores, the conservative first term)."""

    def term(count: NDArray[np.intp]) -> float:
        return float((count * (count - 1) * (2 * count + 5)).sum())

    tied_times = np.unique(times, return_counts=True)[1]
    whole = np.array([times.size])
    return max(term(whole) - term(tied_times), 0.0) / 18.0


def _weights(at: FloatArray, times: FloatArray, width: float) -> FloatArray:
    """Rows of the local linear smoother: weights of every score for each place, (at, times)."""
    offset = times[None, :] - at[:, None]
    nearest = np.abs(offset).min(axis=1, keepdims=True)
    # Relative to the nearest score, so that a far place does not underflow to no weight at all.
    kernel = np.exp(0.5 * (nearest**2 - offset**2) / width**2)
    zero, one = kernel.sum(axis=1), (kernel * offset).sum(axis=1)
    two = (kernel * offset * offset).sum(axis=1)
    spread = zero * two - one * one
    # Where all weight lies on one time there is no slope to speak of: take the local mean.
    flat = spread <= 1e-10 * zero * np.maximum(two, width**2 * zero)
    line = kernel * (two[:, None] - offset * one[:, None])
    safe = np.where(flat, 1.0, spread)
    weights: FloatArray = np.where(flat[:, None], kernel / zero[:, None], line / safe[:, None])
    return weights


def _best_bandwidth(times: FloatArray, values: FloatArray) -> float:
    gap = float(np.median(np.diff(np.unique(times))))
    grid = np.geomspace(gap, max(float(np.ptp(times)), 2 * gap), 12)
    return float(min(grid, key=lambda width: _leave_one_out(times, values, float(width))))


def _leave_one_out(times: FloatArray, values: FloatArray, width: float) -> float:
    hat = _weights(times, times, width)
    left = 1.0 - np.diag(hat)
    if (left < 1e-6).any():
        return float("inf")
    return float((((values - hat @ values) / left) ** 2).mean())


def _lag_one(residual: FloatArray) -> float:
    square = float(residual @ residual)
    rho = float(residual[1:] @ residual[:-1]) / square if square > 0 else 0.0
    return min(max(rho, 0.0), 0.9)
