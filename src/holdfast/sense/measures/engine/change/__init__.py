"""What changed: formulas for change in scores, without Django, clock, network or randomness.

Owns reliable and clinically significant change (Jacobson-Truax and six further methods),
percentage and anchor-based change, the NHS Talking Therapies rules, the early "not on track"
convention, trajectories with uncertainty, and change points. Everything takes numpy arrays, one
entry per person or per measurement, and returns arrays or frozen dataclasses; impossible input
raises `ChangeError`. It may import nothing of Holdfast but its sibling engine modules.

Start from `classify` (a group), `person.change_of` (people, judged by an instrument's own figures;
imported from its module, since instrument packs take a moment to load) and `change_points` (one
person's course). They describe; none of them predicts.
"""

from holdfast.sense.measures.engine.change.anchor import by_anchor, classify_by_anchor
from holdfast.sense.measures.engine.change.changepoint import (
    ChangePoint,
    ChangePoints,
    change_points,
)
from holdfast.sense.measures.engine.change.classify import (
    CATEGORIES,
    METHODS,
    Classification,
    Method,
    classify,
    counts,
)
from holdfast.sense.measures.engine.change.cutoff import (
    Cutoff,
    cutoff_value,
    true_cutoff_value,
)
from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import (
    Descriptives,
    Direction,
    check_reliability,
    critical_value,
)
from holdfast.sense.measures.engine.change.hlm import (
    MIN_MEASUREMENTS,
    GrowthModel,
    classify_growth,
    fit_growth,
)
from holdfast.sense.measures.engine.change.on_track import TRACKS, not_on_track
from holdfast.sense.measures.engine.change.percentage import (
    CHANGES,
    by_percentage,
    percentage_change,
)
from holdfast.sense.measures.engine.change.reliable_change import (
    reliable_change,
    standard_error_of_difference,
)
from holdfast.sense.measures.engine.change.talking_therapies import (
    GAD_7,
    PHQ_9,
    Measure,
    TalkingTherapiesOutcome,
    talking_therapies,
)
from holdfast.sense.measures.engine.change.trajectory import (
    Course,
    Slope,
    Trends,
    linear_trends,
    smooth,
    theil_sen,
)

__all__ = [
    "CATEGORIES", "CHANGES", "GAD_7", "METHODS", "MIN_MEASUREMENTS", "PHQ_9", "TRACKS",
    "ChangeError", "ChangePoint", "ChangePoints", "Classification", "Course", "Cutoff",
    "Descriptives", "Direction", "GrowthModel", "Measure", "Method", "Slope",
    "TalkingTherapiesOutcome", "Trends", "by_anchor", "by_percentage", "change_points",
    "check_reliability", "classify", "classify_by_anchor", "classify_growth", "counts",
    "critical_value", "cutoff_value", "fit_growth", "linear_trends", "not_on_track",
    "percentage_change", "reliable_change", "smooth", "standard_error_of_difference",
    "talking_therapies", "theil_sen", "true_cutoff_value",
]  # fmt: skip
