"""One person's two scores, judged by the figures their instrument comes with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from holdfast.sense.measures import packs
from holdfast.sense.measures.engine.change.person import VERDICTS, change_of


@dataclass(frozen=True)
class Judged:
    """`verdict` is improved, unchanged, deteriorated or insufficient; `basis` says by what:
    published-points, index, no-figures, or no-earlier-score. `rci` is the Jacobson-Truax index.
    """

    verdict: str
    basis: str
    rci: float | None = None
    reliable_points: float | None = None
    source: str | None = None


def judge(instrument: str, version: str, scale: str, before: float | None, after: float) -> Judged:
    """Whether the change is more than measurement error. `before` is None where there is none."""
    pack = packs.catalogue().get(instrument, version)
    found = change_of(pack, scale, np.nan if before is None else before, after)
    rci = None if found.index is None or before is None else float(found.index[0])
    return Judged(
        verdict=VERDICTS[int(found.verdict[0])],
        basis="no-earlier-score" if before is None else found.basis,
        rci=rci,
        reliable_points=found.reliable_points,
        source=None if found.source is None else pack.references.get(found.source),
    )


def verdict(instrument: str, version: str, scale: str, before: float, after: float) -> str:
    """Only the verdict; see `judge`."""
    return judge(instrument, version, scale, before, after).verdict
