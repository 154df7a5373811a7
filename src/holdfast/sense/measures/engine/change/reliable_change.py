"""Indices of reliable change: was a person's change larger than measurement error explains?

Every function takes paired scores of shape (people,) in points of the scale and returns an index
of the same shape, in standard-error units and with the sign of the change (post minus pre), to be
held against a standard normal quantile. `sd_pre` is the SD of the scores before treatment.

Formulas and naming follow Claus, Wager & Bonnet (2024), J Stat Softw 111(1),
doi 10.18637/jss.v111.i01, where they are reviewed side by side.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import (
    Descriptives,
    FloatArray,
    check_reliability,
)


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """SD of one observed score around its true score: sd * sqrt(1 - r), in points."""
    if not sd > 0.0:
        raise ChangeError("no-variance", f"the SD before treatment must be above 0, not {sd:g}")
    return sd * math.sqrt(1.0 - check_reliability(reliability))


def standard_error_of_difference(sd: float, reliability: float) -> float:
    """SD of the difference of two scores when nothing changed: SEM * sqrt(2), in points."""
    return math.sqrt(2.0) * standard_error_of_measurement(sd, reliability)


def standard_error_of_prediction(sd: float, reliability: float) -> float:
    """SD of a second score around its prediction from a first one: sd * sqrt(1 - r²), in points."""
    standard_error_of_measurement(sd, reliability)
    return sd * math.sqrt(1.0 - reliability**2)


def reliable_change(
    pre: ArrayLike, post: ArrayLike, sd_pre: float, reliability: float
) -> FloatArray:
    """Jacobson & Truax (1991), doi 10.1037/0022-006X.59.1.12: change over its standard error.

    Works on any shape that broadcasts, so one person's pair gives a zero-dimensional array.
    """
    change = np.asarray(post, dtype=np.float64) - np.asarray(pre, dtype=np.float64)
    return np.asarray(change / standard_error_of_difference(sd_pre, reliability))


def gulliksen_lord_novick(
    pre: FloatArray, post: FloatArray, figures: Descriptives, reliability: float
) -> FloatArray:
    """Gulliksen-Lord-Novick (Hsu 1989, Behav Assess 11:459-467; Hsu 1995,
    doi 10.1037/0022-006X.63.1.141): change beyond regression to the mean before treatment.
    """
    expected = reliability * (pre - figures.mean_pre)
    error = standard_error_of_prediction(figures.sd_pre, reliability)
    return (post - figures.mean_pre - expected) / error


def hsu_linn_lindsey(
    pre: FloatArray, post: FloatArray, figures: Descriptives, reliability: float
) -> FloatArray:
    """Hsu-Linn-Lindsey (Hsu 1989, Behav Assess 11:459-467): change relative to the group's.

    Centring on the mean after treatment makes "unchanged" mean "changed as the average person
    did": someone who improves less than the others counts as deteriorated.
    """
    expected = reliability * (pre - figures.mean_pre)
    error = standard_error_of_prediction(figures.sd_pre, reliability)
    return (post - figures.mean_post - expected) / error


def edwards_nunnally(
    pre: FloatArray, post: FloatArray, figures: Descriptives, reliability: float
) -> FloatArray:
    """Edwards-Nunnally as reformulated by Speer (1992), doi 10.1037/0022-006X.60.3.402:
    distance of the score after from the estimated true score before.
    """
    true_pre = reliability * (pre - figures.mean_pre) + figures.mean_pre
    return (post - true_pre) / standard_error_of_measurement(figures.sd_pre, reliability)


def nunnally_kotsch(
    pre: FloatArray,
    post: FloatArray,
    figures: Descriptives,
    reliability: float,
    reliability_post: float | None = None,
) -> FloatArray:
    """Nunnally & Kotsch (1983), doi 10.1111/j.2044-8260.1983.tb00582.x.

    `reliability_post` is the reliability after treatment; without one it equals `reliability`.
    """
    later = check_reliability(
        reliability if reliability_post is None else reliability_post, "reliability_post"
    )
    standard_error_of_measurement(figures.sd_pre, reliability)
    true_pre = reliability * (pre - figures.mean_pre) + figures.mean_pre
    error = figures.sd_pre * math.sqrt(reliability**2 * (1.0 - reliability) + (1.0 - later))
    return (post - true_pre) / error
