"""All the instruments at hand: those Holdfast ships, and packs a practice adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from holdfast.sense.measures.engine.instrument import (
    Instrument,
    InstrumentError,
    fold,
    load_file,
)

LOCK = "published.lock"


class UnknownInstrument(LookupError):
    """No such instrument or version. `known` is what there is: (id, versions, languages)."""

    def __init__(self, wanted: str, known: Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]):
        self.wanted = wanted
        self.known = tuple(known)
        super().__init__(
            f"no instrument {wanted!r}; known: {', '.join(entry[0] for entry in self.known)}"
        )


def version_key(version: str) -> tuple[int, ...]:
    """Order of versions: 1.10.0 comes after 1.9.0."""
    return tuple(int(part) for part in version.split("."))


class Catalogue:
    """Instruments by id and version. Names are looked up without regard to case or punctuation."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        """Raises InstrumentError where two packs have the same id and version."""
        self._versions: dict[str, dict[str, Instrument]] = {}
        for instrument in sorted(instruments, key=lambda i: (i.id, version_key(i.version))):
            versions = self._versions.setdefault(fold(instrument.id), {})
            other = versions.setdefault(instrument.version, instrument)
            if other is not instrument:
                raise InstrumentError(
                    f"{instrument.origin}: {instrument.id} {instrument.version} is already "
                    f"defined in {other.origin}"
                )

    @classmethod
    def load(cls, folders: Iterable[Path]) -> Catalogue:
        """Read every `*.yaml` in the folders and check each folder's list of published versions.

        Raises InstrumentError for a pack that cannot be used, and for a published version whose
        content changed or whose file is gone.
        """
        found: list[Instrument] = []
        for folder in folders:
            packs = [load_file(path) for path in sorted(Path(folder).glob("*.yaml"))]
            verify_published(packs, read_lock(Path(folder)), origin=str(Path(folder) / LOCK))
            found += packs
        return cls(found)

    def __iter__(self) -> Iterator[Instrument]:
        """Every version of every instrument, by id and then by version."""
        for versions in self._versions.values():
            yield from versions.values()

    @property
    def latest(self) -> tuple[Instrument, ...]:
        return tuple(list(versions.values())[-1] for versions in self._versions.values())

    def get(self, name: str, version: str | None = None) -> Instrument:
        """The instrument of this name, by default its latest version.

        Raises UnknownInstrument, which lists what there is.
        """
        versions = self._versions.get(fold(name), {})
        found = list(versions.values())[-1:] if version is None else [versions.get(version)]
        if not found or found[0] is None:
            wanted = name if version is None else f"{name} {version}"
            raise UnknownInstrument(wanted, self.summary())
        return found[0]

    def languages(self, name: str, version: str | None = None) -> tuple[str, ...]:
        """The language tags an instrument has wording in, in the order of its pack."""
        return tuple(self.get(name, version).texts)

    def summary(self) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """(id, versions, languages of the latest version) of each instrument."""
        for versions in self._versions.values():
            last = list(versions.values())[-1]
            yield last.id, tuple(versions), tuple(last.texts)


def read_lock(folder: Path) -> Mapping[tuple[str, str], str]:
    """The published versions of a folder: (id, version) to content hash. Empty without a list."""
    path = folder / LOCK
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    published: dict[tuple[str, str], str] = {}
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if words and len(words) != 3:
            raise InstrumentError(f"{path}: line {number}: expected `id version sha256`")
        if words:
            published[words[0], words[1]] = words[2]
    return published


def lock_lines(instruments: Iterable[Instrument]) -> str:
    """The text of `published.lock` for these instruments."""
    return "".join(f"{one.id} {one.version} {one.content_hash}\n" for one in instruments)


def verify_published(
    instruments: Iterable[Instrument], published: Mapping[tuple[str, str], str], *, origin: str
) -> None:
    """Refuse (InstrumentError) a published version that changed or is gone."""
    at_hand = {(one.id, one.version): one for one in instruments}
    for (name, version), expected in published.items():
        one = at_hand.get((name, version))
        if one is None:
            raise InstrumentError(f"{origin}: the published {name} {version} has no file")
        if one.content_hash != expected:
            raise InstrumentError(
                f"{one.origin}: {name} {version} is published and must not change "
                f"(expected {expected[:12]}, got {one.content_hash[:12]}); make a new version"
            )


@cache
def builtin() -> Catalogue:
    """The instruments that come with Holdfast, read once. Raises as `Catalogue.load`."""
    source = files("holdfast.sense.measures") / "content" / "instruments"
    with as_file(source) as folder:
        return Catalogue.load([folder])
