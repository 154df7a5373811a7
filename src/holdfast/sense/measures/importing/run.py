"""One import from file to store, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from holdfast.core.actor import system
from holdfast.core.tenancy.models import Practice
from holdfast.sense.measures import packs
from holdfast.sense.measures.engine.catalogue import Catalogue
from holdfast.sense.measures.engine.instrument import InstrumentError, load_file
from holdfast.sense.measures.importing.mapping import Mapping, check_against, load_mapping
from holdfast.sense.measures.importing.readers import csv, fhir, radar
from holdfast.sense.measures.importing.records import Entry, ImportFault, opened
from holdfast.sense.measures.importing.store import Counts, Store

FORMATS = ("csv", "fhir", "radar")


def run_import(
    file: Path,
    *,
    mapping: Path | None,
    format_: str | None,
    practice: Practice,
    dry_run: bool,
    refuse: Callable[[int, str], None],
    progress: Callable[[int], None],
) -> Counts:
    """Read the file and store it in the practice; a dry run checks all and writes nothing.

    `refuse` is told the line and the reason of each refused entry, `progress` the line reached.
    Raises ImportFault where the file, or its mapping, cannot be used as a whole. What was stored
    before a fault in the middle of a file stays; the repaired file goes on from there.
    """
    kind = format_ or guess(file, mapping)
    if kind not in FORMATS:
        raise ImportFault(f"--format {kind}: use csv, fhir or radar")
    entries, catalogue, zone = _open(kind, file, mapping, practice, dry_run)
    store = Store(
        practice,
        catalogue,
        by=system(practice.pk, label="import"),
        refuse=refuse,
        time_zone=zone,
        dry_run=dry_run,
    )
    return store.run(entries, progress)


def guess(file: Path, mapping: Path | None) -> str:
    """The format, by the mapping and by how the file begins. Raises ImportFault."""
    if mapping is not None:
        return "csv"
    with opened(file) as raw:
        start = raw.read(1 << 16)
    if ".csv" in file.suffixes:
        return "radar" if b"questionId" in start.split(b"\n")[0] else "csv"
    if b'"resourceType"' in start:
        return "fhir"
    if re.search(rb'"(answers|questionId)"', start):
        return "radar"
    raise ImportFault(
        f"{file}: line 1: neither FHIR (no resourceType) nor RADAR aRMT (no answers); give --format"
    )


def _open(
    kind: str, file: Path, mapping: Path | None, practice: Practice, dry_run: bool
) -> tuple[Iterator[Entry], Catalogue, str]:
    try:
        if kind != "csv":
            catalogue = packs.catalogue()
            if kind == "radar":
                return radar.read(file), catalogue, practice.time_zone
            zone = practice.time_zone
            return fhir.read(file, catalogue, zone), catalogue, zone
        if mapping is None:
            raise ImportFault(f"{file}: a CSV needs --mapping (see docs/reference/import.md)")
        plan = load_mapping(mapping)
        brought = _packs(plan, mapping)
        catalogue = _with_packs(brought)
        check_against(plan, catalogue, mapping)
        if not dry_run:
            packs.install_packs(brought)
    except InstrumentError as error:
        raise ImportFault(str(error)) from error
    return csv.read(file, plan), catalogue, plan.time_zone


def _packs(plan: Mapping, mapping: Path) -> list[Path]:
    """The pack files that a mapping brings along, beside it."""
    paths = [mapping.parent / name for name in plan.instruments]
    for number, path in enumerate(paths):
        if not path.is_file():
            raise ImportFault(f"{mapping}: instruments.{number}: there is no file {path}")
    return paths


def _with_packs(brought: list[Path]) -> Catalogue:
    """All instruments at hand and those brought, of which one that is there already must be the
    same: Catalogue refuses another under its id and version.
    """
    present = packs.catalogue()
    hashes = {(one.id, one.version): one.content_hash for one in present}
    loaded = map(load_file, brought)
    new = [one for one in loaded if hashes.get((one.id, one.version)) != one.content_hash]
    return Catalogue([*present, *new])
