"""The labelled sentences of the gate, all written for this project.

`pairs/<language>.txt`: a sentence that must be held back, and one near it that is fine; `# family`,
then a pair a line, `bad | fine`. Every fourth pair of a family is held out: the rules were written
and mended without looking at it.
`unwanted/<language>.txt`: what chat programs say that a reflection does not.
`usual/<language>.txt`: reflections as they should be. In both, `# mended by` and `# fresh` say
which served to mend the rules.
`exchanges/<language>.txt`: what a person wrote, and a reflection of it, `said | reflection`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = tuple(sorted(path.stem for path in (FOLDER / "pairs").glob("*.txt")))


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
    for number, line in enumerate(_lines("pairs", language), start=1):
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


def exchanges(language: str) -> list[tuple[str, str]]:
    """What was written, and a reflection of it."""
    both = (line.partition("|") for line in _lines("exchanges", language))
    return [(said.strip(), reflection.strip()) for said, _, reflection in both]


def sentences(kind: str, language: str) -> dict[str, list[str]]:
    """Sentences of a kind ("unwanted" or "usual") by heading."""
    found: dict[str, list[str]] = {}
    heading: list[str] = []
    for line in _lines(kind, language):
        if line.startswith("# "):
            heading = found.setdefault(line[2:], [])
        else:
            heading.append(line)
    return found


def _lines(kind: str, language: str) -> list[str]:
    return (FOLDER / kind / f"{language}.txt").read_text(encoding="utf-8").splitlines()
