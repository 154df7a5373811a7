"""Change points: where the level of a course shifted.

The rule, the same for every series: fit a piecewise constant level by least squares, with a
penalty of 3 * variance * ln(n) for each shift (the leading term of the modified Bayes information
criterion, Zhang & Siegmund 2007, doi 10.1111/j.1541-0420.2006.00662.x), optimally by dynamic
programming (Jackson et al. 2005, doi 10.1109/LSP.2001.838216). The variance comes from successive
differences, which a shift in level hardly touches. Levels last at least `min_size` measurements.

By the usual convention (Killick, Fearnhead & Eckley 2012, doi 10.1080/01621459.2012.737745) a
change point *is* the last measurement of the old level. The shift itself lies somewhere between
that measurement and the next, and `plausible` says which other places fit nearly as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import FloatArray, scores

MIN_SIZE = 3
MAX_POINTS = 5000
"""The search takes n² steps: longer series are averaged by day first."""

_PENALTY = 3.0
_PLAUSIBLE = 3.841
"""95 % quantile of chi-square with one degree of freedom: a likelihood set, approximate here."""


@dataclass(frozen=True)
class ChangePoint:
    """One shift in level. Times are in the unit they came in, levels in points."""

    at: float
    """Time of the last measurement of the old level."""
    first_after: float
    level_before: float
    level_after: float
    gain: float
    """Sum of squares this shift explains beyond its neighbours, in points squared."""
    plausible: tuple[float, float]
    """Earliest and latest `at` that fit nearly as well."""


@dataclass(frozen=True)
class ChangePoints:
    """All shifts in order of time, the one that explains most, and how sure it is."""

    points: tuple[ChangePoint, ...]
    primary: ChangePoint | None
    p_value: float | None
    """Share of reshuffled courses with as large a shift; None where it was not asked for."""
    noise_sd: float


def change_points(
    time: ArrayLike,
    score: ArrayLike,
    *,
    min_size: int = MIN_SIZE,
    rng: np.random.Generator | None = None,
    permutations: int = 999,
    block: int = 1,
) -> ChangePoints:
    """Find shifts in one person's course; `time` and `score` have shape (measurements,).

    With `rng` the p-value of "some shift" comes from `permutations` reshuffles of the course in
    blocks of `block` measurements. Single measurements are exchangeable only when one does not
    resemble the next: for momentary data average by day or week, or use longer blocks; else the
    p-value is too small.
    """
    times, values = scores(time, "time"), scores(score, "score")
    if times.shape != values.shape:
        raise ChangeError("shape", f"{times.size} times but {values.size} scores")
    if min_size < 2 or block < 1:
        raise ChangeError("min-size", "levels last at least two measurements, blocks one")
    if values.size > MAX_POINTS:
        raise ChangeError("too-many", f"more than {MAX_POINTS} scores: average them by day first")
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    if values.size < 2 * min_size:
        return ChangePoints((), None, None, float("nan"))
    noise = noise_sd(values)
    ends = _segment_ends(values, min_size, _PENALTY * noise**2 * np.log(values.size))
    points = _points(times, values, ends, noise, min_size)
    p_value = None if rng is None else _p_value(values, min_size, rng, permutations, block)
    return ChangePoints(
        points=points,
        primary=max(points, key=lambda point: point.gain, default=None),
        p_value=p_value,
        noise_sd=noise,
    )


def noise_sd(values: FloatArray) -> float:
    """SD of scores around their level, from successive differences, in points.

    The median absolute difference (over 0.6745 * sqrt(2), normal noise) resists shifts; where
    most neighbours are equal it is 0 and the root mean square takes its place.
    """
    steps = np.diff(values)
    robust = float(np.median(np.abs(steps))) / (0.6745 * np.sqrt(2.0))
    return robust if robust > 0 else float(np.sqrt((steps**2).mean() / 2.0))


def _segment_ends(values: FloatArray, min_size: int, penalty: float) -> list[int]:
    """Ends (exclusive) of the levels of the cheapest segmentation; the last one is n."""
    n = values.size
    total, square = _cumulated(values)
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    came_from = np.zeros(n + 1, dtype=np.intp)
    for end in range(min_size, n + 1):
        start = np.arange(end - min_size + 1)
        cost = best[start] + penalty + _cost(total, square, start, end)
        came_from[end] = int(np.argmin(cost))
        best[end] = cost[came_from[end]]
    ends = [n]
    while came_from[ends[0]] > 0:
        ends.insert(0, int(came_from[ends[0]]))
    return ends


def _points(
    times: FloatArray, values: FloatArray, ends: list[int], noise: float, min_size: int
) -> tuple[ChangePoint, ...]:
    bounds = [0, *ends]
    points = []
    for start, split, end in zip(bounds, bounds[1:], bounds[2:], strict=False):
        part = values[start:end]
        gains = _gains(part[None, :], min_size)[0]
        gain = float(gains[split - start - min_size])
        near = np.flatnonzero(gains >= gain - _PLAUSIBLE * noise**2) + start + min_size
        points.append(
            ChangePoint(
                at=float(times[split - 1]),
                first_after=float(times[split]),
                level_before=float(values[start:split].mean()),
                level_after=float(values[split:end].mean()),
                gain=gain,
                plausible=(float(times[near[0] - 1]), float(times[near[-1] - 1])),
            )
        )
    return tuple(points)


def _gains(rows: FloatArray, min_size: int) -> FloatArray:
    """What one shift explains, for every row and every split min_size..n-min_size."""
    n = rows.shape[1]
    total = np.cumsum(rows, axis=1)
    split = np.arange(min_size, n - min_size + 1)
    before, everything = total[:, split - 1], total[:, -1:]
    between: FloatArray = (before - everything * split / n) ** 2 * n / (split * (n - split))
    return between


def _p_value(
    values: FloatArray, min_size: int, rng: np.random.Generator, permutations: int, block: int
) -> float:
    observed = float(_gains(values[None, :], min_size).max())
    blocks = np.array_split(np.arange(values.size), max(values.size // block, 1))
    as_large = 0
    for _ in range(permutations):
        shuffled = np.concatenate([blocks[i] for i in rng.permutation(len(blocks))])
        as_large += int(_gains(values[None, shuffled], min_size).max() >= observed * (1 - 1e-12))
    return (1 + as_large) / (1 + permutations)


def _cumulated(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    centred = values - values.mean()
    zero = np.zeros(1)
    return (
        np.concatenate([zero, np.cumsum(centred)]),
        np.concatenate([zero, np.cumsum(centred**2)]),
    )


def _cost(total: FloatArray, square: FloatArray, start: NDArray[np.intp], end: int) -> FloatArray:
    """Sum of squares around the mean of values[start:end], for every start."""
    sums = (total[end] - total[start]) ** 2 / (end - start)
    cost: FloatArray = square[end] - square[start] - sums
    return cost
