"""What the model is told: versioned words of a clinician's, one file per language.

The person's words travel as data between two marks that nobody can guess, and the instructions
before and after them say so. That lowers the odds of a text being taken for an instruction; it
proves nothing, which is why the gate judges every answer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.safety.engine import clinicians_yaml

Purpose = Literal["reflect", "paraphrase", "summarise"]
PURPOSES: Final = get_args(Purpose)
LONGEST: Final = 4000  # characters of what a person wrote, from its end


class PromptsError(ValueError):
    """A prompts file that cannot be used; the message names the file and the entry."""


class PromptsFile(BaseModel):
    """A prompts file. `marks` says what stands between the marks, `last` is said after them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str = Field(pattern=r"^[a-z]{2}$")
    version: int = Field(ge=1)
    reviewed_by: str | None
    role: str = Field(min_length=1)
    purposes: dict[Purpose, str] = Field(min_length=len(PURPOSES))
    marks: str = Field(min_length=1)
    asked: str = Field(min_length=1)
    last: str = Field(min_length=1)


@dataclass(frozen=True)
class Prompts:
    """The prompts of one language; `version` changes with any change of their words."""

    words: PromptsFile
    version: str

    def hidden(self, purpose: Purpose) -> str:
        """All that a person is not to read in an answer."""
        words = self.words
        return "\n".join((words.role, words.purposes[purpose], words.marks, words.last))

    def messages(
        self, purpose: Purpose, said: Sequence[str], asked: str, mark: str
    ) -> list[dict[str, str]]:
        """The messages of a request; `mark` is a word drawn by chance."""
        words = self.words
        line = f"[[{mark}]]"
        texts = "\n\n".join(plain(text).replace(line, "") for text in said)[-LONGEST:]
        question = f"{words.asked} {plain(asked)}\n" if asked else ""
        told = f"{words.role}\n{words.purposes[purpose]}\n{words.marks}"
        return [
            {"role": "system", "content": told.replace("{mark}", line)},
            {"role": "user", "content": f"{question}{line}\n{texts}\n{line}\n{words.last}"},
        ]


def plain(text: str) -> str:
    """The text without control characters and characters that do not show; line ends stay."""
    return "".join(
        sign
        for sign in text
        if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}
    )


def parse_prompts(text: str, name: str) -> Prompts:
    """The prompts in a YAML text. Raises PromptsError; `name` is for its message."""
    try:
        words = PromptsFile.model_validate(clinicians_yaml.load(text))
    except yaml.YAMLError as error:
        raise PromptsError(f"{name}: {clinicians_yaml.fault_of(error)}") from error
    except ValidationError as error:
        raise PromptsError(f"{name}: {error}") from error
    short = sha256(text.encode()).hexdigest()[:8]
    return Prompts(words, f"{words.language}-{words.version}.{short}")


def shipped_prompts(directory: Traversable | None = None) -> Mapping[str, Prompts]:
    """The prompts that ship, by language; or those of `directory`. Raises PromptsError."""
    place = directory or files("holdfast.support.companion") / "content" / "model"
    found = {}
    for path in sorted(place.iterdir(), key=lambda one: one.name):
        if path.name.endswith(".yaml"):
            prompts = parse_prompts(path.read_text(encoding="utf-8"), path.name)
            found[prompts.words.language] = prompts
    return found
