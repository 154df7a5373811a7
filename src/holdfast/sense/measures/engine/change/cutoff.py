"""The line between the clinical and the functional population.

Jacobson & Truax (1991), doi 10.1037/0022-006X.59.1.12, with the convention of the R package
clinicalsignificance that the clinical population is the analysed group before treatment and that
cut-off b, too, uses its SD.
"""

from __future__ import annotations

import math
from typing import Literal

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import Descriptives
from holdfast.sense.measures.engine.change.hageman_arrindell import (
    HagemanArrindell,
    reliability_from,
)

Cutoff = Literal["a", "b", "c"]


def cutoff_value(
    kind: Cutoff,
    figures: Descriptives,
    functional_mean: float | None,
    functional_sd: float | None,
    sign: int,
) -> float:
    """The cut-off in points of the scale. `sign` is +1 where higher is better, else -1.

    a: two SDs from the clinical mean toward better; b: two SDs from the functional mean toward
    worse; c: between both means, nearer to the population that varies less.
    """
    mean, sd = _functional(kind, functional_mean, functional_sd)
    return _line(kind, figures.mean_pre, figures.sd_pre, mean, sd, sign)


def true_cutoff_value(
    kind: Cutoff,
    model: HagemanArrindell,
    functional_mean: float | None,
    functional_sd: float | None,
    sign: int,
) -> float:
    """The cut-off between true scores: as `cutoff_value` with SDs freed of measurement error."""
    mean, sd = _functional(kind, functional_mean, functional_sd)
    true_clinical = model.figures.sd_pre * math.sqrt(model.reliability_pre)
    true_sd = sd
    if kind == "c":
        true_sd = sd * math.sqrt(reliability_from(sd, model.error, "of the functional population"))
    return _line(kind, model.figures.mean_pre, true_clinical, mean, true_sd, sign)


def _functional(kind: Cutoff, mean: float | None, sd: float | None) -> tuple[float, float]:
    if kind not in ("a", "b", "c"):
        raise ChangeError("cutoff", f"cut-off must be a, b or c, not {kind!r}")
    if kind == "a":
        return 0.0, 0.0
    if mean is None or not math.isfinite(mean):
        raise ChangeError("functional", f"cut-off {kind} needs the functional mean")
    if kind == "b":
        return mean, 0.0
    if sd is None or not (math.isfinite(sd) and sd > 0.0):
        raise ChangeError("functional", "cut-off c needs the functional SD, above 0")
    return mean, sd


def _line(
    kind: Cutoff, clinical_mean: float, clinical_sd: float, mean: float, sd: float, sign: int
) -> float:
    if kind == "a":
        return clinical_mean + sign * 2.0 * clinical_sd
    if kind == "b":
        return mean - sign * 2.0 * clinical_sd
    return (clinical_sd * mean + sd * clinical_mean) / (clinical_sd + sd)
