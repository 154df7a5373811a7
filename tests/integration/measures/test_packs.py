"""Packs from outside the repository, and versions that must not change once published."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.cli.doctor import check_questionnaires
from holdfast.sense.measures import packs
from holdfast.sense.measures.checks import instruments_can_be_used
from holdfast.sense.measures.engine.instrument import InstrumentError
from holdfast.sense.measures.models import InstrumentRelease
from tests.integration.safety.scene import MONDAY_10, at, make_scene, phq9

pytestmark = pytest.mark.django_db

PACK = """\
id: tiny
version: "1.0.0"
title: Tiny
topic: mood
loinc: null
licence: {{name: Ours, acceptance: none}}
credit: Ours.
recall: null
direction: lower
option_sets: {{yes_no: [0, 1]}}
items: [{{id: tiny_1, options: yes_no}}]
scales:
  - {{id: total, items: [tiny_1], method: sum, range: [0, 1], missing: {{rule: refuse}}}}
references: {{}}
texts:
  en:
    status: draft
    source: ours
    items: {{tiny_1: "{text}"}}
    options: {{yes_no: ["No", "Yes"]}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "instruments"
    monkeypatch.setenv("HOLDFAST_INSTRUMENTS_DIR", str(place))
    return place


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "tiny-1.0.0.yaml"
    path.write_text(PACK.format(text=text), encoding="utf-8")
    return path


def test_what_ships_is_published_by_migrating() -> None:
    shipped = {(one.id, one.version, one.content_hash) for one in packs.catalogue()}
    rows = InstrumentRelease.objects.values_list("instrument", "version", "content_hash")
    assert shipped == set(rows)
    assert instruments_can_be_used() == []


def test_a_pack_is_added_and_found_beside_those_that_ship(tmp_path: Path) -> None:
    source = write(tmp_path / "elsewhere", "Are you well?")
    packs.install_packs([source])
    packs.install_packs([source])
    assert packs.catalogue().get("tiny").title == "Tiny"
    assert packs.catalogue().get("phq-9").title == "PHQ-9"
    assert InstrumentRelease.objects.filter(instrument="tiny").count() == 1


def test_a_published_version_that_changed_is_left_out_and_named(
    tmp_path: Path, folder: Path
) -> None:
    packs.install_packs([write(tmp_path / "elsewhere", "Are you well?")])
    changed = write(folder, "Are you unwell?")
    packs.publish_releases()
    assert "tiny" not in {one.id for one in packs.catalogue()}
    (fault,) = packs.faults()
    assert fault.file == changed
    assert "must not change" in fault.reason
    with pytest.raises(InstrumentError, match="must not change"):
        packs.install_packs([write(tmp_path / "third", "Are you unwell?")])


def test_one_that_ships_and_changed_stops_the_start() -> None:
    InstrumentRelease.objects.filter(instrument="phq-9").update(content_hash="0" * 64)
    with pytest.raises(InstrumentError, match="must not change"):
        packs.publish_releases()


BAD = {
    "half a file": b"id: tiny\n",
    "no yaml": b"id: [",
    "not utf-8": b"\xff\xfe id",
    "empty": b"",
    "a list": b"- 1\n",
}


@pytest.mark.parametrize("content", list(BAD.values()), ids=list(BAD))
def test_a_bad_file_that_comes_while_serving_holds_back_no_other(
    tmp_path: Path, folder: Path, content: bytes
) -> None:
    packs.install_packs([write(tmp_path / "elsewhere", "Are you well?")])
    assert packs.faults() == ()
    bad = folder / "another-1.0.0.yaml"
    bad.write_bytes(content)
    catalogue = packs.catalogue()
    assert (catalogue.get("tiny").title, catalogue.get("phq-9").title) == ("Tiny", "PHQ-9")
    assert [fault.file for fault in packs.faults()] == [bad]
    (warning,) = instruments_can_be_used()
    assert (warning.id, str(bad) in str(warning.msg)) == ("measures.W001", True)
    bad.unlink()
    assert packs.faults() == ()


def test_a_pack_that_takes_the_name_of_one_that_ships_is_left_out(folder: Path) -> None:
    shipped = packs.catalogue().get("phq-9")
    folder.mkdir()
    text = PACK.format(text="Are you well?").replace("id: tiny\n", "id: phq-9\n")
    (folder / "mine.yaml").write_text(
        text.replace('"1.0.0"', f'"{shipped.version}"', 1), encoding="utf-8"
    )
    assert packs.catalogue().get("phq-9").content_hash == shipped.content_hash
    assert [fault.file.name for fault in packs.faults()] == ["mine.yaml"]


def test_a_person_is_asked_what_is_good_while_a_bad_pack_lies_there(folder: Path) -> None:
    folder.mkdir()
    (folder / "bad.yaml").write_text("id: bad\n", encoding="utf-8")
    with at(MONDAY_10):
        scene = make_scene()
        listed = scene.person().get(scene.url("instruments"))
        sent = scene.person().post(
            scene.mine("responses"), phq9(0), content_type="application/json"
        )
    assert (listed.status_code, sent.status_code) == (200, 201)


def test_the_doctor_names_the_file_and_the_reason(folder: Path) -> None:
    assert check_questionnaires().verdict == "ok"
    folder.mkdir()
    bad = folder / "bad.yaml"
    bad.write_text("id: bad\n", encoding="utf-8")
    found = check_questionnaires()
    assert found.verdict == "fault"
    assert str(bad) in found.found
    assert "version" in found.found
    assert found.advice
