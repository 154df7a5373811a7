"""The pack format: what a file must say, and what is said to someone whose file does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.sense.measures.engine.instrument import (
    InstrumentError,
    canonical_hash,
    fold,
    load_file,
    parse_instrument,
)
from tests.unit.measures.packs import a_pack

Change = Callable[[dict[str, Any]], object]


def test_a_valid_pack_is_read() -> None:
    pack = parse_instrument(a_pack(), origin="example.yaml")
    assert [item.id for item in pack.items] == ["q1", "q2", "q3"]
    assert pack.option_sets["often"].codes == (0, 1, 2, 3)
    assert pack.direction_of("total") == "lower"
    assert pack.document["title"] == "Example"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.pop("licence"), "licence: Field required"),
        (lambda p: p.update(colour="red"), "colour: Unexpected keyword argument"),
        (lambda p: p.update(id="Not An Id"), "id: expected lower-case words"),
        (lambda p: p.update(version="1"), "version: expected MAJOR.MINOR.PATCH, got '1'"),
        (lambda p: p.update(recall="two weeks"), "recall: expected an ISO 8601 duration"),
        (lambda p: p.update(direction="down"), "direction: Input should be"),
        (lambda p: p.update(scales=[]), "scales: expected at least one"),
        (lambda p: p["items"].append({"id": "q1", "options": "often"}), "'q1' is there twice"),
        (lambda p: p["items"][0].update(options="seldom"), "items.q1.options: no option set"),
        (lambda p: p["items"][0].update(loinc="q2"), "'q2' names both q1 and q2"),
        (lambda p: p["items"][0].update(aliases=["2"]), "'2' names both q1 and q2"),
        (lambda p: p["items"][0].update(scored="no"), "items.0.scored: Input should be a valid"),
        (
            lambda p: p["items"][0].update(show_if={"item": "q2", "at_least": 1}),
            "items.q1.show_if: expected an earlier item, got 'q2'",
        ),
        (
            lambda p: p["items"][1].update(show_if={"item": "q1", "at_least": 4}),
            "items.q2.show_if: q1 never reaches 4",
        ),
        (lambda p: p["items"][1].update(declined_as=9), "items.q2.declined_as: 9 is not a code"),
        (lambda p: p["items"][2].update(scored=False), "q3 is not scored and must not be in a"),
        (lambda p: p["scales"][0]["items"].append("q9"), "scales.total.items: expected items"),
        (lambda p: p["scales"][0]["items"].append("q1"), "scales.total.items: q1 is there twice"),
        (lambda p: p["scales"][0].update(range=[0, 12]), "the items reach 0 to 9, got 0 to 12"),
        (lambda p: p["scales"][0].update(reverse=["q9"]), "q9 is reversed or weighted but not"),
        (
            lambda p: p["scales"][0].update(missing={"rule": "refuse", "max_missing": 1}),
            "scales.total.missing: refuse allows no missing item",
        ),
        (
            lambda p: p["scales"][0].update(missing={"rule": "prorate", "max_missing": 3}),
            "max_missing: expected fewer than all items",
        ),
        (lambda p: p["scales"][0]["bands"][1].update(min=6), "gap or overlap between low and high"),
        (lambda p: p["scales"][0]["bands"][1].update(max=8), "expected to run from 0 to 9"),
        (lambda p: p["scales"][0].pop("bands_source"), "bands need a citation"),
        (
            lambda p: p["scales"][0].update(bands_source="nobody"),
            "scales.total.bands_source: 'nobody' is not among the references",
        ),
        (
            lambda p: p["scales"][0].update(caseness={"at_least": 5, "source": "x"}),
            "scales.total.caseness.source: 'x' is not among the references",
        ),
        (
            lambda p: p.update(option_sets={"often": {"min": 0, "max": 1}}),
            "option_sets.often: a slider needs min, max and step",
        ),
        (
            lambda p: p.update(option_sets={"often": {"min": 0, "max": 10, "step": 3}}),
            "steps that reach max exactly",
        ),
        (lambda p: p.update(option_sets={"often": [0, 0, 1, 2]}), "two or more different codes"),
        (lambda p: p["texts"]["en"]["items"].pop("q1"), "texts.en.items: q1 has no text"),
        (lambda p: p["texts"]["en"]["items"].update(q9="?"), "texts.en.items: no item 'q9'"),
        (lambda p: p["texts"]["en"]["options"]["often"].pop(), "expected 4 labels, got 3"),
        (lambda p: p["texts"]["en"]["options"].pop("often"), "'often' has no labels"),
        (lambda p: p["texts"]["en"]["items"].update(q1=" "), "an empty text"),
        (lambda p: p["texts"]["en"]["items"].update(q1="a\x0bb"), "control character"),
        (lambda p: p["texts"].update(english=p["texts"]["en"]), "texts.english: expected a BCP 47"),
        (lambda p: p["texts"]["en"].update(status="good"), "texts.en.status: Input should be"),
        (
            lambda p: p.update(alerts=[_rule({"item": "q9", "at_least": 1})]),
            "alerts.a.when: no item 'q9'",
        ),
        (
            lambda p: p.update(alerts=[_rule({"scale": "total", "band": "severe"})]),
            "alerts.a.when: scale total has no band 'severe'",
        ),
        (lambda p: p.update(alerts=[_rule({"item": "q1"})]), "expected at_least, at_most or"),
        (lambda p: p.update(alerts=[_rule({"at_least": 1})]), "expected an item or a scale"),
        (
            lambda p: p.update(
                alerts=[{**_rule({"scale": "total", "at_least": 1}), "if_skipped": "ask"}]
            ),
            "alerts.a.if_skipped: only a rule about one item can ask for it",
        ),
        (lambda p: p["scales"][0].update(range=[0, float("nan")]), "not plain JSON values"),
    ],
)
def test_a_fault_is_named_with_file_and_place(change: Change, message: str) -> None:
    data = a_pack()
    change(data)
    with pytest.raises(InstrumentError) as caught:
        parse_instrument(data, origin="packs/example.yaml")
    assert str(caught.value).startswith("packs/example.yaml: ")
    assert message in str(caught.value)


def _rule(when: dict[str, Any]) -> dict[str, Any]:
    return {"id": "a", "when": when, "level": "watch", "reason": "r"}


def test_only_an_unscored_item_may_have_no_text_in_a_language() -> None:
    data = a_pack()
    data["items"].append({"id": "difficulty", "options": "often", "scored": False})
    pack = parse_instrument(data, origin="test")
    assert "difficulty" not in pack.texts["en"].items


class TestLoadFile:
    def test_it_reads_a_file_named_after_id_and_version(self, tmp_path: Path) -> None:
        path = tmp_path / "example-1.0.0.yaml"
        path.write_text(yaml.safe_dump(a_pack()), encoding="utf-8")
        assert load_file(path).origin == str(path)

    def test_it_refuses_another_name(self, tmp_path: Path) -> None:
        path = tmp_path / "example.yaml"
        path.write_text(yaml.safe_dump(a_pack()), encoding="utf-8")
        with pytest.raises(InstrumentError, match=r"is named example-1\.0\.0\.yaml"):
            load_file(path)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"title: caf\xe9\n", "not readable as UTF-8 YAML"),
            (b"a: [1, 2\n", "not readable as UTF-8 YAML"),
            (b"- 1\n", "expected a mapping, got list"),
            (b"items: {q1: a, q2: b, q1: c}\n", "the key 'q1' is there twice"),
        ],
    )
    def test_it_refuses_what_is_no_pack(self, tmp_path: Path, content: bytes, message: str) -> None:
        path = tmp_path / "example-1.0.0.yaml"
        path.write_bytes(content)
        with pytest.raises(InstrumentError, match=message):
            load_file(path)


def test_the_hash_ignores_the_order_of_keys_and_notices_a_letter() -> None:
    data = a_pack()
    turned = dict(reversed(list(a_pack().items())))
    assert canonical_hash(data) == canonical_hash(turned)
    data["texts"]["en"]["items"]["q1"] += "."
    assert canonical_hash(data) != canonical_hash(turned)


def test_names_are_folded() -> None:
    assert {fold(name) for name in ("PHQ-9", "phq_9", "Phq9", "PHQ 9")} == {"phq9"}
