"""The labelled sentences written for this project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from holdfast.safety.engine.screen.result import Level

PHRASES = Path(__file__).parent / "phrases"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One labelled sentence; `alarm` is whether its level asks for a human."""

    id: str
    text: str
    lang: str
    kind: str
    sub: str | None
    level: Level
    split: str

    @property
    def alarm(self) -> bool:
        return self.level >= Level.CONCERN


def languages() -> tuple[str, ...]:
    """The languages that have pairs."""
    return tuple(sorted(path.stem for path in PHRASES.glob("*.jsonl")))


def sentences(language: str) -> Iterator[Sentence]:
    """The sentences of a language, in the order of the file. Nothing where it has none."""
    path = PHRASES / f"{language}.jsonl"
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            yield Sentence(
                row["id"],
                row["text"],
                row["lang"],
                row["kind"],
                row.get("sub"),
                Level.of(row["level"]),
                row["split"],
            )
