"""Where tests find shared data that is not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("HOLDFAST_SHARED", Path(__file__).parents[2] / "shared"))


def shared_path(*parts: str) -> Path:
    """A path below `HOLDFAST_SHARED` (default: `shared` beside the repository).

    Where it is absent the test fails if `HOLDFAST_REQUIRE_SHARED=1`, and else is skipped with a
    reason that the end of the run counts.
    """
    path = SHARED.joinpath(*parts)
    if not path.exists():
        reason = f"needs HOLDFAST_SHARED: {Path(*parts)} is not there"
        if os.environ.get("HOLDFAST_REQUIRE_SHARED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
