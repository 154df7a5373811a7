"""A share of a count with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `total`."""

    hits: int
    total: int

    @property
    def share(self) -> float:
        return self.hits / self.total if self.total else float("nan")

    def wilson(self, z: float = 1.96) -> tuple[float, float]:
        """The Wilson score interval (Wilson 1927), by default of 95 %."""
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        if not self.total:
            return "-"
        low, high = self.wilson()
        return f"{self.share:.3f} [{low:.3f}, {high:.3f}] {self.hits}/{self.total}"
