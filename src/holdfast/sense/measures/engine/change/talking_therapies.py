"""Outcomes as NHS Talking Therapies (formerly IAPT) in England counts them.

Two measures together: depression (PHQ-9) and anxiety (GAD-7, or the measure specific to the
person's anxiety disorder, which then takes its place). Clark (2018), Annu Rev Clin Psychol
14:159-183, doi 10.1146/annurev-clinpsy-050817-084833 (pairing of measures, its table 2); Gyani,
Shafran, Layard & Clark (2013), Behav Res Ther 51:597-606, doi 10.1016/j.brat.2013.06.004.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import BoolArray, FloatArray

MIN_CONTACTS = 2
"""A course counts when it ended after at least two attended treatment contacts."""


@dataclass(frozen=True)
class Measure:
    """Where caseness begins and how many points of change are reliable; lower is better."""

    name: str
    caseness: float
    reliable_change: float


PHQ_9 = Measure("PHQ-9", caseness=10, reliable_change=6)
GAD_7 = Measure("GAD-7", caseness=8, reliable_change=4)


@dataclass(frozen=True)
class TalkingTherapiesOutcome:
    """Who counts, and how they fared. Every array has shape (people,)."""

    counted: BoolArray
    """Finished the course, had enough contacts, and both measures were taken before and after."""
    case_before: BoolArray
    recovered: BoolArray
    reliably_improved: BoolArray
    reliably_deteriorated: BoolArray
    reliably_recovered: BoolArray

    def rates(self) -> dict[str, float]:
        """Percent, 0 to 100: recovery of those at caseness before, change of all counted.

        NaN where nobody is in the denominator.
        """
        cases = int((self.counted & self.case_before).sum())
        everyone = int(self.counted.sum())
        return {
            "recovery": _percent(self.recovered, cases),
            "reliable_recovery": _percent(self.reliably_recovered, cases),
            "reliable_improvement": _percent(self.reliably_improved, everyone),
            "reliable_deterioration": _percent(self.reliably_deteriorated, everyone),
        }


def talking_therapies(
    depression_before: ArrayLike,
    depression_after: ArrayLike,
    anxiety_before: ArrayLike,
    anxiety_after: ArrayLike,
    *,
    depression: Measure = PHQ_9,
    anxiety: Measure = GAD_7,
    contacts: ArrayLike | None = None,
    finished: ArrayLike | None = None,
) -> TalkingTherapiesOutcome:
    """Apply the rules to scores of shape (people,), NaN where one was not taken.

    Caseness: at or above the cut-off on either measure. Recovery: a case before, below both
    cut-offs after. Reliable improvement: on either measure, with reliable deterioration on
    neither; reliable deterioration mirrors it. People treated for an anxiety disorder with a
    measure of its own are a group of their own, with that measure as `anxiety`. `contacts` counts
    attended treatment contacts, `finished` says whether the course has ended; without them
    everybody is taken to have enough and to have finished.
    """
    low_before, low_after = _scores(depression_before), _scores(depression_after)
    anx_before, anx_after = _scores(anxiety_before), _scores(anxiety_after)
    all_four = (low_before, low_after, anx_before, anx_after)
    if len({scores.shape for scores in all_four}) != 1:
        raise ChangeError("shape", "the four score arrays must have one shape, (people,)")
    counted = np.logical_and.reduce([np.isfinite(scores) for scores in all_four])
    if contacts is not None:
        counted = counted & (np.asarray(contacts) >= MIN_CONTACTS)
    if finished is not None:
        counted = counted & np.asarray(finished, dtype=np.bool_)
    case_before = (low_before >= depression.caseness) | (anx_before >= anxiety.caseness)
    case_after = (low_after >= depression.caseness) | (anx_after >= anxiety.caseness)
    low_fall, anx_fall = low_before - low_after, anx_before - anx_after
    better = (low_fall >= depression.reliable_change) | (anx_fall >= anxiety.reliable_change)
    worse = (low_fall <= -depression.reliable_change) | (anx_fall <= -anxiety.reliable_change)
    recovered = counted & case_before & ~case_after
    improved = counted & better & ~worse
    return TalkingTherapiesOutcome(
        counted=counted,
        case_before=counted & case_before,
        recovered=recovered,
        reliably_improved=improved,
        reliably_deteriorated=counted & worse & ~better,
        reliably_recovered=recovered & improved,
    )


def _scores(values: ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _percent(yes: BoolArray, of: int) -> float:
    return 100.0 * int(yes.sum()) / of if of else float("nan")
