"""The instrument pack: frozen dataclasses, and the parser that turns a YAML file into one.

A pack says everything about one version of one questionnaire: items and codes, the wording per
language, scoring, bands, alert rules, and for each figure the citation it rests on. A published
version never changes (`canonical_hash`); a response points to the exact version and language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

Level = Literal["none", "watch", "concern", "urgent", "emergency"]
LEVELS: tuple[Level, ...] = ("none", "watch", "concern", "urgent", "emergency")
Direction = Literal["lower", "higher", "none"]
Group = Literal["women", "men"]

_STRICT = ConfigDict(extra="forbid")


class InstrumentError(ValueError):
    """A pack that cannot be used. The message names the file, the place in it and the fault."""


def fold(name: str) -> str:
    """Reduce a name to lower-case letters and digits: `PHQ-9`, `phq_9` and `Phq9` are one."""
    return "".join(character for character in name.casefold() if character.isalnum())


@dataclass(frozen=True)
class OptionSet:
    """The codes an item may be answered with: a list in display order, or a slider."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    codes: tuple[int, ...] = ()
    min: float | None = None
    max: float | None = None
    step: float | None = None

    @property
    def is_slider(self) -> bool:
        return not self.codes

    @property
    def lowest(self) -> float:
        return min(self.codes) if self.codes else float(self.min or 0)

    @property
    def highest(self) -> float:
        return max(self.codes) if self.codes else float(self.max or 0)

    def allows(self, value: float) -> bool:
        if self.codes:
            return value in self.codes
        steps = (value - self.lowest) / float(self.step or 1)
        return self.lowest <= value <= self.highest and abs(steps - round(steps)) < 1e-9


@dataclass(frozen=True)
class Condition:
    """A test on the answers: one leaf (`item` or `scale` with a bound), or a combination.

    A leaf about an item without an answer, or a scale without a score, is false. `declined` holds
    where the item was put to the person and left unanswered (an explicit null).
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    item: str | None = None
    scale: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    band: str | None = None
    declined: bool = False
    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()
    none_of: tuple[Condition, ...] = ()

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.all_of + self.any_of + self.none_of

    def leaves(self) -> Iterator[Condition]:
        """Every leaf in document order (`all_of`, then `any_of`, then `none_of`)."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True)
class Item:
    """One question.

    `scored: false` is never part of a scale (a functional-difficulty item). `declined_as` is the
    code a refusal to answer (an explicit null) counts as, where the source says how.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    options: str
    loinc: str | None = None
    aliases: tuple[str, ...] = ()
    scored: bool = True
    optional: bool = False
    only_for: Group | None = None
    show_if: Condition | None = None
    declined_as: int | None = None


@dataclass(frozen=True)
class Band:
    """A named stretch of a scale, both ends included."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    min: float
    max: float


@dataclass(frozen=True)
class Missing:
    """What the instrument's source says about unanswered items.

    `prorate` replaces up to `max_missing` unanswered items by the mean of the answered ones;
    `refuse` gives no score as soon as one is unanswered.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    rule: Literal["prorate", "refuse"]
    max_missing: int = 0
    round: Literal["half_up", "none"] = "none"
    source: str | None = None


@dataclass(frozen=True)
class Reliability:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    value: float
    kind: Literal["test-retest", "alpha"]
    source: str


@dataclass(frozen=True)
class Norm:
    """Mean and standard deviation of a scale in a described group."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    mean: float
    sd: float
    source: str
    n: int | None = None
    group: str | None = None


@dataclass(frozen=True)
class Caseness:
    """The cut-off a source gives. `women_at_least` replaces `at_least` where it differs."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    source: str
    at_least: float | None = None
    at_most: float | None = None
    women_at_least: float | None = None


@dataclass(frozen=True)
class ReliableChange:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    points: float
    source: str


@dataclass(frozen=True)
class Scale:
    """How answers become one number. The first scale of an instrument is its main one."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    items: tuple[str, ...]
    method: Literal["sum", "mean", "max"]
    range: tuple[float, float]
    missing: Missing
    reverse: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    factor: float = 1
    direction: Direction | None = None
    loinc: str | None = None
    bands: tuple[Band, ...] = ()
    bands_source: str | None = None
    reliability: Reliability | None = None
    norms: Mapping[str, Norm] = field(default_factory=dict)
    caseness: Caseness | None = None
    reliable_change: ReliableChange | None = None

    def band(self, score: float | None) -> str | None:
        """The band a score lies in; a score between two bands belongs to the lower one."""
        if score is None:
            return None
        return next((band.id for band in reversed(self.bands) if score >= band.min), None)


@dataclass(frozen=True)
class AlertRule:
    """When a human should look. Never a risk score: it says what was answered, and how soon."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    when: Condition
    level: Level
    reason: str
    follow_up: str | None = None
    if_skipped: Literal["ask"] | None = None
    source: str | None = None


@dataclass(frozen=True)
class Licence:
    """Terms of use. `acceptance: practice` keeps the pack off until a practice accepts them."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    acceptance: Literal["none", "practice"]
    notice: str | None = None
    source_url: str | None = None


@dataclass(frozen=True)
class PanelCode:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    panel: str


@dataclass(frozen=True)
class Text:
    """The wording in one language. `options` holds the labels of each option set in code order;
    for a slider, the labels of its two ends.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    status: Literal["official", "verified", "draft"]
    source: str
    items: Mapping[str, str]
    options: Mapping[str, tuple[str, ...]]
    stem: str = ""
    title: str | None = None
    note: str | None = None


@dataclass(frozen=True, eq=False)
class _Definition:
    """The fields a pack file may have."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    version: str
    title: str
    topic: str
    licence: Licence
    credit: str
    direction: Direction
    option_sets: Mapping[str, OptionSet]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    references: Mapping[str, str]
    texts: Mapping[str, Text]
    recall: str | None = None
    loinc: PanelCode | None = None
    alerts: tuple[AlertRule, ...] = ()
    notes: str | None = None


@dataclass(frozen=True, eq=False)
class Instrument(_Definition):
    """One version of one questionnaire. `document` is the parsed file, for handing on as JSON."""

    content_hash: str = ""
    origin: str = ""
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Folded name to item id: id, LOINC code, alias or 1-based position."""
        found: dict[str, str] = {}
        for position, item in enumerate(self.items, start=1):
            for name in (item.id, item.loinc, *item.aliases, str(position)):
                if name is not None and found.setdefault(fold(name), item.id) != item.id:
                    raise InstrumentError(
                        f"{self.origin}: items: {name!r} names both {found[fold(name)]} "
                        f"and {item.id}"
                    )
        return found

    def options_of(self, item_id: str) -> OptionSet:
        return self.option_sets[self.by_id[item_id].options]

    def scale(self, scale_id: str) -> Scale:
        """The scale with this id. Raises KeyError where there is none."""
        found = next((scale for scale in self.scales if scale.id == scale_id), None)
        if found is None:
            raise KeyError(f"{self.id} has no scale {scale_id!r}")
        return found

    def direction_of(self, scale_id: str) -> Direction:
        return self.scale(scale_id).direction or self.direction


_ADAPTER = TypeAdapter(_Definition)


def canonical_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the document as JSON with sorted keys and no spaces, in UTF-8."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parse_instrument(data: Mapping[str, Any], *, origin: str) -> Instrument:
    """Check a parsed pack file and build the instrument; `origin` names it in messages.

    Raises InstrumentError naming the first places that are wrong, what was expected and what came.
    """
    from holdfast.sense.measures.engine.checks import faults

    option_sets = {
        name: {"codes": value} if isinstance(value, list) else value
        for name, value in dict(data.get("option_sets") or {}).items()
    }
    try:
        text = json.dumps({**data, "option_sets": option_sets}, allow_nan=False)
        definition = _ADAPTER.validate_json(text, strict=True)
    except ValidationError as error:
        raise InstrumentError(f"{origin}: {_describe(error)}") from error
    except (TypeError, ValueError) as error:
        raise InstrumentError(f"{origin}: not plain JSON values: {error}") from error
    values = {entry.name: getattr(definition, entry.name) for entry in fields(definition)}
    instrument = Instrument(
        **values, content_hash=canonical_hash(data), origin=origin, document=data
    )
    found = list(faults(instrument))
    if found:
        raise InstrumentError(f"{origin}: " + "; ".join(found))
    return instrument


def _describe(error: ValidationError) -> str:
    parts = []
    for entry in error.errors(include_url=False):
        where = ".".join(str(step) for step in entry["loc"]) or "(top level)"
        came = "" if entry["type"] == "missing" else f", got {entry['input']!r:.80}"
        parts.append(f"{where}: {entry['msg']}{came}")
    return "; ".join(parts)


class _UniqueKeyLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML lets the last of two equal keys win silently; in a pack that would lose an item."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))


def load_file(path: Path) -> Instrument:
    """Read a pack file. Raises InstrumentError for bytes, YAML or content that cannot be used."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InstrumentError(f"{path}: not readable as UTF-8 YAML: {error}") from error
    if not isinstance(data, dict):
        raise InstrumentError(f"{path}: expected a mapping, got {type(data).__name__}")
    instrument = parse_instrument(data, origin=str(path))
    expected = f"{instrument.id}-{instrument.version}.yaml"
    if path.name != expected:
        raise InstrumentError(f"{path}: the file of this id and version is named {expected}")
    return instrument
