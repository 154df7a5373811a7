"""The training of listeners: modules with questions, read from strict YAML files. Pure.

One file per language (`content/training/LANGUAGE.yaml`); every language has the same modules,
questions and right answers (a test holds them together). `status: draft` until a clinician has
reviewed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from holdfast.safety.engine.clinicians_yaml import load

LANGUAGES = ("en", "es", "de", "ar")
FALLBACK = "en"
Line = Annotated[str, Field(min_length=1, max_length=1000)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(_Part):
    """`right` is the place of the right one among `choices`, from 0; `why` is shown afterwards."""

    ask: Line
    choices: Annotated[tuple[Line, ...], Field(min_length=2, max_length=5)]
    right: Annotated[int, Field(ge=0, le=4)]
    why: Line


class Module(_Part):
    """One short lesson."""

    code: Code
    title: Line
    text: Annotated[tuple[Line, ...], Field(min_length=1, max_length=12)]
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=6)]


class Training(_Part):
    """All of it in one language."""

    status: Literal["draft", "reviewed"]
    source: Line
    modules: Annotated[tuple[Module, ...], Field(min_length=1, max_length=20)]

    def module(self, code: str) -> Module | None:
        return next((one for one in self.modules if one.code == code), None)


def read(text: str) -> Training:
    """Raises pydantic's ValidationError or yaml.YAMLError."""
    return Training.model_validate(load(text))


@cache
def shipped(language: str) -> Training:
    """In a language, or in English where there is none in it; `de-AT` reads `de`."""
    own = language.partition("-")[0]
    name = own if own in LANGUAGES else FALLBACK
    folder = files("holdfast.meet.peers").joinpath("content", "training")
    return read(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


def wrong(module: Module, answers: Mapping[int, int]) -> list[int]:
    """The places of the questions that were not answered right, from 0."""
    return [at for at, one in enumerate(module.questions) if answers.get(at) != one.right]


def finished(done: frozenset[str]) -> bool:
    """Whether every module has been passed."""
    return {one.code for one in shipped(FALLBACK).modules} <= done
