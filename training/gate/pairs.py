"""The labelled pairs of the gate: a sentence that must be held back, and one near it that is fine.

One file per language, `pairs/<language>.txt`: `# family`, then a pair a line, `bad | fine`. Every
fourth pair of a family is held out: the rules were written and mended without looking at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "pairs"
LANGUAGES: Final = tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))


@dataclass(frozen=True)
class Pair:
    """Two sentences. `held_out`: not looked at while writing rules."""

    language: str
    family: str
    bad: str
    fine: str
    held_out: bool


def read(language: str) -> Iterator[Pair]:
    """The pairs of a language in order. ValueError names a line that is none."""
    family, place = "", 0
    lines = (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith("# "):
            family, place = line[2:].strip(), 0
            continue
        bad, bar, fine = (part.strip() for part in line.partition("|"))
        if not (family and bad and bar and fine):
            raise ValueError(f"{language}.txt:{number}: not a pair")
        place += 1
        yield Pair(language, family, bad, fine, place % 4 == 0)


def all_pairs() -> list[Pair]:
    """The pairs of all languages."""
    return [pair for language in LANGUAGES for pair in read(language)]
