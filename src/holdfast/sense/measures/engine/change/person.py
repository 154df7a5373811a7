"""Change of people on one scale, judged by the figures that the instrument itself comes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import (
    BoolArray,
    CodeArray,
    FloatArray,
    critical_value,
)
from holdfast.sense.measures.engine.change.reliable_change import standard_error_of_difference
from holdfast.sense.measures.engine.instrument import Caseness, Instrument, Scale

Verdict = Literal["improved", "unchanged", "deteriorated", "insufficient"]
VERDICTS: tuple[Verdict, ...] = ("improved", "unchanged", "deteriorated", "insufficient")
"""What `PersonChange.verdict` indexes; insufficient: a score or a figure to judge by is missing."""

Basis = Literal["published-points", "index", "no-figures"]


@dataclass(frozen=True)
class PersonChange:
    """Change of people on one scale. Arrays have shape (people,)."""

    verdict: CodeArray
    change: FloatArray
    """Points, after minus before; NaN where a score is missing."""
    index: FloatArray | None
    """Jacobson-Truax index, where the instrument has a reliability and an SD."""
    reliable_points: float | None
    """The change, in points, from which it counts as reliable."""
    basis: Basis
    source: str | None
    """Key of the instrument's reference for the figure that decided."""
    case_before: BoolArray | None
    """At or past the scale's cut-off; None where it has none, or one that needs `women`."""
    case_after: BoolArray | None


def change_of(
    instrument: Instrument,
    scale_id: str,
    before: ArrayLike,
    after: ArrayLike,
    *,
    women: ArrayLike | None = None,
    significance: float = 0.05,
) -> PersonChange:
    """Judge scores of shape (people,), NaN where missing; a single pair may be two numbers.

    The published reliable change in points decides where the pack has one (reached is passed);
    else the Jacobson-Truax index with the pack's reliability and the SD of its clinical norm, or
    of the functional one where there is no other; else nothing is said. `women`, shape (people,),
    is needed for caseness on scales whose cut-off differs for women.
    """
    scale = next((scale for scale in instrument.scales if scale.id == scale_id), None)
    if scale is None:
        raise ChangeError("scale", f"{instrument.id} has no scale {scale_id!r}")
    first = np.atleast_1d(np.asarray(before, dtype=np.float64))
    second = np.atleast_1d(np.asarray(after, dtype=np.float64))
    if first.shape != second.shape or first.ndim != 1:
        raise ChangeError("shape", "before and after must have one shape, (people,)")
    direction = instrument.direction_of(scale_id)
    criterion = _criterion(scale, significance)
    points = None if direction == "none" else criterion.points
    change = second - first
    return PersonChange(
        verdict=_verdict(change if direction == "higher" else -change, points),
        change=change,
        index=None if criterion.error is None else change / criterion.error,
        reliable_points=points,
        basis="no-figures" if points is None else criterion.basis,
        source=None if points is None else criterion.source,
        case_before=_case(scale.caseness, first, women),
        case_after=_case(scale.caseness, second, women),
    )


@dataclass(frozen=True)
class _Criterion:
    points: float | None
    error: float | None
    basis: Basis
    source: str | None


def _criterion(scale: Scale, significance: float) -> _Criterion:
    error = None
    norm = scale.norms.get("clinical") or scale.norms.get("functional")
    if scale.reliability is not None and norm is not None:
        error = standard_error_of_difference(norm.sd, scale.reliability.value)
    if scale.reliable_change is not None:
        published = scale.reliable_change
        return _Criterion(published.points, error, "published-points", published.source)
    if error is None or scale.reliability is None:
        return _Criterion(None, None, "no-figures", None)
    points = critical_value(significance) * error
    return _Criterion(points, error, "index", scale.reliability.source)


def _verdict(better_by: FloatArray, points: float | None) -> CodeArray:
    verdict = np.full(better_by.shape, VERDICTS.index("insufficient"), dtype=np.int8)
    if points is None:
        return verdict
    verdict[np.isfinite(better_by)] = VERDICTS.index("unchanged")
    verdict[better_by >= points] = VERDICTS.index("improved")
    verdict[better_by <= -points] = VERDICTS.index("deteriorated")
    return verdict


def _case(
    caseness: Caseness | None, scores: FloatArray, women: ArrayLike | None
) -> BoolArray | None:
    if caseness is None:
        return None
    if caseness.at_most is not None:
        return np.asarray(scores <= caseness.at_most, dtype=np.bool_)
    at_least = caseness.at_least
    if at_least is None or (caseness.women_at_least is not None and women is None):
        return None
    line: ArrayLike = at_least
    if caseness.women_at_least is not None:
        line = np.where(np.asarray(women, dtype=np.bool_), caseness.women_at_least, at_least)
    return np.asarray(scores >= np.asarray(line), dtype=np.bool_)
