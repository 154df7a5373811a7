"""What the protocol remembers, what it is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from holdfast.safety.engine.protocol.format import CardKind, Script
from holdfast.safety.engine.protocol.lines import Line
from holdfast.safety.engine.protocol.signals import Signals
from holdfast.safety.engine.screen import Level

FORM: Final = 1


class StateError(ValueError):
    """The state is none that this engine wrote."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the protocol is. Codes only: nothing that the person wrote."""

    leading: bool
    path: str
    last_at: str  # ISO 8601 with offset
    pending: tuple[str, ...] = ()
    before: str | None = None  # the path that led when the person left
    at: str | None = None  # the step that waits for an answer
    answers: Mapping[str, str] = field(default_factory=dict)
    level: Level = Level.NONE
    categories: tuple[str, ...] = ()
    intoxicated: bool = False
    minor: bool = False
    dismissed: bool = False
    quiet: bool = False  # settled: no card until there is new reason for one
    refusals: int = 0
    misses: int = 0
    turn: int = 0
    said: tuple[tuple[int, str], ...] = ()  # (turn, line) of what was said

    def out(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "form": FORM,
            "leading": self.leading,
            "path": self.path,
            "last_at": self.last_at,
            "pending": list(self.pending),
            "before": self.before,
            "at": self.at,
            "answers": dict(self.answers),
            "level": self.level.code,
            "categories": list(self.categories),
            "intoxicated": self.intoxicated,
            "minor": self.minor,
            "dismissed": self.dismissed,
            "quiet": self.quiet,
            "refusals": self.refusals,
            "misses": self.misses,
            "turn": self.turn,
            "said": [list(one) for one in self.said],
        }

    @classmethod
    def of(cls, data: Any, script: Script) -> State:
        """From JSON; what the script no longer has is left out. Raises StateError."""
        try:
            if data["form"] != FORM:
                raise StateError("the state has another form")
            path, at = str(data["path"]), data["at"]
            if path not in script.paths or (at is not None and at not in script.steps):
                at, path = None, path if path in script.paths else "self"
            when = datetime.fromisoformat(data["last_at"])
            if when.tzinfo is None:
                raise StateError("a time without its zone")
            return cls(
                leading=bool(data["leading"]),
                path=path,
                last_at=when.isoformat(),
                pending=tuple(one for one in data["pending"] if one in script.paths),
                before=data["before"] if data["before"] in script.paths else None,
                at=at,
                answers={k: str(v) for k, v in data["answers"].items() if k in script.steps},
                level=Level.of(str(data["level"])),
                categories=tuple(map(str, data["categories"])),
                intoxicated=bool(data["intoxicated"]),
                minor=bool(data["minor"]),
                dismissed=bool(data["dismissed"]),
                quiet=bool(data["quiet"]),
                refusals=int(data["refusals"]),
                misses=int(data["misses"]),
                turn=int(data["turn"]),
                said=tuple((int(turn), str(line)) for turn, line in data["said"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as fault:
            raise StateError("the protocol's state cannot be read") from fault


@dataclass(frozen=True, slots=True)
class Said:
    """Free text, with the alarm that the screen raised, if it did."""

    text: str
    signals: Signals | None = None
    languages: tuple[str, ...] = ()  # that the text may be in, beside the conversation's


@dataclass(frozen=True, slots=True)
class Chose:
    """One button."""

    code: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The person comes (back) to the conversation."""


Event = Said | Chose | Opened


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around the conversation. Lines in order; see `lines.in_order`."""

    now: datetime  # in the person's zone
    lines: tuple[Line, ...] = ()
    ambulance: str | None = None
    police: str | None = None
    monitored: bool = False
    safety_plan: bool = False
    minor: bool = False
    duty: str | None = None  # of people who learn that somebody else is in danger, in words
    reporting: str | None = None  # of people who learn of abuse, in words


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble. `line` names it without anything of the person's; `item` of the protocol."""

    text: str
    line: str
    item: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A reply that can be tapped."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """What stays pinned: who can help now, and the number for an emergency."""

    kind: CardKind
    level: Level
    lines: tuple[Line, ...]
    emergency: str | None
    dismissable: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the protocol. `raised`: the level that an answer of this turn made, if any."""

    state: State
    messages: tuple[Message, ...]
    replies: tuple[Button, ...]
    effects: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()  # (step, answer) of this turn
    raised: Level = Level.NONE
    found: tuple[str, ...] = ()  # categories that answers of this turn named


Kind = Literal["said", "chose", "opened"]
