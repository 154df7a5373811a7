"""The instruments of this installation: those that ship, and packs a practice added.

Added packs lie in `HOLDFAST_INSTRUMENTS_DIR` (by default `instruments` in the data folder), one
YAML file per instrument and version, as those that ship. An added file that cannot be used is left
out, named by `faults`, and holds back no other: a typing error in one questionnaire must not take
the practice's check-ins down.
"""

from __future__ import annotations

import logging
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from holdfast.sense.measures.engine.catalogue import LOCK, Catalogue, builtin, read_lock
from holdfast.sense.measures.engine.instrument import Instrument, InstrumentError, load_file
from holdfast.sense.measures.models import InstrumentActivation, InstrumentRelease

_log = logging.getLogger(__name__)

Published = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class PackFault:
    """An added pack that is left out, and why."""

    file: Path
    reason: str


def packs_folder() -> Path:
    """Where added packs lie; it need not exist."""
    named = os.environ.get("HOLDFAST_INSTRUMENTS_DIR")
    return Path(named) if named else Path(settings.DATA_DIR) / "instruments"


def catalogue() -> Catalogue:
    """All instruments at hand that can be used; read again when a file in the folder changed.

    Raises InstrumentError only where one that ships cannot be used.
    """
    return _at_hand()[0]


def faults() -> tuple[PackFault, ...]:
    """The added packs that are left out, by file."""
    return _at_hand()[1]


def _at_hand() -> tuple[Catalogue, tuple[PackFault, ...]]:
    folder = packs_folder()
    found = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    return _load(folder, tuple((path.name, path.stat().st_mtime_ns) for path in found))


@lru_cache(maxsize=2)
def _load(
    folder: Path, signature: tuple[tuple[str, int], ...]
) -> tuple[Catalogue, tuple[PackFault, ...]]:
    if not signature:
        return builtin(), ()
    found = {(one.id, one.version): one for one in builtin()}
    left_out = []
    try:
        locked = read_lock(folder)
    except InstrumentError as error:
        locked = {}
        left_out.append(PackFault(folder / LOCK, str(error)))
    published = {**_released(), **locked}
    for name, _ in signature:
        try:
            instrument = load_file(folder / name)
            _refuse_change(instrument, published)
            key = (instrument.id, instrument.version)
            if key in found:
                raise InstrumentError(
                    f"{key[0]} {key[1]} is already defined in {found[key].origin}"
                )
            found[key] = instrument
        except (InstrumentError, OSError) as error:
            left_out.append(PackFault(folder / name, str(error)))
    for fault in left_out:
        _log.error("An instrument pack is left out: %s", fault.file.name)
    return Catalogue(found.values()), tuple(left_out)


def _released() -> Published:
    """What was published here: (id, version) to content hash. Empty before the first migration."""
    if InstrumentRelease._meta.db_table not in connection.introspection.table_names():
        return {}
    rows = InstrumentRelease.objects.values_list("instrument", "version", "content_hash")
    return {(name, version): digest for name, version, digest in rows}


def install_packs(paths: Iterable[Path]) -> None:
    """Copy pack files into the folder; a version that is there already must be the same.

    Raises InstrumentError for a file that cannot be used or would change a version.
    """
    folder = packs_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in paths:
        instrument = load_file(path)
        _refuse_change(instrument, _released())
        target = folder / path.name
        if target.exists() and load_file(target).content_hash == instrument.content_hash:
            continue
        part = target.with_suffix(".part")
        shutil.copyfile(path, part)
        part.replace(target)
    publish_releases()


def _refuse_change(instrument: Instrument, published: Published) -> None:
    known = published.get((instrument.id, instrument.version))
    if known is not None and known != instrument.content_hash:
        raise InstrumentError(
            f"{instrument.origin}: {instrument.id} {instrument.version} was published with other"
            f" content (expected {known[:12]}, got {instrument.content_hash[:12]}): responses"
            " point to it, so it must not change; make a new version"
        )


def publish_releases() -> None:
    """Remember every version at hand; refuse (InstrumentError) one that ships and has changed.

    Runs after every migrate, which `holdfast serve` does before it serves. Added packs that have
    changed are left out of the catalogue already.
    """
    published = _released()
    for instrument in builtin():
        _refuse_change(instrument, published)
    InstrumentRelease.objects.bulk_create(
        [
            InstrumentRelease(instrument=one.id, version=one.version, content_hash=one.content_hash)
            for one in catalogue()
        ],
        ignore_conflicts=True,
    )


def needs_acceptance(instrument: Instrument) -> bool:
    return instrument.licence.acceptance == "practice"


def follow_ups() -> frozenset[str]:
    """The instruments that some alert asks at once: they belong to that answer (ASQ)."""
    named = {rule.follow_up for one in catalogue() for rule in one.alerts}
    return frozenset(name for name in named if name is not None)


def activations(practice_id: uuid.UUID) -> dict[str, InstrumentActivation]:
    """The practice's acceptances by instrument, taken back or not. One statement."""
    rows = InstrumentActivation.objects.filter(practice_id=practice_id)
    return {row.instrument: row for row in rows}
