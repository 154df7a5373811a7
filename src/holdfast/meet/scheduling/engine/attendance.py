"""How many times were kept for somebody who did not come, with how sure one can be. Pure.

A share is of the times that were held: kept, missed, and called off too late for anybody else to
have them. What was called off in time, or by the practice, counts as neither. Nobody is told apart
here: why somebody stays away is a question for them, not for a table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from statistics import NormalDist

#: Two-sided.
CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


@dataclass(frozen=True)
class Share:
    """`count` of `of`, and the interval in which the underlying share lies; None of nothing."""

    count: int
    of: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Attendance:
    """What became of each person's part in the appointments of a time.

    `late`: called off by the person later than the terms ask for. `unsaid`: over, and nobody has
    noted whether it took place.
    """

    kept: int = 0
    missed: int = 0
    late: int = 0
    in_time: int = 0
    by_practice: int = 0
    unsaid: int = 0

    @property
    def held(self) -> int:
        return self.kept + self.missed + self.late

    def __add__(self, other: Attendance) -> Attendance:
        added = (getattr(self, one.name) + getattr(other, one.name) for one in fields(self))
        return Attendance(*added)


def share(count: int, of: int) -> Share:
    """With Wilson's score interval (Wilson EB. J Am Stat Assoc 1927;22:209-12), which holds for few
    appointments and for shares near 0 and 1 (Brown LD, Cai TT, DasGupta A. Stat Sci
    2001;16:101-33).
    """
    if of == 0:
        return Share(count, of, None, None)
    p, z2 = count / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    return Share(count, of, max(0.0, middle - half), min(1.0, middle + half))


def missed(found: Attendance) -> Share:
    """Of the times that were held, those to which nobody came."""
    return share(found.missed, found.held)


def late(found: Attendance) -> Share:
    """Of the times that were held, those called off late."""
    return share(found.late, found.held)
