"""The catalogue: finding an instrument, and keeping a published version as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.sense.measures.engine.catalogue import (
    LOCK,
    Catalogue,
    UnknownInstrument,
    builtin,
    lock_lines,
)
from holdfast.sense.measures.engine.instrument import InstrumentError, parse_instrument
from tests.unit.measures.packs import a_pack


def write(folder: Path, **changes: Any) -> None:
    data = a_pack() | changes
    path = folder / f"{data['id']}-{data['version']}.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


@pytest.mark.parametrize("name", ["phq-9", "PHQ-9", "PHQ9", "phq_9", "Phq 9"])
def test_a_name_is_found_however_it_is_written(name: str) -> None:
    assert builtin().get(name).id == "phq-9"


def test_the_latest_version_is_the_highest_number_not_the_last_in_the_alphabet() -> None:
    packs = [parse_instrument(a_pack() | {"version": v}, origin=v) for v in ("1.10.0", "1.9.0")]
    catalogue = Catalogue(packs)
    assert catalogue.get("example").version == "1.10.0"
    assert catalogue.get("example", "1.9.0").version == "1.9.0"
    assert [pack.version for pack in catalogue.latest] == ["1.10.0"]
    assert [pack.version for pack in catalogue] == ["1.9.0", "1.10.0"]


def test_an_unknown_instrument_lists_what_there_is() -> None:
    with pytest.raises(UnknownInstrument, match="no instrument 'bdi'") as caught:
        builtin().get("bdi")
    known = {name: languages for name, _, languages in caught.value.known}
    assert known["gad-7"] == builtin().languages("gad-7")
    with pytest.raises(UnknownInstrument, match=r"phq-9 9\.9\.9"):
        builtin().get("phq-9", "9.9.9")


def test_the_same_version_twice_is_refused(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        write(folder)
    with pytest.raises(InstrumentError, match=r"example 1\.0\.0 is already defined in"):
        Catalogue.load(folders)


class TestPublishedVersions:
    def publish(self, folder: Path) -> None:
        write(folder)
        packs = Catalogue.load([folder])
        (folder / LOCK).write_text(lock_lines(packs), encoding="utf-8")

    def test_an_unchanged_version_loads(self, tmp_path: Path) -> None:
        self.publish(tmp_path)
        assert Catalogue.load([tmp_path]).get("example").version == "1.0.0"

    def test_a_changed_version_is_refused(self, tmp_path: Path) -> None:
        self.publish(tmp_path)
        write(tmp_path, credit="Somebody")
        with pytest.raises(InstrumentError, match="is published and must not change"):
            Catalogue.load([tmp_path])

    def test_a_version_whose_file_is_gone_is_refused(self, tmp_path: Path) -> None:
        self.publish(tmp_path)
        (tmp_path / "example-1.0.0.yaml").unlink()
        with pytest.raises(InstrumentError, match=r"the published example 1\.0\.0 has no file"):
            Catalogue.load([tmp_path])

    def test_a_new_version_beside_it_loads(self, tmp_path: Path) -> None:
        self.publish(tmp_path)
        write(tmp_path, version="1.1.0", credit="Somebody")
        assert Catalogue.load([tmp_path]).get("example").credit == "Somebody"

    def test_a_damaged_list_is_refused(self, tmp_path: Path) -> None:
        self.publish(tmp_path)
        (tmp_path / LOCK).write_text("example 1.0.0\n", encoding="utf-8")
        with pytest.raises(InstrumentError, match="line 1: expected `id version sha256`"):
            Catalogue.load([tmp_path])
