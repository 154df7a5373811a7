"""What changed: formulas for change in scores, without Django, clock, network or randomness.

Owns reliable and clinically significant change (Jacobson-Truax and six further methods),
percentage and anchor-based change, the NHS Talking Therapies rules, the early "not on track"
convention, trajectories with uncertainty, and change points. Everything takes numpy arrays, one
entry per person or per measurement, and returns arrays or frozen dataclasses; impossible input
raises `ChangeError`. It may import nothing of Holdfast but its sibling engine modules.

Start from `classify` (a group), `change_of` (people, with an instrument's own figures) and
`change_points` (one person's course). They describe; none of them predicts.
"""

from holdfast.sense.measures.engine.change.classify import (
    CATEGORIES,
    METHODS,
    Classification,
    Method,
    classify,
)
from holdfast.sense.measures.engine.change.cutoff import Cutoff, cutoff_value, true_cutoff_value
from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import Descriptives, Direction, critical_value
from holdfast.sense.measures.engine.change.hlm import (
    MIN_MEASUREMENTS,
    GrowthModel,
    classify_growth,
    fit_growth,
)
from holdfast.sense.measures.engine.change.reliable_change import (
    reliable_change,
    standard_error_of_difference,
)

__all__ = [
    "CATEGORIES",
    "METHODS",
    "MIN_MEASUREMENTS",
    "ChangeError",
    "Classification",
    "Cutoff",
    "Descriptives",
    "Direction",
    "GrowthModel",
    "Method",
    "classify",
    "classify_growth",
    "critical_value",
    "cutoff_value",
    "fit_growth",
    "reliable_change",
    "standard_error_of_difference",
    "true_cutoff_value",
]
