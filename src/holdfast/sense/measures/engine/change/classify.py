"""Clinically significant change: reliable change and the crossing of a cut-off together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from holdfast.sense.measures.engine.change import reliable_change as rc
from holdfast.sense.measures.engine.change.cutoff import Cutoff, cutoff_value, true_cutoff_value
from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import (
    BoolArray,
    CodeArray,
    Descriptives,
    Direction,
    FloatArray,
    critical_value,
    scores,
    sign_of,
)
from holdfast.sense.measures.engine.change.hageman_arrindell import HagemanArrindell

Method = Literal["JT", "GLN", "HLL", "EN", "NK", "HA", "HLM"]
METHODS: tuple[Method, ...] = ("JT", "GLN", "HLL", "EN", "NK", "HA", "HLM")

CATEGORIES = ("recovered", "improved", "unchanged", "deteriorated", "harmed")
"""What `Classification.category` indexes.

recovered: reliably better, and from the clinical to the functional side of the cut-off;
improved: reliably better otherwise; deteriorated: reliably worse; harmed: reliably worse, and from
the functional to the clinical side.
"""
RECOVERED, IMPROVED, UNCHANGED, DETERIORATED, HARMED = range(5)


@dataclass(frozen=True)
class Classification:
    """The outcome of every analysed person, and the figures it rests on."""

    method: Method
    category: CodeArray
    """Shape (people,): index into CATEGORIES."""
    index: FloatArray
    """Shape (people,): index of change in standard errors, negative where scores fell."""
    cutoff: float
    critical: float
    figures: Descriptives
    group_level: Mapping[str, float] | None = None
    """Hageman-Arrindell only: shares (0 to 1) truly changed and truly functional."""

    def counts(self, among: BoolArray | None = None) -> dict[str, dict[str, float]]:
        """{category: {"n", "percent"}} of the people `among`, by default all."""
        return counts(self.category if among is None else self.category[among])


def counts(category: CodeArray, names: tuple[str, ...] = CATEGORIES) -> dict[str, dict[str, float]]:
    """{name: {"n", "percent"}} of codes of shape (people,); percent runs from 0 to 100."""
    total = max(category.size, 1)
    return {
        name: {"n": int(n), "percent": 100.0 * int(n) / total}
        for name, n in zip(names, np.bincount(category, minlength=len(names)), strict=True)
    }


def classify(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    method: Method = "JT",
    cutoff: Cutoff = "c",
    direction: Direction = "lower",
    reliability: float | None = None,
    reliability_post: float | None = None,
    functional_mean: float | None = None,
    functional_sd: float | None = None,
    significance: float = 0.05,
) -> Classification:
    """Classify complete cases; `pre` and `post` have shape (people,), in points of the scale.

    Conventions are those of the R package clinicalsignificance (Claus, Wager & Bonnet 2024,
    doi 10.18637/jss.v111.i01): SDs are those of `pre`; a score on the cut-off is on neither side
    of it; "reliable" means beyond the two-sided normal quantile of `significance`, for
    Hageman-Arrindell the one-sided one. HLM needs every measurement: see `hlm.classify_growth`.
    """
    before, after = scores(pre, "pre"), scores(post, "post")
    figures = Descriptives.of(before, after)
    if method == "HLM":
        raise ChangeError("method", "HLM needs all measurements, not a pair")
    if method not in METHODS:
        raise ChangeError("method", f"unknown method {method!r}: use one of {', '.join(METHODS)}")
    if reliability is None:
        raise ChangeError("reliability", f"method {method} needs a reliability")
    sign = sign_of(direction)
    critical = critical_value(significance, one_sided=method == "HA")
    if method == "HA":
        return _classify_true_scores(
            before, after, figures, reliability, cutoff, functional_mean, functional_sd, sign,
            critical,
        )  # fmt: skip
    index = _index(method, before, after, figures, reliability, reliability_post)
    line = cutoff_value(cutoff, figures, functional_mean, functional_sd, sign)
    category = categorise(sign * index, sign * before, sign * after, sign * line, critical)
    return Classification(method, category, index, line, critical, figures)


def _index(
    method: Method,
    pre: FloatArray,
    post: FloatArray,
    figures: Descriptives,
    reliability: float,
    reliability_post: float | None,
) -> FloatArray:
    if method == "JT":
        return rc.reliable_change(pre, post, figures.sd_pre, reliability)
    if method == "NK":
        return rc.nunnally_kotsch(pre, post, figures, reliability, reliability_post)
    formula = {
        "GLN": rc.gulliksen_lord_novick,
        "HLL": rc.hsu_linn_lindsey,
        "EN": rc.edwards_nunnally,
    }[method]
    return formula(pre, post, figures, reliability)


def _classify_true_scores(
    pre: FloatArray,
    post: FloatArray,
    figures: Descriptives,
    reliability: float,
    cutoff: Cutoff,
    functional_mean: float | None,
    functional_sd: float | None,
    sign: int,
    critical: float,
) -> Classification:
    model = HagemanArrindell.of(figures, reliability)
    line = true_cutoff_value(cutoff, model, functional_mean, functional_sd, sign)
    index = model.index_of_change(pre, post)
    functional = sign * model.index_of_crossing(post, line) > critical
    turned = sign * index
    clinical = sign * pre < sign * line
    category = combine(turned > critical, turned < -critical, clinical, functional)
    group_level = model.group_level(post - pre, line, sign)
    return Classification("HA", category, index, line, critical, figures, group_level)


def categorise(
    index: FloatArray, pre: FloatArray, post: FloatArray, cutoff: float, critical: float
) -> CodeArray:
    """Category codes of shape (people,). All arguments are turned so that higher is better."""
    return combine(index > critical, index < -critical, pre < cutoff, post > cutoff)


def combine(
    better: BoolArray, worse: BoolArray, clinical_pre: BoolArray, functional_post: BoolArray
) -> CodeArray:
    """Category codes from who changed for the better or worse and who crossed the cut-off."""
    category = np.full(better.shape, UNCHANGED, dtype=np.int8)
    category[better] = IMPROVED
    category[better & clinical_pre & functional_post] = RECOVERED
    category[worse] = DETERIORATED
    category[worse & ~clinical_pre & ~functional_post] = HARMED
    return category
