"""Packs and their words, read and checked; a pack may extend another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Final, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from holdfast.safety.engine import clinicians_yaml
from holdfast.safety.engine.policy.words import AgeWords, Listener

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=700)]
Code = Annotated[str, StringConstraints(pattern=r"^(default|EU|[A-Z]{2}(-[A-Z0-9]{1,3})?)$")]
Duty = Literal["may", "must", "varies"]
#: Member states: the European Union's pack holds where a country has none of its own.
EU: Final = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


class PolicyError(ValueError):
    """A pack or its words cannot be used; the message names the file."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Part = TypeVar("_Part", bound=_Strict)


class Law(_Strict):
    """A source, and what of the pack rests on it."""

    law: Text
    about: Literal["disclosure", "conversation", "duty", "reporting", "minors", "data"]


class Disclosure(_Strict):
    """When somebody is told that they talk to a program."""

    start: bool
    after_days: int = Field(ge=1, le=30)
    every_hours: int = Field(ge=1, le=12)


class PackFile(_Strict):
    """A pack as a lawyer reads it; what is left out is as in the pack that it extends."""

    pack: Code
    extends: Code | None = None
    version: int = Field(ge=1)
    status: Literal["draft", "reviewed"]
    reviewed_by: Text | None
    name: Text
    conversation: bool | None = None
    generated: bool | None = None
    disclosure: Disclosure | None = None
    adults_only: bool | None = None
    duty: Duty | None = None
    reporting: Duty | None = None
    sources: tuple[Law, ...] = Field(min_length=1)


class NoticeWords(_Strict):
    """The notices of one language, with variants."""

    disclosure_start: tuple[Text, ...] = Field(min_length=1)
    disclosure_again: tuple[Text, ...] = Field(min_length=1)
    disclosure_hours: tuple[Text, ...] = Field(min_length=2)
    disclosure_asked: tuple[Text, ...] = Field(min_length=2)
    screened: tuple[Text, ...] = Field(min_length=1)
    not_monitored: tuple[Text, ...] = Field(min_length=2)
    monitored: tuple[Text, ...] = Field(min_length=1)
    conversation_off: tuple[Text, ...] = Field(min_length=2)
    crisis_off: tuple[Text, ...] = Field(min_length=2)
    adults_only: tuple[Text, ...] = Field(min_length=1)
    anew: tuple[Text, ...] = Field(min_length=1)
    language_changed: tuple[Text, ...] = Field(min_length=1)


class WordsFile(_Strict):
    """`words/<language>.yaml`."""

    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    version: int = Field(ge=1)
    status: Literal["draft", "reviewed"]
    reviewed_by: Text | None
    notices: NoticeWords
    duty: dict[Duty, Text]
    reporting: dict[Duty, Text]
    age: AgeWords
    asked_human: tuple[Text, ...]


@dataclass(frozen=True)
class Pack:
    """What holds in a place, with what its parents add."""

    code: str
    version: str  # "US-NY@1"
    name: str
    conversation: bool
    generated: bool
    disclosure: Disclosure
    adults_only: bool
    duty: Duty
    reporting: Duty
    sources: tuple[Law, ...]
    reviewed_by: str | None


@dataclass(frozen=True)
class Words:
    """One language's notices, and what it recognises."""

    file: WordsFile
    listener: Listener


@dataclass(frozen=True)
class Policies:
    """All packs, and the words of each language."""

    packs: Mapping[str, Pack]
    words: Mapping[str, Words]
    digest: str

    def of(self, jurisdiction: str | None, country: str | None) -> Pack:
        """The nearest pack: the jurisdiction's own, its country's, the EU's, the default."""
        for code in (jurisdiction, (jurisdiction or "").partition("-")[0], country):
            if code and code.upper() in self.packs:
                return self.packs[code.upper()]
        known = (jurisdiction or country or "").partition("-")[0].upper()
        return self.packs["EU"] if known in EU else self.packs["default"]


@cache
def shipped() -> Policies:
    """The packs that ship, read once. Raises PolicyError."""
    return load(files("holdfast.safety") / "content" / "policy")


def load(folder: Traversable) -> Policies:
    """The packs and words of a folder. Raises PolicyError."""
    digest = sha256()
    found: dict[str, PackFile] = {}
    words: dict[str, Words] = {}
    for path in _yaml(folder / "packs"):
        digest.update(path.read_bytes())
        pack = _read(path, PackFile)
        if path.name != f"{pack.pack.lower()}.yaml":
            raise PolicyError(f"{path.name}: is about {pack.pack}")
        found[pack.pack] = pack
    for path in _yaml(folder / "words"):
        digest.update(path.read_bytes())
        file = _read(path, WordsFile)
        if path.name != f"{file.language}.yaml":
            raise PolicyError(f"{path.name}: is in {file.language}")
        words[file.language] = Words(file, Listener(file.age, file.asked_human))
    if "default" not in found:
        raise PolicyError("default.yaml: is missing")
    packs = {code: _whole(pack, found) for code, pack in found.items()}
    return Policies(packs, words, digest.hexdigest()[:12])


def _yaml(folder: Traversable) -> list[Traversable]:
    named = sorted(folder.iterdir(), key=lambda one: one.name)
    return [one for one in named if one.name.endswith(".yaml")]


def _read(path: Traversable, model: type[_Part]) -> _Part:
    try:
        return model.model_validate(clinicians_yaml.load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as fault:
        raise PolicyError(f"{path.name}: {clinicians_yaml.fault_of(fault)}") from fault
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        where = " > ".join(map(str, first["loc"]))
        raise PolicyError(f"{path.name}: {where}: {first['msg']}") from fault


def _whole(pack: PackFile, found: Mapping[str, PackFile]) -> Pack:
    if pack.status == "reviewed" and pack.reviewed_by is None:
        raise PolicyError(f"{pack.pack.lower()}.yaml: reviewed, but by whom?")
    line: list[PackFile] = [pack]
    while (parent := line[-1].extends) is not None:
        if parent not in found or found[parent] in line:
            raise PolicyError(f"{pack.pack.lower()}.yaml: cannot extend {parent}")
        line.append(found[parent])

    def value(name: str) -> Any:
        held = next((v for v in (getattr(one, name) for one in line) if v is not None), None)
        if held is None:
            raise PolicyError(f"{pack.pack.lower()}.yaml: nothing says {name}")
        return held

    return Pack(
        code=pack.pack,
        version=f"{pack.pack}@{pack.version}",
        name=pack.name,
        conversation=value("conversation"),
        generated=value("generated"),
        disclosure=value("disclosure"),
        adults_only=value("adults_only"),
        duty=value("duty"),
        reporting=value("reporting"),
        sources=tuple(law for one in line for law in one.sources),
        reviewed_by=pack.reviewed_by,
    )
