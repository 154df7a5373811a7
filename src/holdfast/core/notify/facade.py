"""Tell people something, in the app at once and outside it soon after; and ask if it arrived."""

from __future__ import annotations

from holdfast.core.notify.arrival import (
    Problem,
    problems_by_account,
    problems_of,
    recent_problems,
    seen,
    settle,
)
from holdfast.core.notify.sending import send

__all__ = [
    "Problem",
    "problems_by_account",
    "problems_of",
    "recent_problems",
    "seen",
    "send",
    "settle",
]
