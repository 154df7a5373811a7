"""Thresholds with a promise, from scores of texts that took no part in training.

`for_recall` is conformal risk control of the miss rate (Angelopoulos et al. 2024,
arXiv:2208.02814, for a 0/1 loss: the split-conformal quantile): exchangeable with the calibration
positives, a new one is missed with probability at most `miss`. `for_false_alarms` is Learn then
Test (Angelopoulos et al. 2021, arXiv:2110.01052) with exact binomial tails and fixed-sequence
testing from the highest threshold down: with probability at least 1 - `delta` over the calibration
texts, the rate of false alarms stays at most `rate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, floor, inf, lgamma, log, log1p, nextafter


def for_recall(positives: Sequence[float], miss: float) -> float:
    """The highest threshold t such that `score >= t` misses at most `miss`; -inf with too few."""
    allowed = floor(miss * (len(positives) + 1))
    return sorted(positives)[allowed - 1] if allowed >= 1 else -inf


def for_false_alarms(negatives: Sequence[float], rate: float, delta: float) -> float:
    """The lowest threshold t for which `score >= t` is shown to alarm at most `rate`; inf if none.

    Thresholds are tried from above the highest score down, each just above a negative's score, and
    the last before the first that fails counts.
    """
    best = inf
    for alarms, score in enumerate([*sorted(negatives, reverse=True)]):
        if binomial_tail(alarms, len(negatives), rate) > delta:
            break
        best = nextafter(score, inf)
    return best


def binomial_tail(hits: int, trials: int, rate: float) -> float:
    """P(at most `hits` of `trials`) at `rate`: the p-value of "the rate is more than `rate`"."""
    if not 0 < rate < 1:
        return 1.0 if rate <= 0 else float(hits >= trials)
    total = 0.0
    for k in range(hits + 1):
        ways = lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1)
        total += exp(ways + k * log(rate) + (trials - k) * log1p(-rate))
    return min(total, 1.0)
