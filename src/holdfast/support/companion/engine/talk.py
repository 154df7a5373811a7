"""One turn while it is being made: what is said, and what the client shows to answer with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from zlib import crc32

from holdfast.support.companion.engine import answers
from holdfast.support.companion.engine.answers import Asked
from holdfast.support.companion.engine.conversation import (
    Ask,
    Effect,
    Message,
    Mode,
    Place,
    Reply,
    State,
    Turn,
)
from holdfast.support.companion.engine.format import Breathing, Step, StepWords
from holdfast.support.companion.engine.library import QUOTE, Flow, Library

WINDOW = 10  # turns in which no line comes twice
FLOWS_SHOWN = 5


class Talk:
    """The turn under way: the state's parts, changed in place, and what has been said so far."""

    def __init__(
        self, library: Library, state: State, *, now: datetime, seed: int, language: str
    ) -> None:
        self.library, self.now, self.seed, self.language = library, now, seed, language
        self.common, self.lexicon = library.common[language], library.lexicons[language]
        self.turn = state.turn + 1
        self.mode: Mode = state.mode
        self.place, self.parked = state.place, state.parked
        self.misses, self.page, self.offers = state.misses, state.page, state.offers
        self.said = [s for s in state.said if s[0] > self.turn - WINDOW]
        self._recent = {line for _, line in self.said}
        self.messages: list[Message] = []
        self.effects: list[Effect] = []

    @property
    def here(self) -> Place:
        """The place in a flow. Only where there is one."""
        assert self.place is not None  # noqa: S101 (callers look at the mode first)
        return self.place

    @property
    def flow(self) -> Flow:
        """The flow that is open."""
        return self.library.flows[self.here.flow]

    @property
    def step(self) -> Step:
        """The step that is open."""
        return self.flow.steps[self.here.step]

    @property
    def words(self) -> StepWords:
        """Its words in the person's language."""
        return self.flow.words(self.here.step, self.language)

    # Lines

    def aside(self, name: str, lines: Sequence[str], **values: str) -> bool:
        """Say one of the lines that was not said of late; nothing when there is none."""
        return self._say("say", name, lines, values)

    def ask(self, name: str, lines: Sequence[str], **values: str) -> None:
        """Say the turn's main line. Once a turn: its last resort has lines for eleven turns."""
        if not self._say("ask", name, lines, values):
            label = self.words.label if self.place else self.common.commands.menu
            self._say("ask", "again", self.common.again, {"label": label})

    def of_step(self, part: str) -> str:
        """The name of one part of the open step, for lines."""
        return f"{self.here.flow}.{self.here.step}.{part}"

    def _say(
        self,
        kind: Literal["say", "ask"],
        name: str,
        lines: Sequence[str],
        values: Mapping[str, str],
    ) -> bool:
        fresh = [i for i, line in enumerate(lines) if line_key(line) not in self._recent]
        if not fresh:
            return False
        start = crc32(f"{self.seed}:{self.turn}:{name}".encode())
        for offset in range(len(fresh)):
            index = fresh[(start + offset) % len(fresh)]
            text = self.filled(lines[index], values)
            if text is not None:
                key = line_key(lines[index])
                self.said.append((self.turn, key))
                self._recent.add(key)
                self.messages.append(Message(kind, text, f"{name}.{index}"))
                return True
        return False

    def filled(self, line: str, values: Mapping[str, str], *, full: bool = False) -> str | None:
        """The line with what it quotes, or None when an answer it quotes is missing."""
        if "{" not in line:
            return line
        found = dict(values)
        for name in QUOTE.findall(line):
            if name not in found:
                told = self.told(name)
                if told is None:
                    return None
                found[name] = told if full else answers.quoted(told)
        return QUOTE.sub(lambda match: found[match[1]], line)

    def told(self, name: str) -> str | None:
        """An answer of this flow in words."""
        value = self.here.answers.get(name) if self.place else None
        if value is None or name not in self.flow.steps:
            return None
        words = self.flow.words(name, self.language)
        return answers.told(self.flow.steps[name], words, value, self.common)

    def summary(self) -> str:
        """The open step's summary: as the person left it, else lines whose answers are there."""
        edited = self.here.answers.get(self.here.step)
        if isinstance(edited, str):
            return edited
        filled = (self.filled(line, {}, full=True) for line in self.words.summary)
        lines = [line for line in filled if line is not None]
        if self.here.kept:
            lines += [self.common.earlier, *map(_plain, self.here.kept.values())]
        return "\n".join(lines)

    # What the client shows

    def asked(self) -> Asked:
        """The open question, for reading an answer to it."""
        return Asked(
            self.step,
            self.words,
            self.shown(),
            self.lexicon,
            self.common,
            answers.local_day(self.now),
            self.here.partial,
        )

    def question(self) -> str:
        """The open step's question as it was asked last, in the script's own words alone: where it
        quotes an answer stands "…".
        """
        variants = self.words.say
        keys = [key for _, key in self.said]
        asked = max(variants, key=lambda line: _last(keys, line_key(line)))
        return QUOTE.sub("…", asked)

    def shown(self) -> tuple[str, ...]:
        """Names of the replies on the screen: all, or one page of them."""
        names, size = tuple(self.words.replies), self.step.show
        if size is None or len(names) <= size:
            return names
        start = (self.page * size) % (-(-len(names) // size) * size)
        return names[start : start + size]

    def label(self, code: str) -> str:
        """What stands on the button of a code."""
        kind, _, name = code.partition(":")
        if code.startswith("@"):
            return self.lexicon.buttons[code[1:]].label
        if kind == "flow" and name in self.library.flows:
            flow = self.library.flows[name]
            known = flow.has(self.language)
            return flow.head(self.language).title if known else flow.original.title
        return answers.told_code(self.asked(), code)

    def done(self) -> Turn:
        """The turn, finished."""
        state = State(
            turn=self.turn,
            mode=self.mode,
            place=self.place,
            parked=self.parked,
            misses=self.misses,
            page=self.page,
            offers=self.offers,
            said=tuple(self.said),
        )
        ask = None if self.mode == "crisis" else self._ask()
        return Turn(state, tuple(self.messages), ask, tuple(self.effects))

    def _ask(self) -> Ask:
        offered = tuple(Reply(code, self.label(code)) for code in self.offers)
        if self.mode != "asking":
            return Ask("choice", offered, self._commands("help_now"))
        step, kind = self.step, self.step.answer or "choice"
        commands = self._commands(
            *(("back",) if self.here.trail else ()),
            *("skip", "explain", "not_it", "menu", "pause", "help", "help_now"),
        )
        if kind == "emotions" and self.here.partial:
            return Ask("number", offered, commands, low=0, high=100)
        if kind == "number":
            return Ask(kind, offered, commands, low=step.low, high=step.high)
        replies = offered + self._replies(kind)
        many = kind in {"several", "emotions", "list"}
        value = self.summary() if kind == "summary" else self.told(self.here.step)
        return Ask(kind, replies, commands, many=many, value=value)

    def _replies(self, kind: str) -> tuple[Reply, ...]:
        if kind == "emotions":
            return self.lexicon.feelings
        replies = tuple(Reply(n, self.words.replies[n]) for n in self.shown())
        extra: tuple[str, ...] = ()
        if len(replies) < len(self.words.replies):
            extra = ("more",)
        elif kind == "list" and len(self.here.partial) >= self.step.at_least:
            extra = ("done",)
        elif kind == "summary":
            extra = ("keep_summary", "discard")
        return replies + self._commands(*extra)

    def _commands(self, *names: str) -> tuple[Reply, ...]:
        return tuple(self.lexicon.buttons[name] for name in names)

    def menu_codes(self) -> tuple[str, ...]:
        """Flows to choose from: those begun first, one page of them."""
        begun = [p.flow for p in reversed(self.parked) if p.flow in self.library.flows]
        rest = [name for name in self.library.offered(self.language) if name not in begun]
        codes = tuple(f"flow:{name}" for name in begun + rest)
        if len(codes) <= FLOWS_SHOWN:
            return codes
        start = (self.page * FLOWS_SHOWN) % (-(-len(codes) // FLOWS_SHOWN) * FLOWS_SHOWN)
        return (*codes[start : start + FLOWS_SHOWN], "@more")

    def exercise(self) -> None:
        """Tell the client to pace a breath or to count minutes, if the step has it."""
        do = self.step.do
        if do is None:
            return
        data: dict[str, Any] = {"step": self.here.step}
        if do.breathe:
            data["breathe"] = _breath(do.breathe)
        if do.wait_minutes:
            data["wait_minutes"] = do.wait_minutes
        self.effects.append(Effect("exercise", data))

    def put(self, **changes: Any) -> None:
        """Change the place."""
        self.place = replace(self.here, **changes)


@lru_cache(maxsize=20_000)
def line_key(line: str) -> str:
    """A line by its content: the same one when a step, also one it quotes, has another name."""
    return f"{crc32(QUOTE.sub('{}', line).encode()):08x}"


def _last(keys: Sequence[str], key: str) -> int:
    """The place at which a line was said last; -1 for never."""
    return max((at for at, each in enumerate(keys) if each == key), default=-1)


def _breath(breathing: Breathing) -> dict[str, float]:
    return breathing.model_dump(by_alias=True)


def _plain(value: Any) -> str:
    """A kept answer in words, without the step that could say more."""
    if isinstance(value, Mapping):
        return " ".join(_plain(v) for v in value.values() if v is not None)
    if isinstance(value, list | tuple):
        return "; ".join(map(_plain, value))
    return str(value).replace("_", " ")
