"""What is free, and what a series is: pure functions of rules, rows and the present instant."""

from __future__ import annotations

from holdfast.meet.scheduling.engine.days import fits_zone, local_instant, whole_day
from holdfast.meet.scheduling.engine.series import later_starts, moved_wall, series_starts
from holdfast.meet.scheduling.engine.slots import (
    Busy,
    ExceptionDay,
    Kind,
    Rule,
    Slot,
    Window,
    closed_spans,
    free_slots,
    open_windows,
)

__all__ = [
    "Busy",
    "ExceptionDay",
    "Kind",
    "Rule",
    "Slot",
    "Window",
    "closed_spans",
    "fits_zone",
    "free_slots",
    "later_starts",
    "local_instant",
    "moved_wall",
    "open_windows",
    "series_starts",
    "whole_day",
]
