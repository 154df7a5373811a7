"""What the person lets it remember, as their client tells it with each turn; sealed at rest.

It comes from outside: what does not fit is left out, and nothing of it is kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard, get_args

from holdfast.support.companion.engine.offers import MOST_PAST, PartOfDay, Past

HELPED: Final = {"much": 1.0, "little": 0.5, "not": 0.0}
_PARTS: Final = frozenset(get_args(PartOfDay))
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True)
class Memory:
    """`offers`: the person wants to be offered something. Goals: codes of options.yaml."""

    offers: bool = False
    goals: frozenset[str] = frozenset()
    past: tuple[Past, ...] = ()
    safety_plan: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any] | None) -> Memory:
        """From a turn's JSON."""
        told = data or {}
        goals, past = told.get("goals"), told.get("past")
        rows = past[-MOST_PAST:] if isinstance(past, list) else []
        return cls(
            offers=told.get("offers") is True,
            goals=frozenset(
                one for one in (goals if isinstance(goals, list) else ()) if _is_code(one)
            ),
            past=tuple(one for one in map(_past, rows) if one is not None),
            safety_plan=bool(told.get("safety_plan")),
        )


def _past(row: Any) -> Past | None:
    if not isinstance(row, Mapping) or row.get("part") not in _PARTS:
        return None
    flow, helped = row.get("flow"), row.get("helped")
    if not isinstance(flow, str) or not _is_code(flow):
        return None
    known = HELPED.get(helped) if isinstance(helped, str) else None
    return Past(flow, row["part"], row.get("taken") is True, known)


def _is_code(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST
