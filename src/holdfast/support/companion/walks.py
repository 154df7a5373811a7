"""Walks through all flows, at random and with ill will: does every conversation end well?

A walker taps, types sense and nonsense, floods, goes back and back, leaves for days, changes flow
and language, comes back to a newer version of the flow, and says alarming things. Then it answers
properly, and must reach the end of its flow. Every walk is drawn from its seed, so a fault can be
walked again.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from holdfast.support.companion.engine.conversation import (
    Ask,
    Chose,
    Event,
    Level,
    Opened,
    Place,
    Said,
    Screening,
    State,
    Turn,
    dumps,
    loads,
)
from holdfast.support.companion.engine.format import Change, Step
from holdfast.support.companion.engine.interpreter import resumed_state, step
from holdfast.support.companion.engine.library import Flow, Library
from holdfast.support.companion.engine.talk import WINDOW

WILD_TURNS = 30
FAULTS_KEPT = 20
SAFE = Screening("none")
GARBAGE = (
    "asdf qwer", "????", "😀😀", "   ", "<b>x</b>", "{situation}", "0", "-5", "101", "7/10", "1, 2",
    "maybe friday or not", "null", "zero", "صفر",
    "لا أعرف شيئا", "not sad not happy", "sad", "sad 400", "yes",
    "no", "hmm", "25:99", "31 february", "6", "what", "\u202eabc", "a\n\nb\nc", "nothing", "help",
    "take me to sleep", "open the thing", "I want to talk about thoughts and sleep", "done",
)  # fmt: skip
LONG = "All of this is too much to tell in one go. " * 120
COMMANDS = (
    "@back", "@skip", "@pause", "@menu", "@explain", "@not_it", "@help", "@help_now", "@go_on",
    "@keep", "@keep_summary", "@discard", "@done", "@more", "@nonsense", "flow:nowhere", "",
)  # fmt: skip
ALARMS: tuple[Level, ...] = ("concern", "urgent", "emergency")


class WalkError(AssertionError):
    """The walk did not go well; the message says how."""


@dataclass
class Report:
    """What the walks found."""

    walks: int
    turns: int = 0
    seconds: float = 0.0
    finished: Counter[str] = field(default_factory=Counter)
    reached: set[tuple[str, str]] = field(default_factory=set)
    expected: set[tuple[str, str]] = field(default_factory=set)
    wordless: int = 0
    largest: int = 0  # bytes of the largest state met at a pause
    fault_count: int = 0
    faults: list[str] = field(default_factory=list)
    played: list[tuple[State, Event, str]] | None = None  # to play again, if a list is given

    @property
    def missed(self) -> list[tuple[str, str]]:
        """Steps that no walk came to."""
        return sorted(self.expected - self.reached)

    @property
    def well(self) -> bool:
        """Whether every walk ended well and every step was reached."""
        return not self.fault_count and not self.missed

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "walks": self.walks,
            "turns": self.turns,
            "turns_per_second": round(self.turns / self.seconds),
            "finished": dict(self.finished),
            "steps": len(self.expected),
            "never_reached": [f"{flow}.{name}" for flow, name in self.missed],
            "turns_without_words": self.wordless,
            "largest_state_bytes": self.largest,
            "fault_count": self.fault_count,
            "faults": self.faults,
        }

    def lines(self) -> list[str]:
        """For people."""
        rate = f"{self.turns / self.seconds:,.0f} turns a second, walker included"
        found = [
            f"{self.walks:,} walks, {self.turns:,} turns, {self.seconds:.1f} s of one core: {rate}",
            f"{sum(self.finished.values()):,} flows finished; "
            f"{len(self.expected) - len(self.missed)} of {len(self.expected)} steps reached; "
            f"largest state {self.largest:,} bytes; {self.wordless} turns without words",
        ]
        found += [f"never reached: {flow}.{name}" for flow, name in self.missed]
        found += self.faults
        hidden = self.fault_count - len(self.faults)
        found += [f"and {hidden} more faults"] if hidden else []
        return [*found, "Every walk ended well." if self.well else "Not every walk ended well."]


def walk_all(library: Library, *, walks: int, seed: int, record: bool = False) -> Report:
    """Walk `walks` times; flows and languages take turns. Drafts must be turned on.

    With `record`, the report holds each turn's state, event and language.
    """
    places = [(f, lang) for lang in library.common for f in library.offered(lang)]
    if not places:
        raise ValueError("no flow is on offer in any language")
    report = Report(walks, played=[] if record else None)
    report.expected = {(f.name, n) for f in library.flows.values() for n in f.steps}
    newer = {name: _newer(flow) for name, flow in library.flows.items()}
    later = replace(library, flows=newer)
    begun = time.process_time()
    for number in range(walks):
        name, language = places[(seed + number) % len(places)]
        walker = Walker(library, later, name, language, seed + number, report)
        try:
            walker.walk()
        except Exception as fault:  # noqa: BLE001 (whatever a walk ends with is its finding)
            report.fault_count += 1
            if len(report.faults) < FAULTS_KEPT:
                where = f"walk {seed + number} ({name}, {language})"
                report.faults.append(f"{where}: {type(fault).__name__}: {fault}")
    report.seconds = time.process_time() - begun
    return report


def _newer(flow: Flow) -> Flow:
    """The flow a version later: its second asking step renamed, as a reviewer might."""
    asking = [n for n, s in flow.steps.items() if s.answer is not None]
    if len(asking) < 2:
        return flow
    old, new = asking[1], f"{asking[1]}_v2"[:40]
    dump = flow.original.model_dump(by_alias=True)
    text = {name: _renamed(data, old, new) for name, data in dump["steps"].items()}
    dump["steps"] = {(new if name == old else name): data for name, data in text.items()}
    dump["version"] = flow.version + 1
    dump["changes"] = [*dump["changes"], Change(version=flow.version + 1, steps={old: new})]
    original = type(flow.original).model_validate(dump)
    translations = {
        language: t.model_copy(
            update={
                "steps": {
                    (new if n == old else n): type(w).model_validate(
                        _renamed(w.model_dump(by_alias=True), old, new)
                    )
                    for n, w in t.steps.items()
                }
            }
        )
        for language, t in flow.translations.items()
    }
    return Flow(original, translations)


def _renamed(data: Any, old: str, new: str) -> Any:
    """The same words and ways with one step's name exchanged."""
    if isinstance(data, dict):
        return {key: _renamed(value, old, new) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_renamed(value, old, new) for value in data]
    if isinstance(data, str):
        if data == old:
            return new
        data = data.replace(f"{{{old}}}", f"{{{new}}}")
        return data.replace(f"{old} ", f"{new} ", 1) if data.startswith(f"{old} ") else data
    return data


class Walker:
    """One person, for one conversation."""

    def __init__(
        self, library: Library, later: Library, flow: str, language: str, seed: int, report: Report
    ) -> None:
        self.library, self.later, self.flow, self.language = library, later, flow, language
        self.chance = random.Random(seed)  # noqa: S311 (walks are to be repeatable)
        self.seed, self.report = seed, report
        self.now = datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(
            hours=self.chance.randrange(9000)
        )
        self.state = State()
        self.turn: Turn | None = None
        self.heard: list[tuple[int, str]] = []

    def walk(self) -> None:
        """Behave badly for a while, then answer until the flow is finished."""
        self.send(Opened())
        self.send(Chose((f"flow:{self.flow}",)))
        for _ in range(self.chance.randrange(WILD_TURNS)):
            self.send(self.wild_event())
        self.finish()

    def send(self, event: Event) -> Turn:
        """One turn, and everything that must hold of each."""
        before = self.state
        self.now += timedelta(seconds=self.chance.randrange(1, 90))
        turn = step(
            self.library, before, event, now=self.now, seed=self.seed, language=self.language
        )
        self.report.turns += 1
        if self.report.played is not None:
            self.report.played.append((before, event, self.language))
        self.state, self.turn = turn.state, turn
        self._check_words(turn)
        self._check_ways(turn)
        self._check_answers(before, turn)
        if turn.state.place:
            self.report.reached.add((turn.state.place.flow, turn.state.place.step))
        for message in turn.messages:
            flow, _, rest = message.line.partition(".")
            if flow in self.library.flows:
                self.report.reached.add((flow, rest.partition(".")[0]))
        for effect in turn.effects:
            if effect.kind == "finished":
                self.report.finished[str(effect.data["flow"])] += 1
        return turn

    def _check_words(self, turn: Turn) -> None:
        number = turn.state.turn
        self.heard = [(n, text) for n, text in self.heard if n > number - WINDOW]
        texts = {text for _, text in self.heard}
        for message in turn.messages:
            if message.kind == "summary":
                continue
            if message.text in texts:
                raise WalkError(f"the same line within ten turns: {message.text[:80]!r}")
            if "{" in message.text and "}" in message.text and not self._own_braces(message.text):
                raise WalkError(f"a line was not filled in: {message.text[:80]!r}")
            self.heard.append((number, message.text))
        self.report.wordless += not turn.messages and turn.state.mode != "crisis"

    @staticmethod
    def _own_braces(text: str) -> bool:
        return "{situation}" in text  # typed by the walker itself, and quoted

    def _check_ways(self, turn: Turn) -> None:
        if turn.state.mode == "crisis":
            if not any(effect.kind in {"crisis"} for effect in turn.effects):
                raise WalkError("a crisis without its protocol")
            return
        if turn.ask is None:
            raise WalkError("nothing to answer with")
        codes = {reply.code for reply in (*turn.ask.replies, *turn.ask.commands)}
        if "@help_now" not in codes:
            raise WalkError("no way to a human")
        if turn.state.mode != "asking" and not turn.ask.replies:
            raise WalkError("no way on")

    def _check_answers(self, before: State, turn: Turn) -> None:
        """Nothing answered disappears unless its flow was finished, which hands it over."""
        if any(effect.kind == "finished" for effect in turn.effects):
            return
        had = {p.flow: p for p in (*before.parked, *((before.place,) if before.place else ()))}
        after = turn.state
        has = {p.flow: p for p in (*after.parked, *((after.place,) if after.place else ()))}
        for name, place in had.items():
            kept = has.get(name)
            if kept is None:
                raise WalkError(f"{name} was begun and is gone")
            if place.version == kept.version and self._lost(name, place, kept):
                raise WalkError(f"an answer in {name} is gone")

    def _lost(self, name: str, place: Place, kept: Place) -> bool:
        steps = self.library.flows[name].steps
        gone = [n for n, value in place.answers.items() if value is not None]
        return any(
            n not in kept.answers and (n not in steps or steps[n].answer != "summary") for n in gone
        ) or not set(place.kept) <= set(kept.kept)

    # What a person may do

    def wild_event(self) -> Event:
        """Anything at all."""
        chance = self.chance.random()
        if self.state.mode == "crisis" and chance < 0.5:
            return Chose(("@go_on",))
        if chance < 0.3:
            return self.fair_event()
        if chance < 0.5:
            return Said(self.chance.choice(GARBAGE), SAFE)
        if chance < 0.72:
            return Chose((self.chance.choice(COMMANDS),))
        if chance < 0.8:
            return self._wild_tap()
        if chance < 0.84:
            return Said(LONG[: self.chance.choice((900, 4000, 4001, 5000))], SAFE)
        if chance < 0.88:
            return Said("…", Screening(self.chance.choice(ALARMS), ("active_ideation",)))
        if chance < 0.9:
            return Said("it is quiet here", Screening(None))
        if chance < 0.95:
            self._leave()
            return Opened()
        names = list(self.library.flows)
        return Chose((f"flow:{self.chance.choice(names)}",))

    def _wild_tap(self) -> Event:
        replies = self.turn.ask.replies if self.turn and self.turn.ask else ()
        codes = [r.code for r in replies] + ["sad=70", "2026-05-01", "18:30", "morning", "55"]
        return Chose(tuple(self.chance.choice(codes) for _ in range(self.chance.randrange(3))))

    def _leave(self) -> None:
        """Away for days: the state is sealed and read again; flow and language may change."""
        text = dumps(self.state)
        self.report.largest = max(self.report.largest, len(text.encode()))
        self.now += timedelta(days=self.chance.randrange(20))
        if self.chance.random() < 0.3:
            self.library = self.later
        if self.chance.random() < 0.3:
            spoken = [x for x in self.library.common if self.library.flows[self.flow].has(x)]
            self.language = self.chance.choice(spoken)
        self.state = resumed_state(self.library, loads(text), self.language)
        if dumps(loads(dumps(self.state))) != dumps(self.state):
            raise WalkError("the state changed while it was sealed")

    def fair_event(self) -> Event:
        """A proper answer to what was asked."""
        ask = self.turn.ask if self.turn else None
        if ask is None:
            return Chose(("@go_on",))
        if self.state.mode != "asking":
            return Chose((self.chance.choice(ask.replies).code,))
        if "@done" in {r.code for r in ask.replies} and self.chance.random() < 0.5:
            return Chose(("@done",))
        return self._answer(ask, self._open_step())

    def _open_step(self) -> Step:
        place = self.state.place
        if place is None:
            raise WalkError("a question without a flow")
        return self.library.flows[place.flow].steps[place.step]

    def _answer(self, ask: Ask, open_step: Step) -> Event:
        if ask.kind == "number":
            low, high = ask.low or 0, 100 if ask.high is None else ask.high
            return Said(str(self.chance.randint(low, high)), SAFE)
        if ask.kind in {"choice", "several"}:
            own = [r.code for r in ask.replies if r.code in open_step.replies]
            return Chose((self.chance.choice(own),))
        if ask.kind == "summary":
            return Chose((self.chance.choice(("@keep_summary", "@discard")),))
        if ask.kind == "emotions":
            code = self.chance.choice(ask.replies).code
            return Chose((f"{code}={self.chance.randrange(101)}",))
        if ask.kind == "date":
            return Chose(((self.now + timedelta(days=2)).date().isoformat(),))
        if ask.kind == "time":
            return Chose((f"{self.chance.randrange(24):02}:30",))
        return Said(f"something of my own {self.chance.randrange(1000)}", SAFE)

    def finish(self) -> None:
        """Answer until this walk's flow is through. A loop in it may be taken a few times."""
        turn = self.send(Chose(("@go_on",)))
        if self.state.place is None or self.state.place.flow != self.flow:
            turn = self.send(Chose((f"flow:{self.flow}",)))
        steps = len(self.library.flows[self.flow].steps)
        for _ in range(60 + steps * 12):
            if any(e.kind == "finished" for e in turn.effects):
                return
            if self.state.mode == "crisis":  # a flow may lead there by an answer
                turn = self.send(Chose(("@go_on",)))
            turn = self.send(self.fair_event())
        raise WalkError(f"{self.flow} does not end")
