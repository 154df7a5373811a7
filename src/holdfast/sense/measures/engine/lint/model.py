"""A questionnaire in one language, whatever format it was written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from holdfast.sense.measures.engine.lint.conditions import Condition

ASKED_KINDS = frozenset({"choice", "multiple"})
MISSING_CODE_LABELS = re.compile(
    r"prefer not|don.?t know|do not know|not applicable|refused|no answer|weiß nicht|keine angabe"
    r"|no sé|no aplica|prefiero no|ne sait pas|ne souhaite pas|weet niet|niet van toepassing",
    re.IGNORECASE,
)


@dataclass(frozen=True, order=True)
class Finding:
    """One fault. `item` and `language` are None where the fault is the file's."""

    file: str
    rule: str
    item: str | None
    language: str | None
    message: str

    def as_json(self) -> dict[str, str | None]:
        return {
            "file": self.file,
            "rule": self.rule,
            "item": self.item,
            "language": self.language,
            "message": self.message,
        }


@dataclass(frozen=True)
class Option:
    """An answer: the code as written, its label, the number it scores (None: not a number)."""

    code: str
    label: str
    value: float | None = None


@dataclass(frozen=True)
class Item:
    """One question. `kind` is choice, multiple, number, text, yesno, info or computed.

    `context` is what sets two equal texts apart (section, parent group, condition).
    `outside_options` is true where the options stand in a file that is not at hand.
    """

    id: str
    text: str
    kind: str = "choice"
    options: tuple[Option, ...] = ()
    condition: Condition | None = None
    header: str = ""
    context: str = ""
    outside_options: bool = False
    never_scored: bool = False
    highest: float | None = None
    formula: Formula | None = None

    @property
    def asked(self) -> bool:
        return self.kind in ASKED_KINDS

    @property
    def values(self) -> frozenset[float]:
        """Numbers a person's answer can score, without codes that stand for "no answer"."""
        return frozenset(
            o.value
            for o in self.options
            if o.value is not None and not MISSING_CODE_LABELS.search(o.label)
        )

    @property
    def answers(self) -> frozenset[float] | frozenset[str]:
        """What tells this item's answers from another's: numbers, or else codes as written."""
        if all(o.value is not None for o in self.options):
            return self.values
        return frozenset(o.code.strip().casefold() for o in self.options)

    @property
    def top(self) -> float | None:
        if self.values:
            return max(self.values)
        return self.highest


@dataclass(frozen=True)
class Formula:
    """A score: the items it adds up, as written. `highest` is the declared maximum, if any."""

    name: str
    uses: tuple[str, ...]
    text: str = ""
    highest: float | None = None
    lowest: float | None = None
    is_sum: bool = True


@dataclass(frozen=True)
class Questionnaire:
    """One instrument in one language in one file.

    `group` is equal for all languages and versions of one instrument. `names` are what the
    instrument calls itself (id, title, folder), for recognising it.
    """

    file: str
    group: str
    names: tuple[str, ...]
    language: str | None
    items: tuple[Item, ...]
    stem: str = ""
    version: str | None = None
    formulas: tuple[Formula, ...] = ()
    licensed: bool = False
    recall_days: float | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def item(self, item_id: str) -> Item | None:
        return next((i for i in self.items if i.id == item_id), None)

    @property
    def asked(self) -> tuple[Item, ...]:
        return tuple(i for i in self.items if i.asked)

    def texts(self) -> Iterator[tuple[Item | None, str]]:
        """Every text a person reads, with its item (None: the stem)."""
        if self.stem:
            yield None, self.stem
        for item in self.items:
            if item.text:
                yield item, item.text
            if item.header and item.header != self.stem:
                yield item, item.header
            for option in item.options:
                yield item, option.label

    def file_of(self, item: Item | None) -> str:
        """The file the item stands in (ReproSchema keeps one file per item)."""
        return self.sources.get(item.id, self.file) if item is not None else self.file

    def without_items(self, dropped: frozenset[str]) -> Questionnaire:
        return replace(self, items=tuple(i for i in self.items if i.id not in dropped))
