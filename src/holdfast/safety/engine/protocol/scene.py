"""One turn of the protocol while it is being made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from zlib import crc32

from holdfast.safety.engine.protocol.conditions import Facts
from holdfast.safety.engine.protocol.format import (
    REFUSED,
    SAID,
    LanguageFile,
    Path,
    Protocol,
    Speech,
    Step,
    level,
)
from holdfast.safety.engine.protocol.lines import Line
from holdfast.safety.engine.protocol.state import Button, Context, Message, Reply, State
from holdfast.safety.engine.screen import Level

WINDOW: Final = 12  # turns in which no line comes twice
_KEPT: Final = 120  # lines remembered
_NAMED: Final = re.compile(r"\{([a-z_]+)\}")


class Scene:
    """The state's parts, changed in place, and what has been said so far."""

    def __init__(
        self, protocol: Protocol, language: str, state: State, context: Context, seed: int
    ) -> None:
        self.protocol, self.language, self.script = protocol, language, protocol.script
        self.speech: Speech = protocol.languages[language]
        self.words: LanguageFile = self.speech.file
        self.context, self.seed, self.start = context, seed, state
        self.turn = state.turn + 1
        self.leading, self.at, self.before = state.leading, state.at, state.before
        self.path: Path = self.script.paths[state.path]
        self.pending = list(state.pending)
        self.answers = dict(state.answers)
        self.level, self.categories = state.level, list(state.categories)
        self.intoxicated, self.minor = state.intoxicated, state.minor or context.minor
        self.dismissed, self.refusals, self.misses = state.dismissed, state.refusals, state.misses
        self.said = list(state.said)
        self.messages: list[Message] = []
        self.effects: list[str] = []
        self.given: list[tuple[str, str]] = []
        self.raised = Level.NONE
        self.found: list[str] = []

    @property
    def step(self) -> Step | None:
        """The step that waits for an answer."""
        return self.script.steps[self.at] if self.at else None

    # What is so

    def facts(self) -> Facts:
        """What conditions are asked of."""
        return Facts(self.answers, self.level, self.categories, self._things())

    def _things(self) -> set[str]:
        context = self.context
        have: dict[str, object] = {
            "line": self.line is not None,
            "open_line": self.line is not None and self.line.open_at(context.now),
            "emergency": self.number,
            "plan": context.safety_plan,
            "minor": self.minor,
            "duty": context.duty,
            "reporting": context.reporting,
            "intoxicated": self.intoxicated,
            "self_waiting": "self" in self.pending,
            "monitored": context.monitored,
        }
        return {name for name, there in have.items() if there}

    @property
    def line(self) -> Line | None:
        """The line that is named first."""
        return next((one for one in self.context.lines if one.confirmed), None)

    @property
    def number(self) -> str | None:
        """The emergency number that fits the path."""
        police = self.context.police if self.path.number == "police" else None
        return police or self.context.ambulance

    def rise(self, to: Level, categories: Iterable[str] = ()) -> None:
        """The level goes up, never down; a card that was folded away comes back with it."""
        self.dismissed = self.dismissed and to <= self.level
        self.level = max(self.level, to)
        self.categories += [one for one in categories if one not in self.categories]

    def note(self, step: str, answer: str) -> None:
        """Keep an answer, with what it says for urgency."""
        self.answers[step] = answer
        self.given.append((step, answer))
        asked = self.script.steps[step]
        self.raised = max(self.raised, level(asked.raises.get(answer)))
        if answer in asked.finds:
            self.found.append(asked.finds[answer].value)
        self.rise(self.raised, self.found)
        if answer in asked.effects:
            self.effects.append(asked.effects[answer])
        self.refusals += answer == REFUSED
        self.misses = 0

    # Saying

    def say(self, name: str, variants: Sequence[str], item: str, *, asks: bool = False) -> bool:
        """Say a variant that was not said of late; nothing when there is none."""
        recent = {line for turn, line in self.said if turn > self.turn - WINDOW}
        ever = {line for _, line in self.said}
        keyed = [(key_of(text), index, text) for index, text in enumerate(variants)]
        known = self._known()
        fit = [one for one in keyed if all(name in known for name in _NAMED.findall(one[2]))]
        # What names a line or a number goes before what can only speak of one.
        fit = [one for one in fit if "{" in one[2]] or fit
        fresh = [one for one in fit if one[0] not in ever]
        fresh = fresh or [one for one in fit if one[0] not in recent]
        start = crc32(f"{self.seed}:{self.turn}:{name}".encode())
        if not fresh:
            return False
        key, index, text = fresh[start % len(fresh)]
        self.said.append((self.turn, key))
        filled = _NAMED.sub(lambda match: known[match[1]], text)
        self.messages.append(Message(filled, f"protocol.{name}.{index}", item, asks))
        return True

    def say_step(self, name: str) -> bool:
        """Say what a step says or asks."""
        step, words = self.script.steps[name], self.words.steps[name]
        asks = bool(step.replies) and not step.open
        ever = {line for _, line in self.said}
        before = any(key_of(one) in ever for one in (*words.say, *words.heard))
        named = {one.value for one in step.finds.values()} & set(self.categories)
        if before and words.again and self.say(f"{name}.again", words.again, step.item, asks=asks):
            return True
        if named and words.heard and self.say(f"{name}.heard", words.heard, step.item, asks=asks):
            return True
        return self.say(name, words.say, step.item, asks=asks)

    def say_after(self, name: str, answer: str) -> bool:
        """Say what follows an answer, if anything does."""
        after = self.words.steps[name].after.get(answer, ())
        return self.say(f"{name}.{answer}", after, self.script.steps[name].item)

    def _known(self) -> Mapping[str, str]:
        values = {
            "emergency": self.number,
            "line": self.told(self.line) if self.line else None,
            "line_name": self.line.name if self.line else None,
            "duty": self.context.duty,
            "reporting": self.context.reporting,
        }
        return {name: value for name, value in values.items() if value}

    def told(self, line: Line) -> str:
        """A line's name and the ways to reach it."""
        notes = self.words.notes
        ways = [notes.call.format(number=line.number)] if line.number else []
        if line.text_number and line.text_word:
            ways.append(notes.text_word.format(word=line.text_word, number=line.text_number))
        elif line.text_number:
            ways.append(notes.text.format(number=line.text_number))
        if line.url and not ways:
            ways.append(notes.chat.format(url=line.url))
        if line.id in self.script.file.free_lines:
            ways.append(notes.free)
        return notes.line.format(name=line.name, ways=f"{notes.joiner} ".join(ways))

    # Going on

    def advance(self) -> None:
        """Say what comes next and stop at the next question. A path's last step stays open."""
        for name, holds in self.path.steps:
            step = self.script.steps[name]
            if name in self.answers or (not step.open and not holds(self.facts())):
                continue
            if step.open and self.pending and not self.path.keeps:
                self.switch(self.pending.pop(0))
                self.advance()
                return
            if step.replies:
                self.at, self.misses = name, 0
                if not step.open or not self.messages:
                    self.say_step(name)
                return
            self.answers[name] = SAID
            self.say_step(name)
        raise AssertionError(f"the path {self.path.name} has an end")

    def switch(self, path: str) -> None:
        """Another path leads."""
        self.path, self.at = self.script.paths[path], None
        self.pending = [one for one in self.pending if one != path]

    def ask_anew(self) -> None:
        """It has become worse: what changes with time is asked again, not what was refused."""
        for name in self.script.file.again:
            if self.answers.get(name) != REFUSED:
                self.answers.pop(name, None)

    def done(self) -> Reply:
        """The turn, finished."""
        state = State(
            leading=self.leading,
            path=self.path.name,
            last_at=self.context.now.isoformat(timespec="seconds"),
            pending=tuple(self.pending),
            before=self.before,
            at=self.at,
            answers=self.answers,
            level=self.level,
            categories=tuple(self.categories),
            intoxicated=self.intoxicated,
            minor=self.minor,
            dismissed=self.dismissed,
            refusals=self.refusals,
            misses=self.misses,
            turn=self.turn,
            said=tuple(self.said[-_KEPT:]),
        )
        return Reply(
            state,
            tuple(self.messages),
            self.buttons(),
            tuple(self.effects),
            tuple(self.given),
            self.raised,
            tuple(self.found),
        )

    def buttons(self) -> tuple[Button, ...]:
        """The replies of the step that waits."""
        if self.at is None:
            return ()
        labels = self.words.steps[self.at].replies
        return tuple(Button(code, labels[code]) for code in self.script.steps[self.at].replies)


def key_of(text: str) -> str:
    """A line by its content, short."""
    return f"{crc32(text.encode()):08x}"
