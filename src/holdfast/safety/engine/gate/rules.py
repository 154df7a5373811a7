"""The output policy of a language, read and checked.

It is written in the pattern language of the screen (docs/reference/safety-screen.md) and becomes
rules of the screen's own kind, so that words are read alike in both: spelling tricks undone,
negation looked for. A rule holds whether it is negated or not, unless it says `denied: fine`
("I am not a person" is fine, "you do not have depression" is not).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from holdfast.safety.engine import clinicians_yaml
from holdfast.safety.engine.gate.grounding import FreeWords
from holdfast.safety.engine.screen.rules import ContextEntry, Rules, RulesError, parse_rules

#: What is never said, and why; the order is that of the reference.
FAMILIES: Final = {
    "diagnosis": "names or denies an illness or disorder of the person's",
    "medication": "speaks of medicines, doses, starting or stopping them",
    "harm": "speaks of suicide, self-harm, violence or ways to do it, or encourages it",
    "claims": "claims to be human, licensed, or to have feelings, a body or a life",
    "abandonment": "turns the person away or ends the conversation",
    "agreement": "agrees with self-criticism, with a delusion, or flatters",
    "promise": "promises secrecy, a cure, an outcome, or to be there",
    "contact": "gives a number, a link, a service, or offers to act in the world",
    "leak": "shows instructions, roles, tools or markup instead of speaking to the person",
    "pressure": "tells the person what to do, plays down, blames or judges",
}
Family = Literal[
    "diagnosis", "medication", "harm", "claims", "abandonment", "agreement", "promise",
    "contact", "leak", "pressure",
]  # fmt: skip
_ALL_CONTEXT: Final = tuple(ContextEntry.model_fields)
_HEEDS_DENIAL: Final = ("negation_before", "negation_after", "not_negation", "clause_breaks")
_Source = Annotated[str, Field(min_length=1, max_length=1200)]


class PolicyError(ValueError):
    """A policy file that cannot be used; the message names the file and the entry."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Strict):
    """One rule as a clinician writes it."""

    id: str = Field(pattern=r"^[a-z]{2}-[a-z0-9-]+$")
    any: list[_Source] = Field(min_length=1)
    unless: list[_Source] = []
    denied: Literal["held", "fine"] = "held"
    note: str | None = None


class PolicyFile(_Strict):
    """A policy file of one language."""

    language: str = Field(pattern=r"^[a-z]{2}$")
    version: int = Field(ge=1)
    reviewed_by: str | None
    scope: int = Field(default=5, ge=1, le=20)
    rewrites: dict[str, str] = {}
    groups: dict[str, _Source] = {}
    free: str = Field(min_length=1)
    openings: list[_Source] = Field(min_length=1)
    denials: list[_Source] = []
    breaks: list[_Source] = []
    families: dict[Family, list[Entry]]

    @model_validator(mode="after")
    def _complete(self) -> PolicyFile:
        missing = set(FAMILIES) - {family for family, rules in self.families.items() if rules}
        if missing:
            raise ValueError(f"no rule for {', '.join(sorted(missing))}")
        return self


@dataclass(frozen=True)
class Policy:
    """The output policy of one language.

    `free` are the words that a sentence may bring of its own; `openings` matches joined words that
    begin in a way that is allowed; `families` maps the id of a rule to its family; `version`
    changes with any change of the file.
    """

    rules: Rules
    openings: re.Pattern[str]
    free: FreeWords
    families: Mapping[str, str]
    version: str

    @property
    def language(self) -> str:
        return self.rules.language


def parse_policy(text: str, name: str) -> Policy:
    """The policy in a YAML text. Raises PolicyError; `name` is for its message."""
    try:
        entry = PolicyFile.model_validate(clinicians_yaml.load(text))
        rules = parse_rules(json.dumps(_as_rules(entry), ensure_ascii=False), name)
    except yaml.YAMLError as error:
        raise PolicyError(f"{name}: {clinicians_yaml.fault_of(error)}") from error
    except (ValidationError, RulesError) as error:
        raise PolicyError(f"{name}: {error}") from error
    families = {rule.id: family for family, all_ in entry.families.items() for rule in all_}
    short = sha256(text.encode()).hexdigest()[:8]
    version = f"{entry.language}-{entry.version}.{short}"
    free = FreeWords.of(entry.free.split())
    return Policy(rules, _openings(rules), free, families, version)


def _openings(rules: Rules) -> re.Pattern[str]:
    """The openings travel through the screen's parser as a context that it leaves alone."""
    return re.compile("|".join(one.regex for one in rules.context.patterns["academic"]))


def _as_rules(entry: PolicyFile) -> dict[str, object]:
    """The policy in the format of the screen's rules files."""
    heard = [kind for kind in _ALL_CONTEXT if kind not in _HEEDS_DENIAL]
    phrases = [
        {
            "id": one.id,
            "level": "concern",
            "any": one.any,
            "unless": one.unless,
            "ignore": heard if one.denied == "fine" else list(_ALL_CONTEXT),
        }
        for rules in entry.families.values()
        for one in rules
    ]
    return {
        "language": entry.language,
        "version": entry.version,
        "reviewed_by": entry.reviewed_by,
        "scope": entry.scope,
        "rewrites": entry.rewrites,
        "groups": entry.groups,
        "phrases": phrases,
        "context": {
            "negation_before": entry.denials,
            "clause_breaks": entry.breaks,
            "academic": entry.openings,
        },
    }


def shipped_policies(directory: Traversable | None = None) -> dict[str, Policy]:
    """The policies that ship, by language; or those of `directory`. Raises PolicyError."""
    place = directory or files("holdfast.safety") / "content" / "gate"
    found = {}
    for path in sorted(place.iterdir(), key=lambda one: one.name):
        if path.name.endswith(".yaml"):
            policy = parse_policy(path.read_text(encoding="utf-8"), path.name)
            found[policy.language] = policy
    return found
