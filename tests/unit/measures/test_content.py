"""The packs Holdfast ships: wording letter for letter, citations, published versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.sense.measures.engine.alerts import Alert
from holdfast.sense.measures.engine.catalogue import LOCK, builtin, lock_lines
from holdfast.sense.measures.engine.instrument import LEVELS, Instrument, Text
from tests.shared import shared_path

PACKS = list(builtin())
OUR_OWN = {"suds", "mood", "mood-days"}
TERMS_TO_ACCEPT = {"who-5", "audit-c"}
CONTENT = Path(PACKS[0].origin).parent


@pytest.fixture(scope="module")
def official() -> dict[tuple[str, str], dict[str, Any]]:
    entries = json.loads(
        shared_path("data", "instruments", "official", "texts.json").read_text(encoding="utf-8")
    )
    return {(entry["instrument"], entry["language"]): entry for entry in entries}


def texts(*names: str) -> Iterator[tuple[Instrument, str, Text]]:
    for name in names:
        pack = builtin().get(name)
        for language, text in pack.texts.items():
            yield pack, language, text


def test_all_instruments_are_here() -> None:
    assert {pack.id for pack in PACKS} == {
        "phq-9", "phq-8", "phq-4", "phq-2", "gad-7", "gad-2", "phq-15",
        "pcl-5", "k6", "asq", "suds", "mood", "mood-days", "who-5", "audit-c",
    }  # fmt: skip


def test_every_version_is_published_as_it_is() -> None:
    assert (CONTENT / LOCK).read_text(encoding="utf-8") == lock_lines(PACKS)


@pytest.mark.parametrize("name", ["PHQ-9", "PHQ-8", "GAD-7", "PHQ-15", "PCL-5", "K6", "ASQ"])
def test_wording_is_the_verified_one_letter_for_letter(
    name: str, official: dict[tuple[str, str], dict[str, Any]]
) -> None:
    pack = builtin().get(name)
    verified = {
        language: entry
        for (instrument, language), entry in official.items()
        if instrument == name and entry["status"] == "verified"
    }
    assert set(pack.texts) == set(verified)
    for language, entry in verified.items():
        text = pack.texts[language]
        scored = [item for item in pack.items if item.scored]
        assert [text.items[item.id] for item in scored] == entry["items"]
        assert list(text.options[scored[0].options]) == entry["options"]
        assert text.stem == entry["stem"]


@pytest.mark.parametrize("name", ["PHQ-9", "PHQ-8"])
def test_the_difficulty_item_is_only_where_its_wording_is_verified(
    name: str, official: dict[tuple[str, str], dict[str, Any]]
) -> None:
    pack = builtin().get(name)
    difficulty = next(item.id for item in pack.items if not item.scored)
    for language, text in pack.texts.items():
        entry = official[name, language]["difficulty"]
        if entry is not None and entry["status"] == "verified":
            assert text.items[difficulty] == entry["stem"]
            assert list(text.options["difficulty"]) == entry["options"]
        else:
            assert difficulty not in text.items
            assert "difficulty" not in text.options


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("phq-2", [("phq-9", 0), ("phq-9", 1)]),
        ("gad-2", [("gad-7", 0), ("gad-7", 1)]),
        ("phq-4", [("gad-7", 0), ("gad-7", 1), ("phq-9", 0), ("phq-9", 1)]),
    ],
)
def test_a_short_form_is_made_of_the_items_of_its_long_forms(
    name: str, parts: list[tuple[str, int]]
) -> None:
    for pack, language, text in texts(name):
        for item, (source, position) in zip(pack.items, parts, strict=True):
            long = builtin().get(source)
            words = long.texts[language]
            assert text.items[item.id] == words.items[long.items[position].id]
            assert text.options["frequency"] == words.options["frequency"]
            assert item.loinc == long.items[position].loinc
        assert text.stem == builtin().get(parts[0][0]).texts[language].stem


def test_variants_with_other_answer_labels_are_not_mixed_into_a_short_form() -> None:
    languages = builtin().languages("phq-4")
    assert "en" in languages
    assert "es-US" not in languages


def test_only_our_own_wording_is_a_draft_and_never_in_english() -> None:
    for pack in PACKS:
        drafts = {language for language, text in pack.texts.items() if text.status == "draft"}
        assert drafts == ({"es", "de", "ar"} if pack.id in OUR_OWN else set())


def test_regional_variants_of_german_and_spanish_say_which_they_are() -> None:
    for pack, language, text in texts("phq-9", "phq-8", "phq-2", "gad-7", "gad-2"):
        if language in {"de-DE", "es-US"}:
            assert text.note, (pack.id, language)


def test_packs_with_terms_are_off_until_a_practice_accepts_them() -> None:
    assert {p.id for p in PACKS if p.licence.acceptance == "practice"} == TERMS_TO_ACCEPT
    for name in TERMS_TO_ACCEPT:
        licence = builtin().get(name).licence
        assert licence.notice
        assert licence.source_url


def test_every_pack_has_a_credit_and_every_band_and_cut_off_a_citation() -> None:
    for pack in PACKS:
        assert pack.credit
        assert pack.references
        for scale in pack.scales:
            assert not scale.bands or scale.bands_source
            assert scale.missing.rule == "refuse" or scale.missing.source


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_alert_follows_an_instrument_that_exists(pack: Instrument) -> None:
    for rule in pack.alerts:
        assert rule.level in LEVELS
        assert rule.source in pack.references
        if rule.follow_up:
            assert builtin().get(rule.follow_up).id == rule.follow_up


def test_no_alert_is_called_a_risk_score() -> None:
    words = [word for pack in PACKS for rule in pack.alerts for word in (rule.id, rule.reason)]
    assert words
    assert not [word for word in [*words, *Alert.__dataclass_fields__] if "risk" in word]


def test_no_item_takes_free_text() -> None:
    for pack in PACKS:
        for item in pack.items:
            options = pack.options_of(item.id)
            assert options.codes or options.step


def test_item_codes_of_loinc_are_well_formed() -> None:
    for pack in PACKS:
        codes = [item.loinc for item in pack.items if item.loinc]
        codes += [scale.loinc for scale in pack.scales if scale.loinc]
        codes += [pack.loinc.panel] if pack.loinc else []
        for code in codes:
            assert _loinc_check_digit(code.split("-")[0]) == int(code.split("-")[1]), code


def _loinc_check_digit(number: str) -> int:
    """LOINC's check digit is the mod 10 (Luhn) digit of the number before the hyphen."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def test_the_reference_lists_every_pack_and_language() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "instruments.md"
    first_table = page.read_text(encoding="utf-8").split("## Wording")[0]
    rows = {
        line.split("|")[1].strip(): line
        for line in first_table.split("\n")
        if line.startswith("| `")
    }
    assert set(rows) == {f"`{pack.id}`" for pack in PACKS}
    for pack in PACKS:
        row = rows[f"`{pack.id}`"]
        languages = [tag.strip() for tag in row.split("|")[3].split(",")]
        assert languages == [
            f"{tag} (draft)" if text.status == "draft" else tag for tag, text in pack.texts.items()
        ]
