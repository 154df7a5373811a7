"""The language model, optional: a practice's own endpoint that rewords what a person wrote.

Any server that speaks `POST …/chat/completions` with `stream: true`. It is asked to reflect, to
paraphrase or to sum up one step of a flow, never in a crisis, and every sentence passes the gate
(`safety.engine.gate`) before it leaves here. Nothing here knows Django, keeps a text or logs one;
scripted words are on the screen before it is asked, so that whatever fails costs nothing.

`config` says which endpoints are spoken to, `prompts` what they are told, `wire` reads streams,
`splitter` finds sentences, `book` holds budgets and back-off for all processes. Start at
`Reflector.reflect`, `ReflectRequest` and docs/explanation/language-model.md.
"""

from __future__ import annotations

from holdfast.support.companion.model.book import Book
from holdfast.support.companion.model.config import ConfigError, ModelConfig
from holdfast.support.companion.model.prompts import Prompts, PromptsError, shipped_prompts
from holdfast.support.companion.model.reflect import (
    Facts,
    Limits,
    Reflection,
    Reflector,
    ReflectRequest,
)

__all__ = [
    "Book",
    "ConfigError",
    "Facts",
    "Limits",
    "ModelConfig",
    "Prompts",
    "PromptsError",
    "ReflectRequest",
    "Reflection",
    "Reflector",
    "shipped_prompts",
]
