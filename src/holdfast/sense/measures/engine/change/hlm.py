"""The hierarchical linear model: change as each person's slope over all measurements.

score = (b0 + u0) + (b1 + u1) * time + error, with (u0, u1) bivariate normal over people; fitted by
restricted maximum likelihood (REML). The index is a person's empirical Bayes estimate of u1 over
its conditional SD: how far their course departs from the *average* course. Raudenbush & Bryk
(2002), Hierarchical Linear Models, 2nd ed.; criterion and conditional variances as in Bates et al.
(2015), J Stat Softw 67(1), doi 10.18637/jss.v067.i01.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.sense.measures.engine.change.classify import Classification, categorise
from holdfast.sense.measures.engine.change.cutoff import Cutoff, cutoff_value
from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import (
    Descriptives,
    Direction,
    FloatArray,
    critical_value,
    scores,
    sign_of,
)

MIN_MEASUREMENTS = 3
"""A slope, its error and a residual need three; the R package asks for the same."""


@dataclass(frozen=True)
class GrowthModel:
    """A fitted random-intercept, random-slope model. Times and scores in their own units."""

    intercept: float
    slope: float
    residual_variance: float
    random_covariance: FloatArray
    """Shape (2, 2): covariance over people of intercept and slope."""
    slopes: FloatArray
    """Shape (people,): empirical Bayes departure of each slope from the mean slope."""
    slope_errors: FloatArray
    """Shape (people,): conditional SD of `slopes`; 0 where slopes do not vary over people."""

    @property
    def index(self) -> FloatArray:
        """Shape (people,): slope departure in conditional SDs; 0 where slopes do not vary."""
        zero = np.zeros_like(self.slopes)
        return np.divide(self.slopes, self.slope_errors, out=zero, where=self.slope_errors > 0)


@dataclass(frozen=True)
class _Sums:
    """Z'Z, Z'y and y'y where Z = [1, time]: all the likelihood needs to know.

    People with the same measurement times share Z'Z, so the criterion costs one step per distinct
    schedule, however many people there are.
    """

    person_cross: FloatArray
    """(people, 2, 2)"""
    person_score: FloatArray
    """(people, 2)"""
    cross: FloatArray
    """(schedules, 2, 2)"""
    people: FloatArray
    """(schedules,)"""
    score: FloatArray
    """(schedules, 2): sum of Z'y"""
    outer: FloatArray
    """(schedules, 2, 2): sum of Z'y y'Z"""
    total_square: float
    n: int


def fit_growth(person: ArrayLike, time: ArrayLike, score: ArrayLike) -> GrowthModel:
    """Fit by REML. `person` (rows,) holds codes 0..people-1; `time`, `score` (rows,) numbers."""
    codes = np.asarray(person, dtype=np.intp)
    times, values = scores(time, "time"), scores(score, "score")
    if codes.size == 0 or np.ptp(times) == 0.0:
        raise ChangeError("no-cases", "a growth model needs measurements at different times")
    # The index does not depend on the unit or origin of time; the optimiser's steps do.
    centre, unit = float(times.mean()), float(times.std())
    level = float(values.mean())
    sums = _sums(codes, (times - centre) / unit, values - level)
    theta = _fit(sums)
    fixed, sigma2, relative = _solve(sums, theta)
    precision = np.linalg.inv(relative.T @ sums.person_cross @ relative + np.eye(2))
    shrink = relative @ precision @ relative.T
    surprise = sums.person_score - sums.person_cross @ fixed
    departures = np.einsum("pij,pj->pi", shrink, surprise)
    back = np.array([[1.0, -centre / unit], [0.0, 1.0 / unit]])
    intercept, slope = back @ fixed
    covariance = back @ (sigma2 * relative @ relative.T) @ back.T
    return GrowthModel(
        intercept=float(intercept) + level,
        slope=float(slope),
        residual_variance=sigma2,
        random_covariance=covariance,
        slopes=departures[:, 1] / unit,
        slope_errors=np.sqrt(sigma2 * shrink[:, 1, 1]) / unit,
    )


def classify_growth(
    person: ArrayLike,
    time: ArrayLike,
    score: ArrayLike,
    *,
    cutoff: Cutoff = "c",
    direction: Direction = "lower",
    functional_mean: float | None = None,
    functional_sd: float | None = None,
    significance: float = 0.05,
) -> Classification:
    """Classify people by slope and cut-off, the first and last score being pre and post.

    Arguments as in `fit_growth`; every person needs `MIN_MEASUREMENTS` of them. The index compares
    a person with the average course: someone who improves less than average can be "deteriorated".
    """
    codes = np.asarray(person, dtype=np.intp)
    times, values = scores(time, "time"), scores(score, "score")
    if codes.size == 0:
        raise ChangeError("no-cases", "no person has three or more measurements")
    if np.bincount(codes).min() < MIN_MEASUREMENTS:
        raise ChangeError("no-cases", f"HLM needs {MIN_MEASUREMENTS} measurements of each person")
    order = np.lexsort((times, codes))
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    ends = np.append(starts[1:], codes.size) - 1
    pre, post = values[order][starts], values[order][ends]
    figures = Descriptives.of(pre, post)
    sign, critical = sign_of(direction), critical_value(significance)
    line = cutoff_value(cutoff, figures, functional_mean, functional_sd, sign)
    index = fit_growth(codes, times, values).index
    category = categorise(sign * index, sign * pre, sign * post, sign * line, critical)
    return Classification("HLM", category, index, line, critical, figures)


def _sums(codes: NDArray[np.intp], time: FloatArray, score: FloatArray) -> _Sums:
    def total(values: FloatArray, over: NDArray[np.intp] = codes) -> FloatArray:
        return np.bincount(over, weights=values).astype(np.float64)

    count, first, second = total(np.ones_like(time)), total(time), total(time * time)
    cross = np.stack([np.stack([count, first], -1), np.stack([first, second], -1)], -2)
    moment = np.stack([total(score), total(time * score)], axis=-1)
    # Rounding joins schedules that differ only in the last bits of their sums.
    keys = np.round(np.stack([count, first, second], axis=-1), 9)
    _, chosen, schedule = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    schedule = schedule.reshape(-1)
    outer = np.stack(
        [total(moment[:, i] * moment[:, j], schedule) for i, j in _PAIRS], axis=-1
    ).reshape(-1, 2, 2)
    return _Sums(
        person_cross=cross,
        person_score=moment,
        cross=cross[chosen],
        people=np.bincount(schedule).astype(np.float64),
        score=np.stack([total(moment[:, i], schedule) for i in (0, 1)], axis=-1),
        outer=outer,
        total_square=float(score @ score),
        n=score.size,
    )


_EXACT = 1e-12
"""A residual sum of squares below this share of the total is rounding, not measurement error."""

_IMPOSSIBLE = 1e300
"""Criterion where there is no error left: finite, because the search subtracts criteria."""

_PAIRS = ((0, 0), (0, 1), (1, 0), (1, 1))


def _terms(sums: _Sums, theta: FloatArray) -> tuple[FloatArray, FloatArray, float, float]:
    """Normal matrix (2, 2), right side (2,), residual square and log determinant at `theta`."""
    relative = _factor(theta)
    inner = relative.T @ sums.cross @ relative + np.eye(2)
    shrink = relative @ np.linalg.inv(inner) @ relative.T
    cross_shrink = sums.cross @ shrink
    weights = sums.people[:, None, None]
    normal = (weights * (sums.cross - cross_shrink @ sums.cross)).sum(axis=0)
    right = sums.score.sum(axis=0) - np.einsum("sij,sj->i", cross_shrink, sums.score)
    square = sums.total_square - float((shrink * sums.outer).sum())
    logdet = float(sums.people @ np.log(np.linalg.det(inner)))
    return normal, right, square, logdet


def _criterion(theta: FloatArray, sums: _Sums) -> float:
    """Profiled REML deviance up to a constant (Bates et al. 2015)."""
    normal, right, square, logdet = _terms(sums, theta)
    residual = square - float(right @ np.linalg.solve(normal, right))
    if residual <= _EXACT * sums.total_square:
        return _IMPOSSIBLE
    return logdet + float(np.log(np.linalg.det(normal))) + (sums.n - 2) * float(np.log(residual))


def _solve(sums: _Sums, theta: FloatArray) -> tuple[FloatArray, float, FloatArray]:
    normal, right, square, _ = _terms(sums, theta)
    fixed = np.linalg.solve(normal, right).astype(np.float64)
    residual = square - float(right @ fixed)
    if residual <= _EXACT * sums.total_square:
        raise ChangeError("no-variance", "scores follow straight lines exactly: no error to judge")
    return fixed, residual / (sums.n - 2), _factor(theta)


def _factor(theta: FloatArray) -> FloatArray:
    """Lower Cholesky factor of the random effects' covariance relative to residual variance."""
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])


def _fit(sums: _Sums) -> FloatArray:
    from scipy.optimize import minimize  # slow to import, and only HLM needs it

    bounds = ((0.0, None), (None, None), (0.0, None))
    start = np.array([1.0, 0.0, 1.0])
    rough = minimize(
        _criterion, start, args=(sums,), method="Nelder-Mead", bounds=bounds,
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000, "maxfev": 4000},
    )  # fmt: skip
    if not rough.success or rough.fun >= _IMPOSSIBLE:
        raise ChangeError("no-fit", f"the growth model did not converge: {rough.message}")
    return np.asarray(rough.x, dtype=np.float64)
