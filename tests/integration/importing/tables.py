"""Made-up tables and their mappings for tests of the importer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from holdfast.core.tenancy.models import Practice
from holdfast.sense.measures.importing.run import run_import

PHQ9 = {f"phq9_{number}": f"q{number}" for number in range(1, 10)}
MAPPING: dict[str, Any] = {
    "name": "clinic",
    "time_zone": "Europe/Berlin",
    "person": {"column": "id"},
    "time": {"column": "when"},
    "responses": [{"instrument": "phq-9", "items": PHQ9}],
}
Row = tuple[str, str, str]


@dataclass
class Outcome:
    """What `holdfast import --json` prints."""

    read: int
    imported: int
    unchanged: int
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.read, self.imported, self.unchanged, len(self.refused)


def write_mapping(folder: Path, **changes: Any) -> Path:
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump({**MAPPING, **changes}), encoding="utf-8")
    return path


def write_table(folder: Path, rows: Iterable[Row], name: str = "answers.csv") -> Path:
    """Rows of (person, instant, nine codes as one word; x for unanswered)."""
    lines = ["id,when," + ",".join(PHQ9.values())]
    lines += [f"{who},{when}," + ",".join(codes.replace("x", " ")) for who, when, codes in rows]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(practice: Practice, file: Path, mapping: Path | None, *, dry_run: bool = False) -> Outcome:
    """Import and check that what was read is what became of it."""
    refused: list[tuple[int, str]] = []
    counts = run_import(
        file,
        mapping=mapping,
        format_=None,
        practice=practice,
        dry_run=dry_run,
        refuse=lambda line, reason: refused.append((line, reason)),
        progress=lambda line: None,
    )
    assert counts.read == counts.imported + counts.unchanged + counts.refused
    assert counts.refused == len(refused)
    return Outcome(counts.read, counts.imported, counts.unchanged, refused)


def import_rows(
    practice: Practice, folder: Path, rows: Sequence[Row], *, dry_run: bool = False
) -> Outcome:
    return run(practice, write_table(folder, rows), write_mapping(folder), dry_run=dry_run)


def daily(who: str, codes: Sequence[str]) -> list[Row]:
    """One row a day from 1 January 2020 on."""
    return [(who, f"2020-01-{day:02}", each) for day, each in enumerate(codes, start=1)]


def fhir_line(who: str, when: str, codes: str) -> str:
    """A QuestionnaireResponse as one line of a bulk export."""
    items = [
        {"linkId": name, "answer": [{"valueInteger": int(code)}]}
        for name, code in zip(PHQ9, codes, strict=True)
    ]
    return json.dumps(
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "questionnaire": "Questionnaire/phq-9",
            "subject": {"reference": f"Patient/{who}"},
            "authored": when,
            "item": items,
        }
    )
