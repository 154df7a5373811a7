"""One turn, put together: notices that are due, the screen, then the protocol or the exercise.

Pure: no Django, no clock, no network. `answer.answer` makes a turn, `world.shipped_world` holds the
content it needs, `shapes` the forms that travel. docs/reference/companion-turns.md shows them.
"""

from __future__ import annotations

from holdfast.support.companion.dialogue.answer import answer
from holdfast.support.companion.dialogue.shapes import (
    Answer,
    Claims,
    Conversation,
    Event,
    Said,
    event_of,
)
from holdfast.support.companion.dialogue.world import World, shipped_world
from holdfast.support.companion.engine.conversation import Chose, Opened

__all__ = [
    "Answer",
    "Chose",
    "Claims",
    "Conversation",
    "Event",
    "Opened",
    "Said",
    "World",
    "answer",
    "event_of",
    "shipped_world",
]
