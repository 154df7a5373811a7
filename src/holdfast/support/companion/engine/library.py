"""Flows as the interpreter uses them: read once, checked, frozen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path

from holdfast.support.companion.engine.conditions import Condition, parse_condition
from holdfast.support.companion.engine.format import (
    Common,
    ContentError,
    Head,
    Original,
    Step,
    StepWords,
    Translation,
    parse_common,
    parse_flow,
    read_yaml,
)
from holdfast.support.companion.engine.understanding import Lexicon, folded

END, CRISIS = "end", "crisis"
QUOTE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Flow:
    """One flow: the steps of its original and the words of each language it has."""

    original: Original
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in code and state."""
        return self.original.flow

    @property
    def version(self) -> int:
        """The version of its steps."""
        return self.original.version

    @cached_property
    def steps(self) -> dict[str, Step]:
        """Steps by name, the first one first."""
        return dict(self.original.steps)

    @cached_property
    def first(self) -> str:
        """The step it begins with."""
        return next(iter(self.steps))

    @cached_property
    def ways(self) -> dict[str, tuple[tuple[Condition | None, str], ...]]:
        """For each step its ways on, in the order in which they are tried."""
        return {name: tuple(_ways(step)) for name, step in self.steps.items()}

    @cached_property
    def quotes(self) -> dict[str, tuple[str, ...]]:
        """For each line of any language the steps it quotes: "You wrote: {situation}"."""
        lines = [line for head in self.heads() for w in head.steps.values() for line in lines_of(w)]
        return {line: tuple(QUOTE.findall(line)) for line in lines}

    def heads(self) -> Iterator[Original | Translation]:
        """The file of each language, the original first."""
        yield self.original
        yield from self.translations.values()

    def head(self, language: str) -> Head:
        """Title, offer and keywords in a language the flow has."""
        if language == self.original.language:
            return self.original
        return self.translations[language]

    def words(self, step: str, language: str) -> StepWords:
        """A step's words; the original's where a translation lacks the step (lint reports it)."""
        translation = self.translations.get(language)
        if translation is None:
            return self.steps[step]
        return translation.steps.get(step) or self.steps[step]

    def has(self, language: str) -> bool:
        """Whether the flow speaks the language."""
        return language == self.original.language or language in self.translations


@dataclass(frozen=True)
class Library:
    """All flows and the common words of each language.

    `turned_on` holds the (flow, language) pairs that are drafts and that a practice has decided to
    use all the same; what is a draft and not in it is offered to nobody.
    """

    flows: Mapping[str, Flow]
    common: Mapping[str, Common]
    lexicons: Mapping[str, Lexicon]
    turned_on: frozenset[tuple[str, str]] = frozenset()
    turned_off: frozenset[str] = frozenset()

    def offered(self, language: str) -> tuple[str, ...]:
        """Names of the flows that may be offered in a language, in order."""
        return self._offered.get(language, ())

    @cached_property
    def _offered(self) -> dict[str, tuple[str, ...]]:
        return {
            language: tuple(n for n, f in self.flows.items() if self._open(f, language))
            for language in self.common
        }

    def keywords(self, language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Of each flow on offer in a language, its folded title and keywords."""
        return self._keywords.get(language, ())

    @cached_property
    def _keywords(self) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        return {
            language: tuple((name, self._words_for(name, language)) for name in names)
            for language, names in self._offered.items()
        }

    def _words_for(self, name: str, language: str) -> tuple[str, ...]:
        head = self.flows[name].head(language)
        return tuple(folded(word) for word in (head.title, *head.keywords))

    def _open(self, flow: Flow, language: str) -> bool:
        if flow.name in self.turned_off or not flow.has(language):
            return False
        return flow.head(language).status == "reviewed" or (flow.name, language) in self.turned_on

    def with_drafts(self) -> Library:
        """The same with every draft turned on: for previews, lint and simulation."""
        pairs = {(f.name, head.language) for f in self.flows.values() for head in f.heads()}
        return replace(self, turned_on=frozenset(pairs))


def lines_of(words: StepWords) -> Iterator[str]:
    """Every line of a step that may quote an answer."""
    yield from words.say
    yield from words.after
    yield from words.summary


def _ways(step: Step) -> Iterator[tuple[Condition | None, str]]:
    if isinstance(step.next, str):
        yield None, step.next
        return
    for branch in step.next:
        yield (parse_condition(branch.condition) if branch.condition else None), branch.go


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is no flow, and why."""

    file: str
    reason: str


def read_flows(folder: Path) -> tuple[dict[str, Flow], list[Unreadable]]:
    """Every flow under `folder` (one folder per flow, one file per language), and what failed."""
    flows: dict[str, Flow] = {}
    faults: list[Unreadable] = []
    for place in sorted(p for p in folder.iterdir() if p.is_dir()):
        originals: list[Original] = []
        translations: dict[str, Translation] = {}
        for path in sorted(place.glob("*.yaml")):
            file = f"{place.name}/{path.name}"
            try:
                part = parse_flow(read_yaml(path))
                _named_as_filed(part, place.name, path.stem)
            except ContentError as fault:
                faults.append(Unreadable(file, str(fault)))
                continue
            if isinstance(part, Original):
                originals.append(part)
            else:
                translations[part.language] = part
        if len(originals) == 1:
            flow = Flow(originals[0], translations)
            try:
                flow.ways  # noqa: B018 (parses the conditions now, not in a conversation)
            except ValueError as fault:
                faults.append(Unreadable(place.name, str(fault)))
            else:
                flows[flow.name] = flow
        elif not any(f.file.startswith(f"{place.name}/") for f in faults):
            faults.append(Unreadable(place.name, "expected one file with steps that lead on"))
    return flows, faults


def _named_as_filed(part: Head, flow: str, language: str) -> None:
    if (part.flow, part.language) != (flow, language):
        raise ContentError(
            f"says flow: {part.flow}, language: {part.language}, but lies in {flow}/{language}.yaml"
        )


def read_common(folder: Path) -> dict[str, Common]:
    """The common words of every language. Raises ContentError."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            found[path.stem] = parse_common(read_yaml(path))
        except ContentError as fault:
            raise ContentError(f"common/{path.name}: {fault}") from fault
    return found


def library_of(flows: Mapping[str, Flow], common: Mapping[str, Common]) -> Library:
    """A library; lexicons are built once here."""
    lexicons = {language: Lexicon(words) for language, words in common.items()}
    return Library(flows, common, lexicons)


def read_library(folder: Path) -> Library:
    """`folder` holds `flows/` and `common/`. Raises ContentError when any file is faulty."""
    flows, faults = read_flows(folder / "flows")
    if faults:
        raise ContentError("\n".join(f"{f.file}: {f.reason}" for f in faults))
    return library_of(flows, read_common(folder / "common"))


def shipped() -> Library:
    """What comes with Holdfast; drafts are turned off."""
    with as_file(files("holdfast.support.companion") / "content") as folder:
        return read_library(folder)


def shipped_common() -> dict[str, Common]:
    """The common words that come with Holdfast, for linting another folder's flows."""
    with as_file(files("holdfast.support.companion") / "content" / "common") as folder:
        return read_common(folder)
