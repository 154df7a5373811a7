"""Change relative to where a person started, such as "response: at least 50 % fewer symptoms".

The convention is old in drug trials; it depends strongly on the first score and says nothing
about measurement error (Claus, Wager & Bonnet 2024, doi 10.18637/jss.v111.i01).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import (
    CodeArray,
    Direction,
    FloatArray,
    scores,
    sign_of,
)

CHANGES = ("improved", "unchanged", "deteriorated")
"""What the codes of `by_percentage` and `by_anchor` index."""


def percentage_change(pre: ArrayLike, post: ArrayLike) -> FloatArray:
    """Signed change in percent of the first score, shape (people,).

    From a first score of 0 any change is infinitely large and no change is 0. The scale must
    start at 0: negative first scores raise a ChangeError.
    """
    before, after = scores(pre, "pre"), scores(post, "post")
    if before.shape != after.shape:
        raise ChangeError("shape", f"{before.size} scores before but {after.size} after")
    if (before < 0).any():
        raise ChangeError("scale", "percentages need a scale that starts at 0")
    change = after - before
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(change == 0, 0.0, 100.0 * change / before)


def by_percentage(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    improvement: float = 50.0,
    deterioration: float | None = None,
    direction: Direction = "lower",
) -> CodeArray:
    """Codes into CHANGES, shape (people,). Thresholds in percent, reached counts as passed."""
    return threshold_codes(
        sign_of(direction) * percentage_change(pre, post), improvement, deterioration
    )


def threshold_codes(better_by: FloatArray, up: float, down: float | None) -> CodeArray:
    """Codes into CHANGES of gains `better_by`: at least `up`, at least `down` lost, or neither."""
    worse = up if down is None else down
    if not (up > 0 and worse > 0):
        raise ChangeError("threshold", "thresholds of change must be above 0")
    codes = np.ones(better_by.shape, dtype=np.int8)
    codes[better_by >= up] = CHANGES.index("improved")
    codes[better_by <= -worse] = CHANGES.index("deteriorated")
    return codes
