"""The composition of one turn: the flows' own step, and a card where the screen asks for one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from holdfast.safety.engine.screen import Screening
from holdfast.support.companion.engine import conversation as talk
from holdfast.support.companion.engine.interpreter import resumed_state, step
from holdfast.support.companion.engine.library import Library, shipped

if TYPE_CHECKING:
    from holdfast.live.turns import TurnIn


@dataclass(frozen=True)
class World:
    """What was read from disk."""

    library: Library
    drafts: Library
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """Everything of a turn's first line but what the web process says."""

    conversation: dict[str, Any] | None
    messages: list[dict[str, Any]] = field(default_factory=list)
    ask: dict[str, Any] | None = None
    effects: list[dict[str, Any]] = field(default_factory=list)
    card: dict[str, Any] | None = None
    protocol: list[dict[str, Any]] = field(default_factory=list)
    referrals: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def load() -> World:
    library = shipped()
    return World(library, library.with_drafts(), {})


def answer(
    world: World,
    turn: TurnIn,
    claims: Mapping[str, Any],
    *,
    now: datetime,
    screening: Screening | None,
) -> Answer:
    library = world.drafts
    language = turn.language if turn.language in library.common else "en"
    event: talk.Event
    if turn.event.kind == "opened":
        event = talk.Opened()
    elif turn.event.kind == "chose":
        event = talk.Chose(turn.event.codes)
    else:
        said = talk.Screening(None)
        if screening is not None:
            level: Any = screening.level.code
            said = talk.Screening(level, tuple(one.value for one in screening.categories))
        event = talk.Said(turn.event.text, said)
    state = talk.State()
    if turn.conversation is not None:
        try:
            state = talk.loads(json.dumps(turn.conversation.get("companion")))
        except talk.StateError:
            state = talk.State()
    state = resumed_state(library, state, language)
    done = step(library, state, event, now=now, seed=turn.seed, language=language)
    shown = any(effect.kind in {"crisis", "lines"} for effect in done.effects)
    return Answer(
        conversation={
            "companion": json.loads(talk.dumps(done.state)), "protocol": None, "notices": {},
        },
        messages=[{"kind": m.kind, "text": m.text, "line": m.line} for m in done.messages],
        ask=_ask(done.ask),
        effects=[{"kind": one.kind, "data": dict(one.data)} for one in done.effects],
        card=_card(claims, turn, screening) if shown else None,
    )  # fmt: skip


def lines_alone(turn: TurnIn, claims: Mapping[str, Any], screening: Screening | None) -> Answer:
    """Where nothing can be said: the lines, and the conversation as it was."""
    return Answer(turn.conversation, card=_card(claims, turn, screening))


def _card(claims: Mapping[str, Any], turn: TurnIn, screening: Screening | None) -> dict[str, Any]:
    alarm = screening is not None and screening.alarm
    here = (turn.country or claims.get("country") or "").upper()
    return {
        "kind": "crisis" if alarm else "lines",
        "level": screening.level.code if screening is not None else None,
        "lines": list(claims.get("lines") or ()),
        "emergency": (claims.get("emergency") or {}).get(here),
        "dismissable": not alarm,
        "passage": [
            {"start": one.start, "end": one.end}
            for one in (screening.evidence if screening is not None and alarm else ())
            if one.turn == 0
        ],
    }


def _ask(ask: talk.Ask | None) -> dict[str, Any] | None:
    if ask is None:
        return None
    return {
        "kind": ask.kind,
        "replies": [{"code": one.code, "label": one.label} for one in ask.replies],
        "commands": [{"code": one.code, "label": one.label} for one in ask.commands],
        "low": ask.low,
        "high": ask.high,
        "many": ask.many,
        "value": ask.value,
    }
