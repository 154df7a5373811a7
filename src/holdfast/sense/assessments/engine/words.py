"""The words of the doctor's report, one file per language (`content/words`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar, Literal

import yaml
from pydantic import ConfigDict, TypeAdapter

LANGUAGES = ("en", "es", "de", "ar")


@dataclass(frozen=True)
class Statement:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    title: str
    text: str


@dataclass(frozen=True)
class Requirement:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    intro: str
    points: Sequence[str]
    limit: str
    source: str


@dataclass(frozen=True)
class Words:
    """Texts by key; `{name}` stands for what is filled in."""

    language: str
    direction: Literal["ltr", "rtl"]
    status: Literal["official", "draft"]
    title: str
    audience: str
    labels: Mapping[str, str]
    statement: Statement
    sections: Mapping[str, str]
    counted: str
    level: str
    legend: Mapping[str, str]
    clusters: Mapping[str, str]
    features: Mapping[str, str]
    background: Mapping[str, str]
    known: Mapping[str, str]
    not_covered: str
    requirement: Requirement
    next: Sequence[str]
    contact: str
    contact_plain: str
    footer: str


_ADAPTER = TypeAdapter(Words)


@cache
def words(language: str) -> Words:
    """The words of a language, or of its base language; English where there are none."""
    base = language.split("-")[0]
    chosen = base if base in LANGUAGES else "en"
    path = files("holdfast.sense.assessments") / "content" / "words" / f"{chosen}.yaml"
    return _ADAPTER.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
