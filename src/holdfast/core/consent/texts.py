"""The words that are shown for each purpose, as files: `content/PURPOSE/VERSION/LANGUAGE.yaml`.

A version's words never change: other words are another version (a test holds them to
`content/published.lock`). Pure; reads the package's own files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

CONTENT = Path(__file__).with_name("content")
#: In the order in which they are shown.
PURPOSES = (
    "care_team", "screening", "message_screening", "crisis_contact", "crisis_words", "research",
    "model_endpoint",
)  # fmt: skip
#: Where a purpose's words are not there in somebody's language.
FALLBACK = "en"


@dataclass(frozen=True)
class Text:
    """What somebody reads before they decide. `status` is `draft` until somebody reviewed it."""

    purpose: str
    version: str
    language: str
    title: str
    text: tuple[str, ...]
    withdrawing: str
    status: Literal["draft", "reviewed"]

    @property
    def shown(self) -> str:
        """All of it, as it is kept: paragraphs with an empty line between them."""
        return "\n\n".join((self.title, *self.text, self.withdrawing))

    @property
    def sha256(self) -> str:
        """Of `shown` in UTF-8, in hexadecimal."""
        return hashlib.sha256(self.shown.encode()).hexdigest()


@cache
def current_version(purpose: str) -> str:
    """The newest version of a purpose's words. Raises ValueError for an unknown purpose."""
    folders = [one.name for one in (CONTENT / purpose).glob("*") if one.is_dir()]
    if purpose not in PURPOSES or not folders:
        raise ValueError(f"there is no purpose {purpose!r}")
    return max(folders, key=int)


@cache
def current(purpose: str, language: str) -> Text:
    """The newest words of a purpose, in a language or in English where they are not there in it.

    `de-AT` reads `de`. Raises ValueError for an unknown purpose.
    """
    version = current_version(purpose)
    for one in (language, language.partition("-")[0], FALLBACK):
        if one.isalnum() and (CONTENT / purpose / version / f"{one}.yaml").exists():
            return read(CONTENT / purpose / version / f"{one}.yaml")
    raise ValueError(f"{purpose} {version} has no words in {FALLBACK}")


def read(path: Path) -> Text:
    """One file."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Text(
        purpose=path.parent.parent.name,
        version=path.parent.name,
        language=path.stem,
        title=content["title"],
        text=tuple(content["text"]),
        withdrawing=content["withdrawing"],
        status=content["status"],
    )


def every() -> list[Text]:
    """Every version of every purpose in every language."""
    return [read(path) for path in sorted(CONTENT.glob("*/*/*.yaml"))]
