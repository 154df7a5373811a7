"""How long people waited, told honestly: a range from those who came before, or that it is unknown.

Somebody who still waits longer than others waited is part of the picture, too: leaving them out
would promise what only the lucky got (right-censoring; Kaplan & Meier 1958,
doi:10.1080/01621459.1958.10501452).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

#: With fewer people than this who came to the end of their waiting, nothing is said.
FEWEST = 5


@dataclass(frozen=True)
class Wait:
    """One person's waiting: how long, and whether it ended with somebody."""

    lasted: timedelta
    matched: bool


@dataclass(frozen=True)
class Estimate:
    """Days after which a quarter, half and three quarters had found somebody; None: not yet known.

    `people` is from how many this was worked out.
    """

    quarter: int | None
    half: int | None
    three_quarters: int | None
    people: int


def estimate(waits: Sequence[Wait]) -> Estimate | None:
    """None where too few came to an end of their waiting."""
    matched = sum(wait.matched for wait in waits)
    if matched < FEWEST:
        return None
    return Estimate(
        quarter=_day_by_which(waits, 0.25),
        half=_day_by_which(waits, 0.5),
        three_quarters=_day_by_which(waits, 0.75),
        people=len(waits),
    )


def _day_by_which(waits: Sequence[Wait], share: float) -> int | None:
    """The first day by which this share had found somebody (product-limit estimate)."""
    still = 1.0
    ends = sorted({_days(wait) for wait in waits if wait.matched})
    for day in ends:
        at_risk = sum(_days(wait) >= day for wait in waits)
        found = sum(wait.matched and _days(wait) == day for wait in waits)
        still *= 1 - found / at_risk
        if still <= 1 - share + 1e-12:
            return day
    return None


def _days(wait: Wait) -> int:
    """Whole days, upwards: nobody is told less than others waited."""
    return -(-wait.lasted // timedelta(days=1))
