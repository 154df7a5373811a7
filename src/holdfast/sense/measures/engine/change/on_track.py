""" "Not on track": no reliable improvement by an early session, so the plan is worth a look.

A convention, not a finding: how early and by how much differ between systems of routine outcome
monitoring, and many who improve late are flagged. Lambert, Whipple & Kleinstäuber (2018),
Psychotherapy 55:520-537, doi 10.1037/pst0000167, review feedback of this kind. It prompts a
conversation and withholds nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.sense.measures.engine.change.errors import ChangeError
from holdfast.sense.measures.engine.change.figures import CodeArray, Direction, sign_of

TRACKS = ("too-early", "on-track", "not-on-track")
"""What the codes of `not_on_track` index."""

FIRST_SESSION, LAST_SESSION = 4, 6


def not_on_track(
    sessions: ArrayLike,
    *,
    reliable_points: float,
    baseline: ArrayLike,
    direction: Direction = "lower",
    first: int = FIRST_SESSION,
    last: int = LAST_SESSION,
) -> CodeArray:
    """Codes into TRACKS, shape (people,).

    `sessions` has shape (people, sessions): column 0 is session 1, NaN where no score was taken.
    `baseline`, shape (people,), is the score before treatment; `reliable_points` is the change, in
    points, that counts as reliable. Judged is the latest score from session `first` to `last`;
    without one, or without a baseline, it is too early to say.
    """
    if not 1 <= first <= last:
        raise ChangeError("sessions", f"sessions {first} to {last} are no range")
    if not reliable_points > 0:
        raise ChangeError("threshold", "the reliable change must be above 0 points")
    table = np.asarray(sessions, dtype=np.float64)
    start = np.asarray(baseline, dtype=np.float64)
    if table.ndim != 2 or start.shape != table.shape[:1]:
        raise ChangeError("shape", "sessions must be (people, sessions), baseline (people,)")
    latest = _latest(table[:, first - 1 : last])
    gain = sign_of(direction) * (latest - start)
    codes = np.full(start.shape, TRACKS.index("too-early"), dtype=np.int8)
    codes[gain >= reliable_points] = TRACKS.index("on-track")
    codes[gain < reliable_points] = TRACKS.index("not-on-track")
    return codes


def _latest(window: NDArray[np.float64]) -> NDArray[np.float64]:
    """The last score of each row that is not NaN, shape (people,); NaN where there is none."""
    if window.shape[1] == 0:
        return np.full(window.shape[0], np.nan)
    taken = np.isfinite(window)
    place = window.shape[1] - 1 - np.argmax(taken[:, ::-1], axis=1)
    found = window[np.arange(window.shape[0]), place]
    return np.where(taken.any(axis=1), found, np.nan)
