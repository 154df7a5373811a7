"""What goes in and what comes out of one turn, and the state that travels with the client.

The state is plain JSON, a few hundred bytes and what the person wrote. The client seals it; a
server sees it for the length of one request. It holds no language: it can go on in another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

STATE_FORM = 1
Level = Literal["none", "watch", "concern", "urgent", "emergency"]
Mode = Literal["menu", "asking", "paused", "crisis"]
MODES: tuple[Mode, ...] = ("menu", "asking", "paused", "crisis")
ALARMS = frozenset({"concern", "urgent", "emergency"})


class StateError(ValueError):
    """The state is none that this engine wrote; the conversation starts anew with the menu."""


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screen said of a text; `level` None: it failed, and nothing is called safe."""

    level: Level | None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """Free text, never without what the screen said of it."""

    text: str
    screening: Screening


@dataclass(frozen=True, slots=True)
class Chose:
    """Buttons: replies by name, "flow:<name>", "@<command>", a number, a date, "sad=70"."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The person comes (back) to the conversation."""


Event = Said | Chose | Opened


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in one flow, and everything they answered there."""

    flow: str
    version: int
    step: str
    answers: Mapping[str, Any] = field(default_factory=dict)  # None: skipped
    trail: tuple[str, ...] = ()  # asked before this one, oldest first
    partial: tuple[Any, ...] = ()  # begun and not finished: a list, emotions without strength
    kept: Mapping[str, Any] = field(default_factory=dict)  # answers to steps the flow lost


@dataclass(frozen=True, slots=True)
class State:
    """A conversation. `said` holds (turn, key of a line) of the last ten turns."""

    turn: int = 0
    mode: Mode = "menu"
    place: Place | None = None
    parked: tuple[Place, ...] = ()
    misses: int = 0  # answers in a row that were not understood
    page: int = 0  # of replies that do not all show at once
    offers: tuple[str, ...] = ()  # codes on the screen beside the step's own replies
    said: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A button."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble: `line` names what was said, without anything of the person's."""

    kind: Literal["say", "ask", "summary"]
    text: str
    line: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What the client shows to answer with; `kind` decides the widget. Words always work."""

    kind: str
    replies: tuple[Reply, ...]
    commands: tuple[Reply, ...]
    low: int | None = None
    high: int | None = None
    many: bool = False
    value: str | None = None  # what stands there already, to edit


@dataclass(frozen=True, slots=True)
class Effect:
    """Something for the caller to do or to know."""

    kind: Literal["crisis", "lines", "exercise", "finished", "keep", "offer"]
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the companion; in a crisis without words: the scripted protocol speaks."""

    state: State
    messages: tuple[Message, ...]
    ask: Ask | None
    effects: tuple[Effect, ...] = ()


def dumps(state: State) -> str:
    """The state as JSON, keys sorted: the same state gives the same bytes."""
    data = {
        "form": STATE_FORM,
        "turn": state.turn,
        "mode": state.mode,
        "place": _place_out(state.place) if state.place else None,
        "parked": [_place_out(place) for place in state.parked],
        "misses": state.misses,
        "page": state.page,
        "offers": state.offers,
        "said": state.said,
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loads(text: str) -> State:
    """The state of `dumps`. Raises StateError."""
    try:
        data = json.loads(text)
        if data["form"] != STATE_FORM or data["mode"] not in MODES:
            raise StateError("the state has another form")
        return State(
            turn=int(data["turn"]),
            mode=data["mode"],
            place=_place_in(data["place"]) if data["place"] else None,
            parked=tuple(_place_in(place) for place in data["parked"]),
            misses=int(data["misses"]),
            page=int(data["page"]),
            offers=tuple(str(code) for code in data["offers"]),
            said=tuple((int(turn), str(line)) for turn, line in data["said"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as fault:
        raise StateError("the state cannot be read") from fault


def _place_out(place: Place) -> dict[str, Any]:
    return {
        "flow": place.flow,
        "version": place.version,
        "step": place.step,
        "answers": dict(place.answers),
        "trail": place.trail,
        "partial": place.partial,
        "kept": dict(place.kept),
    }


def _place_in(data: dict[str, Any]) -> Place:
    return Place(
        flow=str(data["flow"]),
        version=int(data["version"]),
        step=str(data["step"]),
        answers=dict(data["answers"]),
        trail=tuple(str(step) for step in data["trail"]),
        partial=tuple(data["partial"]),
        kept=dict(data["kept"]),
    )
