"""`holdfast instruments lint`: what silently ruins a questionnaire's data.

Reads instrument packs (YAML), FHIR R4 Questionnaires, RADAR aRMT definitions and ReproSchema
activities into one neutral form (`model`), and checks each questionnaire alone (`rules`), its
languages and versions against each other (`rules_group`), and, where it is a published
instrument, against what is known of that (`rules_reference`, `references`). Owns `knowledge/`,
the linter's words and facts as data. Imports nothing of Holdfast outside this folder and reads
the packs beside the engine. Start from `lint`, `Finding` and `readers.read_folder`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from holdfast.sense.measures.engine.lint import rules_reference as reference_rules
from holdfast.sense.measures.engine.lint.model import Finding, Questionnaire
from holdfast.sense.measures.engine.lint.readers import Reading, read_folder
from holdfast.sense.measures.engine.lint.references import recognise
from holdfast.sense.measures.engine.lint.rules import SINGLE, unknown_language
from holdfast.sense.measures.engine.lint.rules_group import GROUP, is_stray

__all__ = ["RULES", "Finding", "LintError", "Report", "examine", "findings_of", "lint"]

RULES = (
    "polarity",
    "code-set",
    "codes-differ-from-reference",
    "item-count",
    "duplicate-text",
    "duplicate-field",
    "missing-options",
    "encoding",
    "control-char",
    "unknown-language",
    "damaged-text",
    "text-variant",
    "recall-period",
    "scoring-item",
    "unreachable",
    "missing-licence",
)


class LintError(Exception):
    """Nothing could be linted; the message says why and what was expected."""


@dataclass(frozen=True)
class Report:
    """Findings, and the JSON or YAML files that could not be parsed, each with the reason."""

    findings: tuple[Finding, ...]
    unreadable: tuple[tuple[str, str], ...]


def lint(path: Path) -> list[Finding]:
    """Every fault of the questionnaires in the folder (or file), ordered by file and rule.

    Raises LintError when there is no such folder or no questionnaire of a known format in it.
    """
    return list(examine(path).findings)


def examine(path: Path) -> Report:
    """As `lint`, with the files that could not be parsed and so were passed over."""
    if not path.exists():
        raise LintError(f"{path}: there is no such file or folder")
    reading = read_folder(path)
    if not reading.questionnaires:
        raise LintError(_nothing_read(path, reading))
    return Report(tuple(findings_of(reading)), tuple(reading.unreadable))


def _nothing_read(path: Path, reading: Reading) -> str:
    reason = (
        f"{path}: no questionnaire found (instrument pack YAML, FHIR Questionnaire, RADAR aRMT"
        " or ReproSchema)"
    )
    for name, fault in reading.unreadable[:3]:
        reason += f"\n{name}: {fault}"
    return reason


def findings_of(reading: Reading) -> list[Finding]:
    groups: dict[str, list[Questionnaire]] = defaultdict(list)
    for questionnaire in reading.questionnaires:
        groups[questionnaire.group].append(questionnaire)
    found = list(reading.findings)
    for group in groups.values():
        found += _group_findings(_offered(group))
    return sorted(
        _once(found), key=lambda f: (f.file, f.rule, f.language or "", _natural(f.item or ""))
    )


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """Sorts q2 before q10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(not p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in parts]


def _offered(group: list[Questionnaire]) -> list[Questionnaire]:
    """Languages a person can be asked in: a tag that only shared answers have is none."""
    offered = [q for q in group if q.language is None or any(i.text for i in q.items)]
    return offered or group


def _group_findings(group: Sequence[Questionnaire]) -> list[Finding]:
    found: list[Finding] = []
    for questionnaire in group:
        if is_stray(questionnaire, group):
            found += unknown_language(questionnaire)  # a registered tag: see `stray_keys`
            continue
        for single in SINGLE:
            found += single(questionnaire)
    known = recognise(group)
    ways = reference_rules.known_directions(group, known) if known else {}
    for rule in GROUP:
        found += rule(group, ways)
    if known is not None:
        for compare in (
            reference_rules.codes,
            reference_rules.size,
            reference_rules.recall,
            reference_rules.scoring,
            reference_rules.wording,
        ):
            found += compare(group, known)
    return found


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Language-blind faults of a file with many languages are said once, without a language."""
    kept: dict[tuple[str, str, str | None, str | None, str], Finding] = {}
    languages: dict[tuple[str, str, str | None, str], set[str | None]] = defaultdict(set)
    for f in findings:
        languages[(f.file, f.rule, f.item, f.message)].add(f.language)
    for f in findings:
        everywhere = languages[(f.file, f.rule, f.item, f.message)]
        blind = f.rule in LANGUAGE_BLIND and len(everywhere) > 1
        one = Finding(f.file, f.rule, f.item, None if blind else f.language, f.message)
        kept.setdefault((one.file, one.rule, one.item, one.language, _kind(one)), one)
    return list(kept.values())


LANGUAGE_BLIND = frozenset(
    {
        "missing-licence",
        "duplicate-field",
        "code-set",
        "codes-differ-from-reference",
        "control-char",
        "unreachable",
        "scoring-item",
        "item-count",
    }
)


SEVERAL_OF_NO_ITEM = frozenset({"damaged-text", "text-variant", "duplicate-field", "item-count"})


def _kind(finding: Finding) -> str:
    """One finding per rule, item and language; a file may have several that are of no item."""
    several = finding.item is None and finding.rule in SEVERAL_OF_NO_ITEM
    return finding.message if several else ""
