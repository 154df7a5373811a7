"""A persona played through: every turn over JSON, as a client would send it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from holdfast.safety.engine.screen import Screening, Unscreened, screen
from holdfast.safety.lines import engine as lines
from holdfast.support.companion.dialogue import (
    Answer,
    Chose,
    Claims,
    Event,
    Opened,
    Said,
    World,
    answer,
    shipped_world,
)

PERSONAS = Path(__file__).with_name("personas.yaml")
WAIT = {"m": "minutes", "h": "hours", "d": "days"}
#: (person's zone, language) of a country.
PLACES = {
    "US": ("America/New_York", "en"), "GB": ("Europe/London", "en"), "DE": ("Europe/Berlin", "de"),
    "ES": ("Europe/Madrid", "es"), "LB": ("Asia/Beirut", "ar"), "FR": ("Europe/Paris", "fr"),
    "IT": ("Europe/Rome", "it"), "KE": ("Africa/Nairobi", "en"),
    "MX": ("America/Mexico_City", "es"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Persona:
    """Who says what, and what the protocol must and must not do."""

    id: str
    title: str
    who: str
    country: str
    turns: tuple[Mapping[str, Any], ...]
    must: tuple[str, ...]
    must_not: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    language: str = ""
    jurisdiction: str | None = None
    at: str = "2026-11-24T14:00"
    begins: str | None = "thought-record"
    monitored: bool = True
    safety_plan: bool = False


@dataclass(frozen=True)
class Played:
    """One turn: what was done, when, and what came back."""

    doing: Mapping[str, Any]
    label: str
    at: datetime
    answer: Answer

    @property
    def items(self) -> tuple[str, ...]:
        """Items of the protocol, and notices, in the order in which they came."""
        said = [message.item for message in self.answer.messages if message.item]
        open_end = self.step and world().protocol.script.steps[self.step].open
        return (*said, "stay") if open_end else tuple(said)

    @property
    def step(self) -> str | None:
        """The step of the protocol that waits for an answer."""
        state = self.answer.conversation.protocol
        return state.at if state and state.leading else None


@cache
def world() -> World:
    """Everything that ships, read once."""
    return shipped_world()


@cache
def personas() -> tuple[Persona, ...]:
    """Those of the file, in order."""
    entries = yaml.safe_load(PERSONAS.read_text(encoding="utf-8"))
    return tuple(_persona(entry) for entry in entries)


def _persona(entry: Mapping[str, Any]) -> Persona:
    data = dict(entry)
    data.setdefault("language", PLACES[data["country"]][1])
    turns = tuple(one if isinstance(one, dict) else {one: True} for one in data.pop("turns"))
    for name in ("must", "must_not", "order"):
        data[name] = tuple(data.get(name, ()))
    return Persona(**data, turns=turns)


def ticket(persona: Persona, country: str) -> dict[str, Any]:
    """The claims of a ticket, with the country's lines confirmed."""
    known = lines.directory().get(country)
    numbers = known.emergency_numbers if known else ()
    return {
        "country": country,
        "jurisdiction": persona.jurisdiction,
        "flows": dict.fromkeys(world().library.flows, True),
        "monitored": {"now": persona.monitored},
        "lines": [_line(line) for line in (known.lines if known else ())],
        "emergency": {country: {one.kind: one.number for one in numbers}} if numbers else {},
    }


def _line(line: lines.Line) -> dict[str, Any]:
    return {
        "id": line.id, "name": line.name, "country": line.country, "number": line.phone,
        "text_number": line.sms, "text_word": line.sms_text, "url": line.chat_url,
        "hours": line.hours, "languages": list(line.languages),
    }  # fmt: skip


@cache
def play(persona: Persona) -> tuple[Played, ...]:
    """The whole conversation. The state goes through JSON between the turns."""
    now = datetime.fromisoformat(persona.at).replace(tzinfo=ZoneInfo(PLACES[persona.country][0]))
    language, country = persona.language, persona.country
    seed = int(persona.id[:2])
    state: Any = None
    history: list[str] = []
    played: list[Played] = []
    label = ""
    begin: list[Mapping[str, Any]] = [{"opened": True}]
    if persona.begins:
        begin.append({"tap": f"flow:{persona.begins}"})
    for doing in (*begin, *persona.turns):
        language, country = doing.get("language", language), doing.get("country", country)
        if "wait" in doing:
            now += timedelta(**{WAIT[doing["wait"][-1]]: int(doing["wait"][:-1])})
        event, label = _event(doing, history, played)
        if event is None:
            continue
        now += timedelta(seconds=40)
        claims = Claims.of(
            ticket(persona, country), country=country, memory={"safety_plan": persona.safety_plan}
        )
        made = answer(
            world(), state, event, now=now, seed=seed, language=language, claims=claims,
            screen=_failing if doing.get("screen") == "fails" else screen,
        )  # fmt: skip
        state = json.loads(json.dumps(made.out()["conversation"]))
        if isinstance(event, Said):
            history.append(event.text)
        played.append(Played(doing, label, now, made))
    return tuple(played)


def _event(
    doing: Mapping[str, Any], history: Sequence[str], played: Sequence[Played]
) -> tuple[Event | None, str]:
    if "say" in doing:
        return Said(doing["say"], tuple(history[-12:])), doing["say"]
    if "tap" in doing:
        code = str(doing["tap"])
        return Chose((code,)), _label(code, played)
    if "opened" in doing:
        return Opened(), ""
    return None, ""


def _label(code: str, played: Sequence[Played]) -> str:
    """What stands on the button that is tapped; a persona taps only what is there."""
    if code == "@dismiss":
        return code
    kind, _, name = code.partition(":")
    if kind == "flow":
        return world().library.flows[name].original.title
    ask = played[-1].answer.ask
    shown = {one.code: one.label for one in (*ask.replies, *ask.commands)} if ask else {}
    assert code in shown, f"no button {code}"
    return shown[code]


def _failing(text: str, history: Sequence[str], locale: str | None) -> Screening:
    raise Unscreened("for this persona the screen fails")
