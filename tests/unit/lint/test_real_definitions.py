"""Real definition files with real faults: each known one is found, and nothing else is said.

The expected list was read finding by finding against the files; a change to it is a change of
what the linter says about the world and wants the same reading.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from holdfast.sense.measures.engine.lint import RULES, Finding, lint
from tests.shared import shared_path

RSES = [f"rses_{n}" for n in range(1, 11)]
PHQ9 = [f"phq9_{n}" for n in range(1, 10)]


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return lint(shared_path("data", "instruments"))


def places(findings: list[Finding], rule: str, folder: str) -> set[tuple[str | None, str | None]]:
    return {(f.item, f.language) for f in findings if f.rule == rule and folder in f.file}


def test_german_rses_options_run_backwards(findings: list[Finding]) -> None:
    assert places(findings, "polarity", "rses") == {(item, "de") for item in RSES}


def test_spanish_gad7_and_phq8_are_not_utf_8(findings: list[Finding]) -> None:
    files = {(f.file.rsplit("/", 1)[-1], f.language) for f in findings if f.rule == "encoding"}
    assert files == {("gad7_armt_es.json", "es"), ("adhd_phq8_armt_es.json", "es")}


def test_audit_is_coded_from_one(findings: list[Finding]) -> None:
    found = places(findings, "codes-differ-from-reference", "audit")
    assert found == {(f"audit_{n}", "en") for n in range(1, 11)}


def test_audit_asks_about_the_last_month_and_has_broken_branches(findings: list[Finding]) -> None:
    assert places(findings, "recall-period", "audit") == {(f"audit_{n}", "en") for n in range(4, 9)}
    assert places(findings, "unreachable", "audit") == {(f"audit_{n}", "en") for n in range(5, 9)}


def test_codes_with_a_carriage_return(findings: list[Finding]) -> None:
    found = places(findings, "control-char", "perceived_deficits")
    assert found == {(f"pdq_{n}", "en") for n in range(1, 6)}


def test_a_field_name_twice(findings: list[Finding]) -> None:
    found = places(findings, "duplicate-field", "smartphone_usage")
    assert found == {("usage_opportunity_16", "en")}


def test_spanish_phq8_is_of_no_known_form_and_names_no_source(findings: list[Finding]) -> None:
    assert places(findings, "text-variant", "radar/phq8") == {(None, "es")}
    assert (None, "es") in places(findings, "missing-licence", "radar/phq8")


def test_dutch_phq9_asks_item_two_twice(findings: list[Finding]) -> None:
    assert ("phq9_4", "nl") in places(findings, "duplicate-text", "PHQ-9")


def test_phq9_without_answers_in_three_languages(findings: list[Finding]) -> None:
    found = places(findings, "missing-options", "PHQ-9")
    expected = {(item, tag) for item in PHQ9 for tag in ("ar", "fi", "uk")}
    assert found == expected | {("phq9_10", "kn")}


def test_phq9_texts_that_were_damaged(findings: list[Finding]) -> None:
    found = places(findings, "damaged-text", "PHQ-9")
    assert {item for item, tag in found if tag == "es"} == {None, "phq9_1", "phq9_7", "phq9_10"}
    assert {item for item, tag in found if tag == "kn"} == {None, "phq9_10", *PHQ9}
    arabic = {None, "phq9_2", "phq9_3", "phq9_6", "phq9_7", "phq9_8", "phq9_9"}
    assert {item for item, tag in found if tag == "ar"} == arabic
    assert {tag for _, tag in found} == {"es", "kn", "ar"}


def test_a_misspelt_language_key(findings: list[Finding]) -> None:
    assert places(findings, "unknown-language", "PHQ-9") == {("phq9_3", "zn-ch")}
    assert not places(findings, "item-count", "PHQ-9")


def test_portuguese_gad7_lacks_an_item(findings: list[Finding]) -> None:
    assert places(findings, "item-count", "GAD7") == {("gad7_7", "pt-pt")}


def test_spanish_gad7_preamble_is_of_another_form(findings: list[Finding]) -> None:
    assert places(findings, "text-variant", "GAD7") == {(None, "es")}
    said = [f.message for f in findings if f.rule == "text-variant" and "GAD7" in f.file]
    assert any("introduction" in message for message in said)


def test_further_faults_of_phq9_that_no_list_named(findings: list[Finding]) -> None:
    assert places(findings, "polarity", "PHQ-9") == {("phq9_10", "pt-pt")}
    assert ("phq9_10", "fi") in places(findings, "duplicate-text", "PHQ-9")
    assert places(findings, "text-variant", "PHQ-9") == {(None, "es"), (None, "fr")}


def test_the_whole_list_is_the_reviewed_one(findings: list[Finding]) -> None:
    assert Counter(f.rule for f in findings) == {
        "polarity": 11,
        "codes-differ-from-reference": 10,
        "control-char": 5,
        "damaged-text": 42,
        "duplicate-field": 1,
        "duplicate-text": 2,
        "encoding": 2,
        "item-count": 1,
        "missing-licence": 16,
        "missing-options": 28,
        "recall-period": 5,
        "text-variant": 6,
        "unknown-language": 1,
        "unreachable": 4,
    }
    assert {f.rule for f in findings} <= set(RULES)


def test_linting_does_not_depend_on_the_folder_it_starts_from(findings: list[Finding]) -> None:
    folder: Path = shared_path("data", "instruments", "reproschema")
    alone = Counter(f.rule for f in lint(folder))
    within = Counter(f.rule for f in findings if f.file.startswith("reproschema/"))
    assert alone == within
