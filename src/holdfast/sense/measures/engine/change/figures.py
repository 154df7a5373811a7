"""Words and figures every method of this package shares."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.sense.measures.engine.change.errors import ChangeError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
CodeArray = NDArray[np.int8]

Direction = Literal["lower", "higher"]
"""Which way is better on the scale."""


def sign_of(direction: Direction) -> int:
    """+1 where higher scores are better, -1 where lower ones are."""
    if direction == "higher":
        return 1
    if direction == "lower":
        return -1
    raise ChangeError("direction", f"direction must be lower or higher, not {direction!r}")


def scores(values: ArrayLike, name: str) -> FloatArray:
    """`values` as a one-dimensional array of finite numbers, or a ChangeError naming `name`."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ChangeError("shape", f"{name} must be one-dimensional, not of shape {array.shape}")
    if not np.isfinite(array).all():
        raise ChangeError("missing-score", f"{name} has missing or infinite scores")
    return array


def check_reliability(value: float, name: str = "reliability") -> float:
    """A reliability strictly between 0 and 1: at either end no index of change is defined."""
    if not 0.0 < value < 1.0:
        raise ChangeError("reliability", f"{name} must be between 0 and 1, not {value:g}")
    return value


def critical_value(significance: float, *, one_sided: bool = False) -> float:
    """The standard normal quantile an index must pass (1.959964 at 0.05, two-sided)."""
    if not 0.0 < significance < 1.0:
        raise ChangeError("significance", f"significance must be in (0, 1), not {significance:g}")
    tail = significance if one_sided else significance / 2.0
    return NormalDist().inv_cdf(1.0 - tail)


@dataclass(frozen=True)
class Descriptives:
    """What the analysed cases look like, in points of the scale. SDs divide by n - 1."""

    n: int
    mean_pre: float
    sd_pre: float
    mean_post: float
    sd_post: float
    correlation: float
    """Pearson correlation of pre and post; 0 where either does not vary."""

    @classmethod
    def of(cls, pre: FloatArray, post: FloatArray) -> Descriptives:
        """Describe paired scores of shape (people,). At least two people are needed for an SD."""
        if pre.shape != post.shape:
            raise ChangeError("shape", f"{pre.size} scores before but {post.size} after")
        if pre.size < 2:
            raise ChangeError(
                "no-cases", f"at least two complete cases are needed for an SD, found {pre.size}"
            )
        from_pre, from_post = pre - pre.mean(), post - post.mean()
        freedom = pre.size - 1
        sd_pre = float(np.sqrt(from_pre @ from_pre / freedom))
        sd_post = float(np.sqrt(from_post @ from_post / freedom))
        spread = sd_pre * sd_post
        return cls(
            n=pre.size,
            mean_pre=float(pre.mean()),
            sd_pre=sd_pre,
            mean_post=float(post.mean()),
            sd_post=sd_post,
            correlation=float(from_pre @ from_post / freedom / spread) if spread > 0 else 0.0,
        )
