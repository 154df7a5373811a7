"""What stands on an invoice, its cancellation or a superbill. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Line:
    """One charge. `listed` is the fee of one unit, of which `percent` is asked; minor units."""

    on: date
    kind: str
    system: str
    code: str
    description: str
    units: int
    listed: int
    percent: int
    amount: int
    provider: str


@dataclass(frozen=True)
class Provider:
    """Who met the person, and the licences that an administrator verified, as text."""

    name: str
    licences: list[str]


@dataclass(frozen=True)
class Paper:
    """All that a document says beside its number and day. `cancels` is a number, or empty."""

    kind: str
    language: str
    issuer: dict[str, str]
    recipient: str
    person: str
    lines: list[Line]
    providers: list[Provider]
    diagnoses: list[str]
    currency: str
    cancels: str

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Paper:
        """From what `dataclasses.asdict` gave, once it was JSON."""
        lines = [Line(**(one | {"on": date.fromisoformat(one["on"])})) for one in kept["lines"]]
        providers = [Provider(**one) for one in kept["providers"]]
        return cls(**(kept | {"lines": lines, "providers": providers}))


def total(paper: Paper) -> int:
    """In minor units; below zero where an invoice is taken back."""
    return sum(one.amount for one in paper.lines)


def cancelling(paper: Paper, label: str) -> Paper:
    """The document that takes an invoice back: the same lines, owed the other way."""
    back = [replace(one, amount=-one.amount) for one in paper.lines]
    return replace(paper, kind="cancellation", lines=back, cancels=label)
