"""Change held against a minimal important difference (MID): what people notice as a change.

An MID is found by anchoring change scores to people's own judgement of change, for instance 7
points of the BDI-II in the examples of Claus, Wager & Bonnet (2024), doi 10.18637/jss.v111.i01.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from holdfast.sense.measures.engine.change.classify import combine
from holdfast.sense.measures.engine.change.cutoff import Cutoff, cutoff_value
from holdfast.sense.measures.engine.change.figures import (
    CodeArray,
    Descriptives,
    Direction,
    scores,
    sign_of,
)
from holdfast.sense.measures.engine.change.percentage import CHANGES, threshold_codes


def by_anchor(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    improvement: float,
    deterioration: float | None = None,
    direction: Direction = "lower",
) -> CodeArray:
    """Codes into `percentage.CHANGES`, shape (people,). MIDs in points; reached is passed."""
    before, after = scores(pre, "pre"), scores(post, "post")
    return threshold_codes(sign_of(direction) * (after - before), improvement, deterioration)


def classify_by_anchor(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    improvement: float,
    deterioration: float | None = None,
    cutoff: Cutoff = "c",
    direction: Direction = "lower",
    functional_mean: float | None = None,
    functional_sd: float | None = None,
) -> CodeArray:
    """Codes into `classify.CATEGORIES`: an important change and the crossing of a cut-off.

    The Claus-Wager-Bonnet approach: as Jacobson-Truax with the MID in place of the index.
    """
    before, after = scores(pre, "pre"), scores(post, "post")
    figures, sign = Descriptives.of(before, after), sign_of(direction)
    line = sign * cutoff_value(cutoff, figures, functional_mean, functional_sd, sign)
    change = by_anchor(
        before, after, improvement=improvement, deterioration=deterioration, direction=direction
    )
    return combine(
        change == CHANGES.index("improved"),
        change == CHANGES.index("deteriorated"),
        sign * before < line,
        sign * after > line,
    )
