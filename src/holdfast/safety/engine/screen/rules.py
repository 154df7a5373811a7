"""The phrase rules, read and checked; their format is docs/reference/safety-screen.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from holdfast.safety.engine import clinicians_yaml
from holdfast.safety.engine.screen.language import FREQUENT
from holdfast.safety.engine.screen.normalise import Normaliser
from holdfast.safety.engine.screen.patterns import Pattern, PatternError, PatternReader, union
from holdfast.safety.engine.screen.result import Category, Experiencer, Level, Temporality

_COMMON_HAN: Final = "我不想了的是在有一人这个你他她们好就都会要没也很到和说去过还"
_GROUP: Final = re.compile(r"<([a-z_]+)>")

# Groups that every language has. A year that old is long enough ago to be told as past.
_BUILT_IN: Final[Mapping[str, str]] = {"year": "|".join(map(str, range(1950, 2025)))}

Source = Annotated[str, Field(min_length=1, max_length=1200)]


class RulesError(ValueError):
    """A rules file that cannot be used; the message names the file and the entry."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PhraseEntry(_Strict):
    """One rule as a clinician writes it."""

    id: str = Field(pattern=r"^[a-z]{2}-[a-z0-9-]+$")
    category: Category | None = None
    level: Level
    any: list[Source] = Field(min_length=1)
    unless: list[Source] = []
    near: list[Source] = []
    anywhere: bool = False
    temporality: Temporality = Temporality.NOW
    experiencer: Experiencer = Experiencer.SELF
    ignore: list[str] = []
    note: str | None = None

    @field_validator("level", mode="before")
    @classmethod
    def _level(cls, value: object) -> object:
        return Level.of(value) if isinstance(value, str) else value

    @field_validator("ignore")
    @classmethod
    def _kinds(cls, value: list[str]) -> list[str]:
        unknown = set(value) - set(ContextEntry.model_fields)
        if unknown:
            raise ValueError(f"no context {sorted(unknown)}")
        return value


class ContextEntry(_Strict):
    """The words of a language that change what a phrase near them means."""

    negation_before: list[Source] = []
    negation_after: list[Source] = []
    not_negation: list[Source] = []
    asked_before: list[Source] = []
    answered_no: list[Source] = []
    past: list[Source] = []
    past_next: list[Source] = []
    past_other: list[Source] = []
    returned: list[Source] = []
    now: list[Source] = []
    hypothetical_before: list[Source] = []
    other_person_before: list[Source] = []
    idiom: list[Source] = []
    quotation: list[Source] = []
    academic: list[Source] = []
    own_wish: list[Source] = []
    clause_breaks: list[Source] = []


class RulesFile(_Strict):
    """A rules file of one language."""

    language: str = Field(pattern=r"^[a-z]{2}$")
    version: int = Field(ge=1)
    reviewed_by: str | None
    scope: int = Field(default=5, ge=1, le=20)
    rewrites: dict[str, str] = {}
    groups: dict[str, Source] = {}
    misspelt: list[str] = []
    phrases: list[PhraseEntry]
    context: ContextEntry = ContextEntry()


@dataclass(frozen=True)
class Rule:
    """What a match of a rule says."""

    id: str
    language: str
    category: Category | None
    level: Level
    temporality: Temporality
    experiencer: Experiencer
    ignore: frozenset[str]


@dataclass(eq=False)
class Phrase:
    """One phrase of a rule. Its regex is compiled when a text first holds one of its anchors."""

    rule: Rule
    pattern: Pattern
    unless: tuple[Pattern, ...] = ()
    near: tuple[Pattern, ...] = ()
    anywhere: bool = False

    @cached_property
    def find(self) -> Callable[[str], Iterable[re.Match[str]]]:
        return re.compile(self.pattern.regex).finditer

    @cached_property
    def spoiled(self) -> Callable[[str], re.Match[str] | None] | None:
        return union(self.unless)

    @cached_property
    def supported(self) -> Callable[[str], re.Match[str] | None] | None:
        return union(self.near)


@dataclass(eq=False)
class Context:
    """The context words of a language, each kind one regex, compiled on first use."""

    patterns: Mapping[str, tuple[Pattern, ...]]
    _compiled: dict[str, re.Pattern[str] | None] = field(default_factory=dict)

    def regex(self, kind: str) -> re.Pattern[str] | None:
        """The regex of a kind (a name of `ContextEntry`), or None where it has no words."""
        if kind not in self._compiled:
            sources = [pattern.regex for pattern in self.patterns[kind]]
            self._compiled[kind] = re.compile("|".join(sources)) if sources else None
        return self._compiled[kind]


@dataclass(eq=False)
class Rules:
    """The rules of one language."""

    language: str
    version: int
    reviewed_by: str | None
    scope: int
    rewrites: Mapping[str, tuple[str, ...]]
    misspelt: frozenset[str]
    phrases: tuple[Phrase, ...]
    context: Context

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(phrase.rule.id for phrase in self.phrases)


def parse_rules(text: str, name: str) -> Rules:
    """The rules in a YAML text. Raises RulesError; `name` is for its message."""
    try:
        entry = RulesFile.model_validate(clinicians_yaml.load(text))
    except yaml.YAMLError as error:
        raise RulesError(f"{name}: {clinicians_yaml.fault_of(error)}") from error
    except ValidationError as error:
        raise RulesError(f"{name}: {error}") from error
    plain = Normaliser()
    rewrites = _rewrites(entry, name, plain)
    common = FREQUENT.get(entry.language, frozenset()) | set(_COMMON_HAN)
    reader = PatternReader(common, rewrites)
    groups = {**_BUILT_IN, **entry.groups}

    def read(where: str, sources: Iterable[str]) -> tuple[Pattern, ...]:
        patterns = []
        for source in sources:
            try:
                patterns.append(reader.read(_expand(source, groups)))
            except PatternError as error:
                raise RulesError(f"{name}: {where}: {error}") from error
        return tuple(patterns)

    phrases: list[Phrase] = []
    seen: set[str] = set()
    for one in entry.phrases:
        if one.id in seen:
            raise RulesError(f"{name}: two rules {one.id}")
        seen.add(one.id)
        rule = Rule(
            one.id,
            entry.language,
            one.category,
            one.level,
            one.temporality,
            one.experiencer,
            frozenset(one.ignore),
        )
        unless, near = read(one.id, one.unless), read(one.id, one.near)
        phrases += [
            Phrase(rule, pattern, unless, near, one.anywhere) for pattern in read(one.id, one.any)
        ]
    context = {kind: read(kind, words) for kind, words in entry.context.model_dump().items()}
    return Rules(
        entry.language,
        entry.version,
        entry.reviewed_by,
        entry.scope,
        rewrites,
        frozenset(word for source in entry.misspelt for word in plain.words(source).words),
        tuple(phrases),
        Context(context),
    )


def _rewrites(entry: RulesFile, name: str, plain: Normaliser) -> dict[str, tuple[str, ...]]:
    """What each word is read as. Raises RulesError where it is not one word but several."""
    rewrites = {}
    for old, new in entry.rewrites.items():
        read = plain.words(old).words
        if len(read) != 1:
            raise RulesError(f"{name}: rewrites: {old!r} is {len(read)} words")
        rewrites[read[0]] = plain.words(new).words
    return rewrites


def _expand(source: str, groups: Mapping[str, str]) -> str:
    """The phrase with `<name>` replaced by the group's words in brackets. Raises PatternError."""

    def words(found: re.Match[str]) -> str:
        if found[1] not in groups:
            raise PatternError(f"no group <{found[1]}>")
        return f"({groups[found[1]]})"

    return _GROUP.sub(words, source)
