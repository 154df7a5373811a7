"""The companion and the crisis protocol address adults in German as the interface does: "Sie"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import holdfast.safety
import holdfast.support.companion
from holdfast.safety.engine import clinicians_yaml

SAFETY = Path(holdfast.safety.__file__).parent / "content"
COMPANION = Path(holdfast.support.companion.__file__).parent / "content"
FILES = [
    SAFETY / "protocol" / "de.yaml",
    SAFETY / "policy" / "words" / "de.yaml",
    COMPANION / "common" / "de.yaml",
    COMPANION / "offers" / "de.yaml",
    *sorted((COMPANION / "flows").glob("*/de.yaml")),
]
#: What people type, who may call the companion what they like.
THEIRS = {"words", "said_as", "open_with", "keywords", "age", "asked_human", "yes", "no"}
FAMILIAR = re.compile(
    r"\b(du|dich|dir|dein\w*|bist|hast|willst|kannst|musst|darfst|sollst|magst|möchtest|könntest)\b",
    re.IGNORECASE,
)
#: Words to be said to a friend stand in quotation marks.
QUOTED = re.compile(r"„[^“]*“")


def said(data: Any) -> Iterator[str]:
    """Every sentence in a part of a file."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for one in data:
            yield from said(one)
    elif isinstance(data, dict):
        for value in data.values():
            yield from said(value)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_nothing_is_said_in_the_familiar_form(file: Path) -> None:
    content = clinicians_yaml.load(file.read_text(encoding="utf-8"))
    sentences = list(said({key: part for key, part in content.items() if key not in THEIRS}))
    assert len(sentences) > 10
    assert [one for one in sentences if FAMILIAR.search(QUOTED.sub("", one))] == []
