"""One person's two scores, judged by the figures their instrument comes with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from holdfast.sense.measures import packs
from holdfast.sense.measures.engine.change.person import VERDICTS, Verdict, change_of
from holdfast.sense.measures.engine.instrument import Instrument


@dataclass(frozen=True)
class Judged:
    """`verdict` is improved, unchanged, deteriorated or insufficient; `basis` says by what:
    published-points, index, no-figures, or no-earlier-score. `rci` is the Jacobson-Truax index.
    """

    verdict: Verdict
    basis: str
    rci: float | None = None
    reliable_points: float | None = None
    source: str | None = None


def judge(instrument: str, version: str, scale: str, before: float | None, after: float) -> Judged:
    """Whether the change is more than measurement error. `before` is None where there is none."""
    return _judge(packs.catalogue().get(instrument, version), scale, before, after)


# A list of people asks for the same few pairs of scores again and again.
@lru_cache(maxsize=8192)
def _judge(pack: Instrument, scale: str, before: float | None, after: float) -> Judged:
    found = change_of(pack, scale, np.nan if before is None else before, after)
    rci = None if found.index is None or before is None else float(found.index[0])
    return Judged(
        verdict=VERDICTS[int(found.verdict[0])],
        basis="no-earlier-score" if before is None else found.basis,
        rci=rci,
        reliable_points=found.reliable_points,
        source=None if found.source is None else pack.references.get(found.source),
    )


def verdict(instrument: str, version: str, scale: str, before: float, after: float) -> Verdict:
    """Only the verdict; see `judge`."""
    return judge(instrument, version, scale, before, after).verdict


def verdict_by(pack: Instrument, scale: str, before: float, after: float) -> Verdict:
    """The verdict by an instrument that is at hand already."""
    return _judge(pack, scale, before, after).verdict
