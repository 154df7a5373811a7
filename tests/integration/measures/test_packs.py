"""Packs from outside the repository, and versions that must not change once published."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.sense.measures import packs
from holdfast.sense.measures.checks import instruments_can_be_used
from holdfast.sense.measures.engine.instrument import InstrumentError
from holdfast.sense.measures.models import InstrumentRelease

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


def test_a_published_version_that_changed_is_refused_with_its_file(
    tmp_path: Path, folder: Path
) -> None:
    packs.install_packs([write(tmp_path / "elsewhere", "Are you well?")])
    changed = write(folder, "Are you unwell?")
    with pytest.raises(InstrumentError, match="must not change") as refused:
        packs.publish_releases()
    assert str(changed) in str(refused.value)
    with pytest.raises(InstrumentError, match="must not change"):
        packs.install_packs([write(tmp_path / "third", "Are you unwell?")])


def test_a_pack_that_cannot_be_used_stops_the_start(folder: Path) -> None:
    path = write(folder, "Are you well?")
    path.write_text("id: tiny\n", encoding="utf-8")
    errors = instruments_can_be_used()
    assert [error.id for error in errors] == ["measures.E001"]
    assert str(path) in str(errors[0].msg)
