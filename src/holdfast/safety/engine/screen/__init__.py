"""The safety screen: a text in, a level with its evidence as codes and offsets out.

It describes and asks for a human; it predicts nothing and keeps nothing. Layers, each measurable
alone: `normalise` (spelling tricks undone, offsets kept), `rules` with `context` (phrases that a
clinician can read, negation, past, other people, idioms, quotations), `classifier` (a linear model
on hashed n-grams, threshold by `calibrate`) and `turns` (little said at a time). Start at
`screen()`, `Screening` and docs/reference/safety-screen.md.
"""

from __future__ import annotations

from holdfast.safety.engine.screen.result import (
    Category,
    Evidence,
    Experiencer,
    Level,
    Screening,
    Temporality,
    Unscreened,
)
from holdfast.safety.engine.screen.screen import Screener, screen

__all__ = [
    "Category",
    "Evidence",
    "Experiencer",
    "Level",
    "Screener",
    "Screening",
    "Temporality",
    "Unscreened",
    "screen",
]
