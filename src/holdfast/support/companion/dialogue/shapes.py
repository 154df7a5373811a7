"""The forms of a turn: what is asked, what is answered, and the conversation that travels."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from holdfast.safety.engine.policy.notices import Given
from holdfast.safety.engine.protocol import state as protocol_state
from holdfast.safety.engine.protocol.format import Script
from holdfast.safety.engine.protocol.lines import Line
from holdfast.safety.engine.protocol.state import Card
from holdfast.safety.engine.screen import Level, Screening
from holdfast.support.companion.dialogue.memory import Memory
from holdfast.support.companion.engine import conversation as companion
from holdfast.support.companion.engine.conversation import Ask, Chose, Effect, Opened

FORM: Final = 1
#: What reading a state from outside can raise.
UNREADABLE: Final = (
    KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
#: (text, history, locale) -> Screening; raises Unscreened. The caller sets the time limit.
Screen = Callable[[str, Sequence[str], str | None], Screening]


@dataclass(frozen=True, slots=True)
class Said:
    """Free text before it was screened, with the person's own earlier ones, oldest first."""

    text: str
    history: tuple[str, ...] = ()


Event = Said | Chose | Opened


def event_of(data: Mapping[str, Any], history: Sequence[str] = ()) -> Event:
    """The event of a turn's JSON. Raises ValueError."""
    kind = data.get("kind")
    if kind == "opened":
        return Opened()
    if kind == "said" and isinstance(data.get("text"), str):
        return Said(data["text"], tuple(history))
    codes = data.get("codes")
    if kind == "chose" and isinstance(codes, list) and all(isinstance(c, str) for c in codes):
        return Chose(tuple(codes))
    raise ValueError("an event is opened, said with a text, or chose with codes")


@dataclass(frozen=True, slots=True)
class Claims:
    """What is known of the person and the practice, as far as a turn needs it.

    `flows` None: as the library says (for tests and previews). `lines` say of themselves whether
    the practice has confirmed them.
    """

    country: str | None = None
    jurisdiction: str | None = None
    flows: frozenset[str] | None = None
    monitored: bool = False
    lines: tuple[Line, ...] = ()
    ambulance: str | None = None
    police: str | None = None
    memory: Memory = field(default_factory=Memory)
    adult_since: datetime | None = None  # the care team says so, whatever was said before
    signs: frozenset[str] = frozenset()  # of recent measures: poor_sleep, low_mood ...

    @classmethod
    def of(
        cls,
        ticket: Mapping[str, Any],
        *,
        country: str | None = None,
        memory: Mapping[str, Any] | None = None,
    ) -> Claims:
        """From a ticket; `country`: where the person is now, `memory`: what the client told.

        `emergency` of a ticket holds a number by country, or {"all"|"ambulance", "police"}.
        """
        here = country or ticket.get("country")
        number = (ticket.get("emergency") or {}).get(here)
        if isinstance(number, Mapping):
            ambulance, police = number.get("ambulance") or number.get("all"), number.get("police")
        else:
            ambulance, police = number, None
        on, adult = ticket.get("flows"), ticket.get("adult")
        return cls(
            country=here,
            jurisdiction=ticket.get("jurisdiction"),
            flows=None if on is None else frozenset(name for name, is_on in on.items() if is_on),
            monitored=bool((ticket.get("monitored") or {}).get("now")),
            lines=tuple(Line.of(one) for one in ticket.get("lines") or ()),
            ambulance=ambulance,
            police=police,
            memory=Memory.of(memory),
            adult_since=datetime.fromisoformat(adult) if isinstance(adult, str) else None,
            signs=frozenset(ticket.get("signs") or ()),
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that travels: the exercise, the protocol, the notices. No text but the answers given."""

    companion: companion.State = field(default_factory=companion.State)
    protocol: protocol_state.State | None = None
    notices: Given = field(default_factory=Given)
    turn: int = 0
    lines: str | None = None  # why a card stands without the protocol: asked, failed, unsupported
    told: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # note -> (times, last turn)

    def out(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "form": FORM,
            "companion": json.loads(companion.dumps(self.companion)),
            "protocol": self.protocol.out() if self.protocol else None,
            "notices": self.notices.out(),
            "turn": self.turn,
            "lines": self.lines,
            "told": {name: list(pair) for name, pair in self.told.items()},
        }

    @classmethod
    def of(cls, data: Any, script: Script) -> tuple[Conversation, bool]:
        """(the conversation, whether it could be read whole): what cannot be read begins anew.

        Each part is read by itself: a damaged exercise does not make the protocol forget.
        """
        if data is None:
            return cls(), True
        if not isinstance(data, Mapping):
            return cls(), False
        whole = data.get("form") == FORM
        exercise, protocol, given = companion.State(), None, Given()
        try:
            exercise = companion.loads(json.dumps(data.get("companion")))
        except (companion.StateError, *UNREADABLE):
            whole = False
        try:
            if data.get("protocol") is not None:
                protocol = protocol_state.State.of(data["protocol"], script)
        except protocol_state.StateError:
            whole = False
        try:
            given = Given.of(data["notices"])
        except UNREADABLE:
            whole = False
        try:
            turn = int(data["turn"])
            told = {str(k): (int(n), int(t)) for k, (n, t) in data["told"].items()}
            lines = _reason(data["lines"], script)
        except UNREADABLE:
            return cls(exercise, protocol, given), False
        return cls(exercise, protocol, given, turn, lines, told), whole


def _reason(data: Any, script: Script) -> str | None:
    """Why a card stands without the protocol; an alarm's names a path and a level."""
    if data is None:
        return None
    _, alarm, rest = str(data).partition("alarm:")
    path, _, level = rest.partition(":")
    if alarm and path not in script.paths:
        raise ValueError("an alarm of no path")
    Level.of(level or "none")
    return str(data)


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble; `item` names the item of the protocol that it is, for transcripts."""

    kind: str  # say, ask, summary, protocol, notice
    text: str
    line: str
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What may be told of a turn: codes and offsets, never a word of it."""

    level: str | None  # None: the screen failed
    categories: tuple[str, ...] = ()
    temporality: str | None = None
    experiencer: str | None = None
    evidence: tuple[Mapping[str, Any], ...] = ()
    languages: tuple[str, ...] = ()
    supported: bool = True
    protocol: tuple[tuple[str, str], ...] = ()
    referrals: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        found: Screening | None,
        versions: Mapping[str, str],
        *,
        referrals: tuple[str, ...] = (),
    ) -> Report:
        """Of a text outside the script. None: the screen failed, which is never called safe."""
        if found is None:
            return cls(None, supported=False, referrals=referrals, versions=versions)
        return cls(
            found.level.code,
            tuple(one.value for one in found.categories),
            found.temporality.value,
            found.experiencer.value,
            evidence_of(found),
            found.languages,
            found.supported,
            referrals=referrals,
            versions=versions,
        )

    @property
    def due(self) -> bool:
        """Whether there is anything that a practice must be told or a count must know."""
        alarmed = self.level in {None, "concern", "urgent", "emergency"}
        return alarmed or bool(self.protocol or self.referrals)

    def out(self) -> dict[str, Any]:
        """As JSON, under the names of a report."""
        return {
            "level": self.level,
            "categories": list(self.categories),
            "temporality": self.temporality,
            "experiencer": self.experiencer,
            "evidence": [dict(one) for one in self.evidence],
            "languages": list(self.languages),
            "supported": self.supported,
            "protocol": [{"step": step, "answer": answer} for step, answer in self.protocol],
            "referrals": list(self.referrals),
            "notices": list(self.notices),
            "versions": dict(self.versions),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn's answer. `may_reflect`: a language model may add to it, behind the gate; `asked` is
    then the scripted question that was answered, without what it quotes of the person's.
    """

    conversation: Conversation
    messages: tuple[Message, ...]
    ask: Ask | None
    effects: tuple[Effect, ...]
    card: Card | None
    passage: tuple[tuple[int, int], ...]
    screening: Screening | None
    screened: bool  # False: a text came and the screen failed
    report: Report
    may_reflect: bool = False
    asked: str = ""

    def out(self) -> dict[str, Any]:
        """The first line of a turn's answer, without report, told, flag and reflecting."""
        return {
            "kind": "turn",
            "conversation": self.conversation.out(),
            "messages": [{"kind": m.kind, "text": m.text, "line": m.line} for m in self.messages],
            "ask": _ask(self.ask) if self.ask else None,
            "effects": [{"kind": e.kind, "data": dict(e.data)} for e in self.effects],
            "card": self._card(),
            "screening": self._screening(),
        }

    def _card(self) -> dict[str, Any] | None:
        if self.card is None:
            return None
        spans = [{"start": start, "end": end} for start, end in self.passage]
        return {
            "kind": self.card.kind,
            "level": self.card.level.code,
            "lines": [line_out(line) for line in self.card.lines],
            "emergency": self.card.emergency,
            "dismissable": self.card.dismissable,
            "passage": spans or None,
        }

    def _screening(self) -> dict[str, Any] | None:
        if not self.screened:
            return {"level": None, "supported": False, "evidence": []}
        if self.screening is None:
            return None
        return {
            "level": self.screening.level.code,
            "supported": self.screening.supported,
            "evidence": [
                {"start": one.start, "end": one.end, "turn": one.turn}
                for one in self.screening.evidence
            ],
        }


def _ask(ask: Ask) -> dict[str, Any]:
    return {
        "kind": ask.kind,
        "replies": [{"code": reply.code, "label": reply.label} for reply in ask.replies],
        "commands": [{"code": reply.code, "label": reply.label} for reply in ask.commands],
        "low": ask.low,
        "high": ask.high,
        "many": ask.many,
        "value": ask.value,
    }


def line_out(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "country": line.country,
        "number": line.number,
        "text_number": line.text_number,
        "text_word": line.text_word,
        "url": line.url,
        "hours": line.hours,
        "languages": list(line.languages),
        "confirmed": line.confirmed,
    }


def evidence_of(found: Screening | None) -> tuple[Mapping[str, Any], ...]:
    """What a screening rests on, as codes and offsets: the form in which a report has it."""
    if found is None:
        return ()
    return tuple(
        {
            "code": one.code,
            "level": one.level.code,
            "category": one.category.value if one.category else None,
            "start": one.start,
            "end": one.end,
            "turn": one.turn,
        }
        for one in found.evidence
    )
