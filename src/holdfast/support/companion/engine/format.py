"""What a flow's files may hold, and how they are read.

One file is the original: it holds the steps, their order and its own language's words. Every other
language's file holds words only, under the same step names, so that no translation can change what
happens. Faults are told in the words of the file: where, what was expected, what came.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from holdfast.safety.engine import clinicians_yaml

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FlowName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=700)]
Answer = Literal[
    "text", "number", "choice", "several", "emotions", "date", "time", "place", "list", "summary"
]
Status = Literal["draft", "reviewed"]


class ContentError(ValueError):
    """A file cannot be read as a flow; the message says where and why."""


class Strict(BaseModel):
    """A part of a file: an unknown key is a misspelt one, so it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Part = TypeVar("_Part", bound=Strict)


class StepWords(Strict):
    """What one step says in one language."""

    label: Line  # a few words that name the step: "The situation"
    say: tuple[Line, ...] = Field(min_length=1)  # variants of the same question
    explain: Line | None = None  # the answer to "what do you mean?"
    after: tuple[Line, ...] = ()  # variants, said once the answer is in
    replies: dict[Name, Line] = {}
    summary: tuple[Line, ...] = ()  # lines of a summary; one whose answer is missing is left out


class Branch(Strict):
    """One way on. Without `if` it is always open."""

    condition: str | None = Field(default=None, alias="if")
    go: str


class Breathing(Strict):
    """One breath in seconds, and for how many minutes."""

    breathe_in: float = Field(alias="in", ge=1, le=10)
    hold: float = Field(default=0, ge=0, le=10)
    breathe_out: float = Field(alias="out", ge=1, le=12)
    minutes: float = Field(ge=0.5, le=20)


class Exercise(Strict):
    """Something the device does while the step stands: it paces a breath or counts minutes."""

    breathe: Breathing | None = None
    wait_minutes: float | None = Field(default=None, ge=0.5, le=60)


class Step(StepWords):
    """One step of the original: its words, what answers it, and where it leads."""

    answer: Answer | None = None  # without one the step only says something
    low: int = 0  # of a number
    high: int = 100
    at_most: int | None = Field(default=None, ge=1, le=20)  # of several, emotions or a list
    at_least: int = Field(default=1, ge=1, le=20)  # of a list
    show: int | None = Field(default=None, ge=2, le=6)  # how many replies at once
    own_words: bool = False  # a choice that may be answered in other words
    do: Exercise | None = None
    source: str | None = None
    next: str | tuple[Branch, ...]


class Source(Strict):
    """Where the method comes from."""

    cite: Line
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")] | None = None


class Change(Strict):
    """What was renamed when the flow became `version`: old name to new."""

    version: int = Field(ge=2)
    steps: dict[Name, Name] = {}


class Head(Strict):
    """What the file of every language opens with."""

    flow: FlowName
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
    status: Status
    reviewed_by: Line | None
    title: Line
    offer: Line  # one sentence: what it is for
    keywords: tuple[Line, ...] = Field(min_length=2)


class Original(Head):
    """The file that holds a flow's steps."""

    version: int = Field(ge=1)
    minutes: int = Field(ge=1, le=60)
    reading_age: int = Field(default=11, ge=8, le=18)
    sources: dict[Name, Source] = {}
    changes: tuple[Change, ...] = ()
    steps: dict[Name, Step] = Field(min_length=1)


class Translation(Head):
    """Another language's words for the same steps."""

    translates: int = Field(ge=1)  # the version of the original it was written for
    steps: dict[Name, StepWords]


class Commands(Strict):
    """Labels of what can be asked for at any time."""

    back: Line
    skip: Line
    pause: Line
    menu: Line
    explain: Line
    not_it: Line
    go_on: Line
    keep: Line
    keep_summary: Line
    discard: Line
    done: Line
    more: Line
    help: Line
    help_now: Line


class Common(Strict):
    """What every flow of a language shares: the interpreter's own lines and the words it knows."""

    language: str
    status: Status
    reviewed_by: Line | None
    commands: Commands
    said_as: dict[str, tuple[Line, ...]]  # command -> what people type for it
    open_with: tuple[Line, ...]  # "take me to ...", before the name of a flow
    negations: tuple[Line, ...]
    yes: tuple[Line, ...]
    no: tuple[Line, ...]
    again: tuple[Line, ...] = Field(min_length=12)  # {label}: more than ten, so none comes twice
    unsure: tuple[Line, ...] = Field(min_length=4)
    menu: tuple[Line, ...] = Field(min_length=4)
    did_you_mean: tuple[Line, ...] = Field(min_length=4)
    help: tuple[Line, ...] = Field(min_length=4)
    paused: tuple[Line, ...] = Field(min_length=4)
    resumed: tuple[Line, ...] = Field(min_length=4)  # {title}
    back: tuple[Line, ...] = Field(min_length=4)
    not_it: tuple[Line, ...] = Field(min_length=4)
    at_start: tuple[Line, ...] = Field(min_length=2)
    skipped: tuple[Line, ...] = Field(min_length=4)
    changed: tuple[Line, ...] = Field(min_length=2)
    gone: tuple[Line, ...] = Field(min_length=2)
    too_long: tuple[Line, ...] = Field(min_length=2)
    finished: tuple[Line, ...] = Field(min_length=4)
    after_crisis: tuple[Line, ...] = Field(min_length=4)
    noted: tuple[Line, ...] = Field(min_length=4)  # {count} of a list so far
    strength: tuple[Line, ...] = Field(min_length=4)  # {emotion}: how strong it is
    had: tuple[Line, ...] = Field(min_length=4)  # {value}: what stands there already
    earlier: Line  # heading in a summary of answers to questions that are gone
    hints: dict[Answer, tuple[Line, ...]]  # how an answer of this kind can be given
    joiner: str
    emotions: dict[Name, tuple[Line, ...]]  # code -> words; the first one is the label
    numbers: dict[str, int]
    weekdays: tuple[tuple[Line, ...], ...] = Field(min_length=7, max_length=7)
    months: tuple[tuple[Line, ...], ...] = Field(min_length=12, max_length=12)
    days: dict[Literal["today", "tomorrow", "after_tomorrow"], tuple[Line, ...]]
    parts_of_day: dict[
        Literal["morning", "midday", "afternoon", "evening", "night"], tuple[str, ...]
    ]
    before_noon: tuple[str, ...] = ()
    after_noon: tuple[str, ...] = ()
    date_as: str  # {weekday} {day} {month}


def read_yaml(path: Path) -> dict[str, Any]:
    """The file as a mapping. Raises ContentError."""
    try:
        data = clinicians_yaml.load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        raise ContentError(clinicians_yaml.fault_of(fault)) from fault
    except UnicodeDecodeError as fault:
        raise ContentError(f"not YAML in UTF-8: {fault}") from fault
    if not isinstance(data, dict):
        raise ContentError("expected “key: value” lines at the top of the file")
    return data


def parse_flow(data: dict[str, Any]) -> Original | Translation:
    """A flow's original or translation. Raises ContentError with every fault on its own line."""
    if "translates" in data:
        return _valid(Translation, data)
    return _valid(Original, data)


def parse_common(data: dict[str, Any]) -> Common:
    """A language's common words. Raises ContentError."""
    return _valid(Common, data)


def _valid(model: type[_Part], data: dict[str, Any]) -> _Part:
    try:
        return model.model_validate(data)
    except ValidationError as fault:
        lines = []
        for error in fault.errors(include_url=False, include_input=False):
            where = " > ".join(str(part) for part in error["loc"]) or "the file"
            lines.append(f"{where}: {_plain(error['type'], error['msg'])}")
        raise ContentError("; ".join(lines)) from fault


def _plain(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such key; is it misspelt?"
    if kind == "missing":
        return "is missing"
    return message[:1].lower() + message[1:]
