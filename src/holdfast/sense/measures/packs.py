"""The instruments of this installation: those that ship, and packs a practice added.

Added packs lie in `HOLDFAST_INSTRUMENTS_DIR` (by default `instruments` in the data folder), one
YAML file per instrument and version, as those that ship.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from holdfast.sense.measures.engine.catalogue import Catalogue, builtin
from holdfast.sense.measures.engine.instrument import Instrument, InstrumentError, load_file
from holdfast.sense.measures.models import InstrumentActivation, InstrumentRelease


def packs_folder() -> Path:
    """Where added packs lie; it need not exist."""
    named = os.environ.get("HOLDFAST_INSTRUMENTS_DIR")
    return Path(named) if named else Path(settings.DATA_DIR) / "instruments"


def catalogue() -> Catalogue:
    """All instruments at hand; read again when a file in the folder changed.

    Raises InstrumentError for a pack that cannot be used.
    """
    folder = packs_folder()
    found = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    return _load(folder, tuple((path.name, path.stat().st_mtime_ns) for path in found))


@lru_cache(maxsize=2)
def _load(folder: Path, signature: tuple[tuple[str, int], ...]) -> Catalogue:
    if not signature:
        return builtin()
    return Catalogue([*builtin(), *Catalogue.load([folder])])


def install_packs(paths: Iterable[Path]) -> None:
    """Copy pack files into the folder; a version that is there already must be the same.

    Raises InstrumentError for a file that cannot be used or would change a version.
    """
    folder = packs_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in paths:
        instrument = load_file(path)
        _refuse_change(instrument)
        target = folder / path.name
        if target.exists() and load_file(target).content_hash == instrument.content_hash:
            continue
        part = target.with_suffix(".part")
        shutil.copyfile(path, part)
        part.replace(target)
    publish_releases()


def _refuse_change(instrument: Instrument) -> None:
    known = (
        InstrumentRelease.objects.filter(instrument=instrument.id, version=instrument.version)
        .values_list("content_hash", flat=True)
        .first()
    )
    if known is not None and known != instrument.content_hash:
        raise InstrumentError(
            f"{instrument.origin}: {instrument.id} {instrument.version} was published with other"
            f" content (expected {known[:12]}, got {instrument.content_hash[:12]}): responses"
            " point to it, so it must not change; make a new version"
        )


def publish_releases() -> None:
    """Remember every version at hand; refuse (InstrumentError) one whose content changed.

    Runs after every migrate, which `holdfast serve` does before it serves.
    """
    for instrument in catalogue():
        _refuse_change(instrument)
    InstrumentRelease.objects.bulk_create(
        [
            InstrumentRelease(instrument=one.id, version=one.version, content_hash=one.content_hash)
            for one in catalogue()
        ],
        ignore_conflicts=True,
    )


def needs_acceptance(instrument: Instrument) -> bool:
    return instrument.licence.acceptance == "practice"


def activations(practice_id: uuid.UUID) -> dict[str, InstrumentActivation]:
    """The practice's acceptances by instrument, taken back or not. One statement."""
    rows = InstrumentActivation.objects.filter(practice_id=practice_id)
    return {row.instrument: row for row in rows}
