"""Readers: one module per format, each giving `Questionnaire`s and the faults of its bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from holdfast.sense.measures.engine.lint.model import Finding, Questionnaire
from holdfast.sense.measures.engine.lint.readers import fhir, packs, radar, reproschema
from holdfast.sense.measures.engine.lint.readers.files import (
    LARGEST,
    Source,
    parse_json,
    read_source,
)


@dataclass
class Reading:
    """What a folder held: questionnaires, faults of bytes, files that could not be parsed."""

    questionnaires: list[Questionnaire] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    def add(self, source: Source, found: list[Questionnaire], findings: list[Finding]) -> None:
        self.questionnaires += found
        self.findings += findings
        self.files.add(source.name)


def read_folder(path: Path) -> Reading:
    """Every questionnaire in the folder (or the one file). Other files are passed over."""
    root = path.resolve()
    reading = Reading()
    files = [root] if root.is_file() else sorted(p for p in root.rglob("*") if _wanted(p, root))
    base = root.parent if root.is_file() else root
    for file in files:
        source = read_source(file, base)
        if file.suffix.casefold() in {".yaml", ".yml"}:
            _read_yaml(source, reading)
        elif source.text.lstrip()[:1] in {"{", "["}:
            _read_json(source, base, reading)
    return reading


def _wanted(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return path.is_file() and not hidden and path.stat().st_size <= LARGEST


def _read_yaml(source: Source, reading: Reading) -> None:
    try:
        data, repeated = packs.parse_yaml(source.text)
    except yaml.YAMLError as fault:
        reading.unreadable.append((source.name, " ".join(str(fault).split())))
        return
    if packs.is_pack(data):
        reading.add(source, *packs.read(source, data, repeated))


def _read_json(source: Source, root: Path, reading: Reading) -> None:
    try:
        data, repeats = parse_json(source.text)
    except json.JSONDecodeError as fault:
        reading.unreadable.append((source.name, str(fault)))
        return
    if radar.is_radar(data):
        reading.add(source, *radar.read(source, root))
    elif resources := fhir.questionnaires_in(data):
        reading.add(source, *fhir.read(source, resources, repeats, root))
    elif reproschema.is_activity(data):
        reading.add(source, *reproschema.read(source, data, repeats, root))
