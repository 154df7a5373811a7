"""What the protocol's files may hold, and how they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Final, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from holdfast.safety.engine import clinicians_yaml
from holdfast.safety.engine.protocol.conditions import Condition, ConditionError, Conditions
from holdfast.safety.engine.protocol.reading import Heard, WordLists, together
from holdfast.safety.engine.screen import Category, Level

CardKind = Literal[
    "crisis", "emergency", "others", "abuse", "minor", "medical", "other_person", "lines"
]
CARDS: Final[tuple[CardKind, ...]] = (
    "crisis", "emergency", "others", "abuse", "minor", "medical", "other_person", "lines",
)  # fmt: skip
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=700)]
LevelName = Literal["watch", "concern", "urgent", "emergency"]
#: What an answer may be beside the replies of its step.
UNCLEAR, REFUSED, SAID, NOT_YET = "unclear", "rather_not", "said", "not_yet"
RESUME: Final = "resume"  # instead of a path: the one that led when the person left


class ProtocolError(ValueError):
    """A file of the protocol cannot be used; the message names the file and the entry."""


class Strict(BaseModel):
    """A part of a file: an unknown key is a misspelt one, so it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Part = TypeVar("_Part", bound=Strict)


class Source(Strict):
    """Where a step comes from."""

    cite: Words
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")] | None = None


class Step(Strict):
    """One thing that is said or asked. Without `replies` it is only said."""

    item: Name
    sources: tuple[str, ...]
    replies: tuple[Name, ...] = ()
    raises: dict[Name, LevelName] = {}
    finds: dict[Name, Category] = {}
    go: dict[Name, Name] = {}
    effects: dict[Name, Name] = {}
    open: bool = False  # stays until the person goes on


class PathEntry(Strict):
    """A way through the steps, with the card that stands beside it."""

    card: CardKind
    number: Literal["ambulance", "police"]
    keeps: bool = False  # nothing that waits takes its place
    steps: tuple[Name | dict[Name, tuple[str, ...]], ...] = Field(min_length=1)


class ScriptFile(Strict):
    """`script.yaml`."""

    version: int = Field(ge=1)
    status: Literal["draft", "reviewed"]
    reviewed_by: Words | None
    sources: dict[str, Source]
    free_lines: frozenset[str]
    conditions: dict[Name, tuple[str, ...]]
    again: tuple[Name, ...]
    steps: dict[Name, Step]
    paths: dict[Name, PathEntry]
    order: tuple[Name, ...]
    leads: dict[Name, tuple[Category, ...]]


class StepWords(Strict):
    """A step's words: variants of what is said, labels of the replies, what follows an answer.

    `again`: when it is said once more; `heard`: when the screen has found what the step asks for.
    """

    say: tuple[Words, ...] = Field(min_length=2)
    again: tuple[Words, ...] = ()
    heard: tuple[Words, ...] = ()
    replies: dict[Name, Words] = {}
    after: dict[Name, tuple[Words, ...]] = {}


class Buttons(Strict):
    """Labels of what can be asked for at any time while the protocol leads."""

    go_on: Words
    help_now: Words


class Notes(Strict):
    """Sentences that belong to no step."""

    line: Words  # {name}, {ways}
    call: Words  # {number}
    text: Words  # {number}
    text_word: Words  # {word}, {number}
    chat: Words  # {url}
    free: Words
    joiner: Words
    screen_failed: tuple[Words, ...] = Field(min_length=3)
    unsupported: tuple[Words, ...] = Field(min_length=3)
    lines_here: tuple[Words, ...] = Field(min_length=3)
    still_here: tuple[Words, ...] = Field(min_length=3)


class LanguageFile(Strict):
    """`<language>.yaml`: the words of the whole protocol."""

    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    version: int = Field(ge=1)
    script: int  # the version of the script that it speaks
    status: Literal["draft", "reviewed"]
    reviewed_by: Words | None
    buttons: Buttons
    notes: Notes
    words: dict[Name, tuple[Words, ...]]
    unclear: tuple[Words, ...] = Field(min_length=4)
    heard: tuple[Words, ...] = Field(min_length=8)
    not_pushing: tuple[Words, ...] = Field(min_length=3)
    steps: dict[Name, StepWords]


class OtherFile(Strict):
    """`other.yaml`: what is said in languages that the protocol does not speak."""

    status: Literal["draft", "reviewed"]
    reviewed_by: Words | None
    sentences: dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], tuple[Words, ...]]


@dataclass(frozen=True)
class Path:
    """A way through the steps, its conditions parsed."""

    name: str
    card: CardKind
    number: Literal["ambulance", "police"]
    keeps: bool
    steps: tuple[tuple[str, Condition], ...]


@dataclass(frozen=True)
class Script:
    """The steps and paths, checked against each other."""

    file: ScriptFile
    paths: Mapping[str, Path]

    @property
    def version(self) -> int:
        """The version of the order and the conditions."""
        return self.file.version

    @property
    def steps(self) -> Mapping[str, Step]:
        """Steps by name."""
        return self.file.steps


@dataclass(frozen=True)
class Speech:
    """One language's words, with its narrow understanding."""

    file: LanguageFile
    lists: WordLists


@dataclass(frozen=True)
class Protocol:
    """All of it: the script, the languages that speak it, and sentences for those that do not."""

    script: Script
    languages: Mapping[str, Speech]
    other: Mapping[str, tuple[str, ...]]
    digest: str  # of all its files: which words were shown, in a record without words

    def heard(self, text: str, language: str, others: Iterable[str] = ()) -> Heard:
        """What is understood with certainty, in the conversation's language or the text's own."""
        spoken = [language, *(one for one in others if one in self.languages and one != language)]
        return together(self.languages[one].lists.heard(text) for one in spoken)


def load(folder: Traversable) -> Protocol:
    """The protocol of a folder. Raises ProtocolError."""
    script = _script(_read(folder / "script.yaml", ScriptFile))
    other = _read(folder / "other.yaml", OtherFile)
    languages = {}
    digest = sha256()
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if not path.name.endswith(".yaml"):
            continue
        digest.update(path.read_bytes())
        if path.name not in {"script.yaml", "other.yaml"}:
            words = _read(path, LanguageFile)
            _check_language(words, script, path.name)
            languages[words.language] = Speech(words, WordLists(words.words))
    return Protocol(script, languages, other.sentences, digest.hexdigest()[:12])


@cache
def shipped() -> Protocol:
    """The protocol that ships, read once. Raises ProtocolError."""
    return load(files("holdfast.safety") / "content" / "protocol")


def _read(path: Traversable, model: type[_Part]) -> _Part:
    try:
        return model.model_validate(clinicians_yaml.load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as fault:
        raise ProtocolError(f"{path.name}: {clinicians_yaml.fault_of(fault)}") from fault
    except ValidationError as fault:
        where = fault.errors(include_url=False, include_input=False)[0]
        place = " > ".join(map(str, where["loc"]))
        raise ProtocolError(f"{path.name}: {place}: {where['msg']}") from fault


def _script(file: ScriptFile) -> Script:
    if file.status == "reviewed" and file.reviewed_by is None:
        raise ProtocolError("script.yaml: reviewed, but by whom?")
    try:
        conditions = Conditions(file.conditions, set(file.steps))
        paths = {name: _path(name, entry, conditions) for name, entry in file.paths.items()}
    except ConditionError as fault:
        raise ProtocolError(f"script.yaml: {fault}") from fault
    unknown: set[str] = set()
    for path in paths.values():
        unknown |= {step for step, _ in path.steps} - set(file.steps)
        if not file.steps[path.steps[-1][0]].open:
            raise ProtocolError(f"script.yaml: the path {path.name} ends")
    for step in file.steps.values():
        unknown |= set(step.go.values()) - {*paths, RESUME}
        unknown |= set(step.sources) - set(file.sources)
        answers = {*step.replies, NOT_YET, REFUSED}
        unknown |= {*step.raises, *step.finds, *step.go, *step.effects} - answers
    unknown |= set(file.again) - set(file.steps)
    unknown |= set(file.order) ^ set(paths) | set(file.leads) - set(paths)
    if unknown:
        raise ProtocolError(f"script.yaml: nothing is called {', '.join(sorted(unknown))}")
    return Script(file, paths)


def _path(name: str, entry: PathEntry, conditions: Conditions) -> Path:
    steps: list[tuple[str, Condition]] = []
    for one in entry.steps:
        pairs: Iterable[tuple[str, tuple[str, ...]]]
        pairs = [(one, ())] if isinstance(one, str) else one.items()
        steps += [(step, conditions.parse(when)) for step, when in pairs]
    return Path(name, entry.card, entry.number, entry.keeps, tuple(steps))


def _check_language(words: LanguageFile, script: Script, name: str) -> None:
    if name != f"{words.language}.yaml":
        raise ProtocolError(f"{name}: is in {words.language}")
    if words.script != script.version:
        raise ProtocolError(f"{name}: speaks version {words.script} of the script")
    if words.status == "reviewed" and words.reviewed_by is None:
        raise ProtocolError(f"{name}: reviewed, but by whom?")
    if set(words.steps) != set(script.steps):
        odd = ", ".join(sorted(set(words.steps) ^ set(script.steps)))
        raise ProtocolError(f"{name}: steps missing or unknown: {odd}")
    for step, said in words.steps.items():
        if set(said.replies) != set(script.steps[step].replies):
            raise ProtocolError(f"{name}: {step}: its replies are not those of the script")
        odd_after = set(said.after) - {*script.steps[step].replies, UNCLEAR, NOT_YET, REFUSED}
        if odd_after:
            raise ProtocolError(f"{name}: {step}: no answer {', '.join(sorted(odd_after))}")


def level(name: str | None) -> Level:
    """The level of a name; none of nothing."""
    return Level.of(name) if name else Level.NONE
