"""The form of a safety plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: What tells me it is starting; what I can do alone; places and company that distract; people I can
#: ask for help; professionals and lines; making my surroundings safer.
STEPS = ("warning_signs", "coping", "places", "people", "professionals", "safer")
MAX_LINES = 20
MAX_LENGTH = 500


def tidy(steps: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """All six steps, with blank lines left out and spaces around a line removed."""
    return {
        step: [text for line in steps.get(step, ()) if (text := line.strip())] for step in STEPS
    }
