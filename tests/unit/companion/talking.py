"""A small library of one flow, and somebody who talks to it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from holdfast.support.companion.engine.conversation import (
    Chose,
    Event,
    Level,
    Opened,
    Said,
    Screening,
    State,
    Turn,
)
from holdfast.support.companion.engine.format import Common, Original, parse_flow
from holdfast.support.companion.engine.interpreter import step
from holdfast.support.companion.engine.library import (
    Flow,
    Library,
    library_of,
    shipped,
    shipped_common,
)

TUESDAY = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def asking(answer: str, **more: Any) -> dict[str, Any]:
    """A step that asks for an answer of one kind, then ends."""
    says = ["What is it?", "Tell me what it is."]
    return {"label": "It", "say": says, "answer": answer, "next": "end", **more}


def flow_of(steps: dict[str, Any], **more: Any) -> Flow:
    """A flow of these steps, in English."""
    part = parse_flow(
        {
            "flow": "little",
            "language": "en",
            "version": 1,
            "status": "draft",
            "reviewed_by": None,
            "title": "A little flow",
            "offer": "For tests.",
            "keywords": ["little", "tests"],
            "minutes": 1,
            "sources": {"book": {"cite": "A book, 2020."}},
            "steps": steps,
            **more,
        }
    )
    assert isinstance(part, Original)
    return Flow(part)


def library(*flows: Flow) -> Library:
    """These flows with the shipped common words, drafts turned on."""
    return library_of({f.name: f for f in flows}, common()).with_drafts()


@lru_cache
def common() -> dict[str, Common]:
    """The shipped common words."""
    return shipped_common()


@lru_cache
def shipped_with_drafts() -> Library:
    """Everything that ships, drafts turned on."""
    return shipped().with_drafts()


class Talker:
    """One conversation; keeps the last turn."""

    def __init__(self, lib: Library, language: str = "en", flow: str | None = "little") -> None:
        self.library, self.language = lib, language
        self.state = State()
        self.turn: Turn = self.send(Opened())
        if flow:
            self.tap(f"flow:{flow}")

    def send(self, event: Event) -> Turn:
        self.turn = step(
            self.library, self.state, event, now=TUESDAY, seed=3, language=self.language
        )
        self.state = self.turn.state
        return self.turn

    def say(self, text: str, level: Level | None = "none") -> Turn:
        return self.send(Said(text, Screening(level)))

    def tap(self, *codes: str) -> Turn:
        return self.send(Chose(codes))

    @property
    def at(self) -> str | None:
        return self.state.place.step if self.state.place else None

    def answer(self, name: str) -> Any:
        """What stands as the answer of a step, also after the flow was finished."""
        for effect in self.turn.effects:
            if effect.kind == "finished":
                return effect.data["answers"].get(name)
        assert self.state.place is not None
        return self.state.place.answers.get(name)

    def offered(self) -> list[str]:
        assert self.turn.ask is not None
        return [reply.code for reply in self.turn.ask.replies]

    def words(self) -> str:
        return "\n".join(message.text for message in self.turn.messages)
