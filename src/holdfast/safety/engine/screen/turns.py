"""Little said at a time: weak signals of several turns add up and fade.

Each kind of weak sign (a `watch` finding of its own rule, of the writer) weighs 1 in the turn it is
said and `FADING` times less each turn after. Signs of at least `LEAST_KINDS` kinds whose weights
reach `ENOUGH`, one of them in the newest turn, make `concern`. After an alarm within `REMEMBERED`
turns the level is at least `watch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from holdfast.safety.engine.screen.result import Evidence, Experiencer, Level

FADING: Final = 0.8
ENOUGH: Final = 2.2
LEAST_KINDS: Final = 3
REMEMBERED: Final = 3
CODE: Final = "turns"


def accumulated(turns: Sequence[Sequence[Evidence]]) -> Level:
    """The level that the turns make together; `turns` oldest first, the newest last."""
    if not turns:
        return Level.NONE
    newest = len(turns) - 1
    weights: dict[str, float] = {}
    recent_alarm = False
    for place, findings in enumerate(turns):
        age = newest - place
        for finding in findings:
            if finding.level is Level.WATCH and finding.experiencer is Experiencer.SELF:
                weights[finding.code] = max(weights.get(finding.code, 0.0), FADING**age)
            recent_alarm |= finding.level >= Level.CONCERN and 0 < age <= REMEMBERED
    fresh = any(finding.level is Level.WATCH for finding in turns[-1])
    if fresh and len(weights) >= LEAST_KINDS and sum(weights.values()) >= ENOUGH:
        return Level.CONCERN
    return Level.WATCH if recent_alarm else Level.NONE
