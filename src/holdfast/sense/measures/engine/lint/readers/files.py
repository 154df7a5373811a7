"""Bytes to text and JSON: what is wrong with the bytes themselves is found here."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from holdfast.sense.measures.engine.lint.model import Finding

LARGEST = 8 * 1024 * 1024
LICENCE_FILES = ("licence", "license", "copying", "copyright", "notice")


@dataclass(frozen=True)
class Source:
    """One file: path relative to the linted folder, its text, faults of its bytes."""

    path: Path
    name: str
    text: str
    encoding_fault: str | None = None


@dataclass
class Repeats:
    """Keys that stand twice in one JSON object; a parser silently keeps the last."""

    keys: list[str] = field(default_factory=list)

    def hook(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                self.keys.append(key)
            seen[key] = value
        return seen


def read_source(path: Path, root: Path) -> Source:
    """The file as text. Not UTF-8: decoded as Windows-1252 (a superset of ISO-8859-1)."""
    data = path.read_bytes()
    name = path.relative_to(root).as_posix() if path != root else path.name
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Source(path, name, data.decode("utf-16", "replace"), "UTF-16 bytes, not UTF-8")
    try:
        return Source(path, name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        return Source(
            path,
            name,
            data.decode("cp1252", "replace"),
            f"bytes are not UTF-8 (line {line}, byte 0x{data[fault.start]:02x});"
            " read here as Windows-1252",
        )


def parse_json(text: str) -> tuple[Any, Repeats]:
    """JSON and the keys it repeats. Raises json.JSONDecodeError."""
    repeats = Repeats()
    return json.loads(text, object_pairs_hook=repeats.hook, strict=False), repeats


def encoding_findings(source: Source, language: str | None) -> list[Finding]:
    if source.encoding_fault is None:
        return []
    return [Finding(source.name, "encoding", None, language, source.encoding_fault)]


def repeated_key_findings(source: Source, repeats: Repeats, language: str | None) -> list[Finding]:
    return [
        Finding(
            source.name,
            "duplicate-field",
            None,
            language,
            f"the key {key!r} stands twice in one object; the first one is silently lost",
        )
        for key in dict.fromkeys(repeats.keys)
    ]


def has_licence_file(folder: Path, root: Path) -> bool:
    """Whether the folder, or one above it inside the linted folder, holds a licence file."""
    folders = [folder]
    while folders[-1] != root and root in folders[-1].parents:
        folders.append(folders[-1].parent)
    return any(
        entry.is_file() and entry.stem.casefold() in LICENCE_FILES
        for candidate in folders
        for entry in candidate.iterdir()
    )
