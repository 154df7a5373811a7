"""Hageman & Arrindell (1999), doi 10.1016/S0005-7967(99)00032-7.

Scores are first pulled toward the group's, by the reliability of the change (or of the later
score), so that both the index of change and the crossing of the cut-off are statements about true
scores. The group level answers another question: which share of the group truly changed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import Descriptives, FloatArray
from holdfast.sense.measures.engine.change.reliable_change import standard_error_of_measurement


@dataclass(frozen=True)
class HagemanArrindell:
    """Reliabilities of one group, all derived from one standard error of measurement (points)."""

    figures: Descriptives
    error: float
    reliability_pre: float
    reliability_post: float
    reliability_of_change: float

    @classmethod
    def of(cls, figures: Descriptives, reliability: float) -> HagemanArrindell:
        """Derive the reliabilities; ChangeError where the data contradict `reliability`."""
        error = standard_error_of_measurement(figures.sd_pre, reliability)
        pre = reliability_from(figures.sd_pre, error, "before treatment")
        post = reliability_from(figures.sd_post, error, "after treatment")
        shared = 2.0 * figures.sd_pre * figures.sd_post * figures.correlation
        observed = figures.sd_pre**2 + figures.sd_post**2 - shared
        true = figures.sd_pre**2 * pre + figures.sd_post**2 * post - shared
        if observed <= 0.0 or true <= 0.0:
            raise ChangeError(
                "reliability",
                "with this reliability, measurement error explains all differences in change: "
                "the Hageman-Arrindell index is not defined",
            )
        return cls(figures, error, pre, post, true / observed)

    def index_of_change(self, pre: FloatArray, post: FloatArray) -> FloatArray:
        """RC_indiv of shape (people,), to be held against a one-sided quantile (1.645)."""
        weight = self.reliability_of_change
        group_change = self.figures.mean_post - self.figures.mean_pre
        change = (post - pre) * weight + group_change * (1.0 - weight)
        return change / (math.sqrt(weight) * math.sqrt(2.0) * self.error)

    def index_of_crossing(self, post: FloatArray, cutoff: float) -> FloatArray:
        """CS_indiv of shape (people,): distance of the true later score from the true cut-off."""
        weight = self.reliability_post
        true_post = self.figures.mean_post + (post - self.figures.mean_post) * weight
        return (true_post - cutoff) / (math.sqrt(weight) * self.error)

    def group_level(self, change: FloatArray, cutoff: float, sign: int) -> dict[str, float]:
        """Shares (0 to 1) of the group that truly changed and are truly functional afterwards."""
        centre = float(change.mean())
        spread = float(change.std(ddof=1)) * math.sqrt(self.reliability_of_change)
        spread_post = self.figures.sd_post * math.sqrt(self.reliability_post)
        normal = NormalDist()
        return {
            "changed": normal.cdf(sign * centre / spread),
            "functional": normal.cdf(sign * (self.figures.mean_post - cutoff) / spread_post),
        }


def reliability_from(sd: float, error: float, where: str) -> float:
    """Share of true variance when scores vary by `sd` and are measured with `error` (points)."""
    if sd <= error:
        raise ChangeError(
            "reliability",
            f"scores {where} (SD {sd:.4g}) vary no more than measurement error ({error:.4g}): "
            "the Hageman-Arrindell method needs a higher reliability or another method",
        )
    return (sd**2 - error**2) / sd**2
