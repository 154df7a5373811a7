"""Every fault a definition can hold, planted alone: exactly that rule speaks, at that place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.sense.measures.engine.lint import Finding, lint
from tests.unit.lint.forms import WRITERS, Form

ALL = frozenset(WRITERS)


def relabel(form: Form, language: str, item: str, labels: list[str]) -> None:
    codes = [code for code, _ in form.options[language][item]]
    form.options[language][item] = list(zip(codes, labels, strict=True))


def recode(form: Form, language: str, item: str, codes: list[str]) -> None:
    labels = [label for _, label in form.options[language][item]]
    form.options[language][item] = list(zip(codes, labels, strict=True))


def reverse_german(form: Form) -> None:
    for item in form.items:
        relabel(form, "de", item, ["Immer", "Oft", "Manchmal", "Nie"])


def reverse_one_german_item(form: Form) -> None:
    relabel(
        form,
        "de",
        "q3",
        [
            "Trifft völlig zu",
            "Trifft größtenteils zu",
            "Trifft eher nicht zu",
            "Trifft gar nicht zu",
        ],
    )


def code_german_from_one(form: Form) -> None:
    for item in form.items:
        recode(form, "de", item, ["1", "2", "3", "4"])
    form.highest = 16


def give_one_code_to_two_answers(form: Form) -> None:
    for language in form.languages:
        recode(form, language, "q2", ["0", "1", "1", "3"])


def lose_a_german_item(form: Form) -> None:
    del form.items["q4"]["de"]


def repeat_a_german_text(form: Form) -> None:
    form.items["q4"]["de"] = form.items["q2"]["de"]


def ask_the_introduction(form: Form) -> None:
    form.items["q4"]["de"] = form.stem["de"]


def name_a_field_twice(form: Form) -> None:
    form.order.append("q2")


def lose_german_options(form: Form) -> None:
    relabel(form, "de", "q1", ["", "", "", ""])


def lose_one_german_label(form: Form) -> None:
    relabel(form, "de", "q1", ["Nie", "Manchmal", "", "Immer"])


def put_a_carriage_return_in_codes(form: Form) -> None:
    for language in form.languages:
        recode(form, language, "q1", ["0", "\r1", "\r2", "\r3"])


def misspell_the_language(form: Form) -> None:
    form.stem["dx"] = form.stem.pop("de")
    for texts in form.items.values():
        texts["dx"] = texts.pop("de")
    form.options["dx"] = form.options.pop("de")


def damage_a_text(form: Form) -> None:
    form.items["q2"]["de"] = "Der Garten war mir viel zu laut, ï»¿Ã¼berall"


def lose_german_umlauts(form: Form) -> None:
    form.items["q2"]["de"] = "Der Garten war mir uberhaupt viel zu laut"


def put_a_question_mark_in_a_word(form: Form) -> None:
    form.items["q2"]["de"] = "Der Garten war mir h?ufig zu laut"


def ask_germans_about_another_week(form: Form) -> None:
    form.stem["de"] = "Wie oft kam das in der letzten Woche vor?"


def branch_on_an_impossible_answer(form: Form) -> None:
    form.shown_if["q3"] = ("q1", "7")


def branch_on_a_missing_item(form: Form) -> None:
    form.shown_if["q3"] = ("q99", "1")


def branch_on_a_later_item(form: Form) -> None:
    form.shown_if["q1"] = ("q3", "1")


def sum_a_missing_item(form: Form) -> None:
    form.total.append("q99")


def sum_an_item_twice(form: Form) -> None:
    form.total = ["q1", "q2", "q2", "q3"]


def sum_a_difficulty_item(form: Form) -> None:
    form.items["q4"] = {
        "en": "How difficult have these problems made it for you to do your work?",
        "de": "Wie sehr haben diese Probleme Ihnen die Arbeit erschwert?",
    }


def drop_the_licence(form: Form) -> None:
    form.licensed = False


@dataclass(frozen=True)
class Fault:
    plant: Callable[[Form], None]
    rule: str
    items: frozenset[str | None]
    language: str | None
    formats: frozenset[str] = ALL


EVERY_ITEM = frozenset({"q1", "q2", "q3", "q4"})


def one(item: str | None) -> frozenset[str | None]:
    return frozenset({item})


FAULTS = [
    Fault(reverse_german, "polarity", EVERY_ITEM, "de"),
    Fault(reverse_one_german_item, "polarity", one("q3"), "de"),
    Fault(code_german_from_one, "code-set", EVERY_ITEM, "de", frozenset({"radar", "fhir"})),
    Fault(
        give_one_code_to_two_answers,
        "code-set",
        one("q2"),
        None,
        frozenset({"radar", "fhir", "pack"}),
    ),
    Fault(lose_a_german_item, "item-count", one("q4"), "de"),
    Fault(repeat_a_german_text, "duplicate-text", one("q4"), "de"),
    Fault(ask_the_introduction, "duplicate-text", one("q4"), "de"),
    Fault(name_a_field_twice, "duplicate-field", one("q2"), None),
    Fault(lose_german_options, "missing-options", one("q1"), "de"),
    Fault(lose_one_german_label, "missing-options", one("q1"), "de"),
    Fault(
        put_a_carriage_return_in_codes,
        "control-char",
        one("q1"),
        None,
        frozenset({"radar", "pack"}),
    ),
    Fault(misspell_the_language, "unknown-language", one(None), "dx"),
    Fault(damage_a_text, "damaged-text", one("q2"), "de"),
    Fault(lose_german_umlauts, "damaged-text", one("q2"), "de"),
    Fault(put_a_question_mark_in_a_word, "damaged-text", one("q2"), "de"),
    Fault(ask_germans_about_another_week, "recall-period", one(None), "de"),
    Fault(branch_on_an_impossible_answer, "unreachable", one("q3"), None),
    Fault(branch_on_a_missing_item, "unreachable", one("q3"), None),
    Fault(branch_on_a_later_item, "unreachable", one("q1"), None),
    Fault(sum_a_missing_item, "scoring-item", one("q99"), None),
    Fault(sum_an_item_twice, "scoring-item", one("q2"), None),
    Fault(sum_a_difficulty_item, "scoring-item", one("q4"), None),
    Fault(drop_the_licence, "missing-licence", one(None), None),
]
CASES = [
    pytest.param(fault, name, id=f"{fault.plant.__name__}-{name}")
    for fault in FAULTS
    for name in sorted(fault.formats)
]


def lint_form(form: Form, name: str, folder: Path) -> list[Finding]:
    WRITERS[name](form, folder)
    return lint(folder)


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_sound_questionnaire_has_no_findings(name: str, tmp_path: Path) -> None:
    assert lint_form(Form(), name, tmp_path) == []


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_sound_branch_has_no_findings(name: str, tmp_path: Path) -> None:
    form = Form(shown_if={"q3": ("q1", "2")})
    assert lint_form(form, name, tmp_path) == []


@pytest.mark.parametrize(("fault", "name"), CASES)
def test_a_planted_fault_is_found_and_nothing_else(fault: Fault, name: str, tmp_path: Path) -> None:
    form = Form()
    fault.plant(form)
    findings = lint_form(form, name, tmp_path)
    assert {f.rule for f in findings} == {fault.rule}
    assert {f.item for f in findings} == fault.items
    if fault.language is not None:
        assert {f.language for f in findings} == {fault.language}


def test_bytes_that_are_not_utf_8_are_reported_and_still_read(tmp_path: Path) -> None:
    WRITERS["radar"](Form(), tmp_path)
    path = tmp_path / "tent_comfort" / "tent_comfort_armt_de.json"
    text = path.read_text("utf-8").replace("viel zu laut", "überhaupt zu laut")
    path.write_bytes(text.encode("iso-8859-1"))
    findings = lint(tmp_path)
    assert [(f.rule, f.language) for f in findings] == [("encoding", "de")]
    assert "line 2" in findings[0].message or "line" in findings[0].message


def test_a_key_written_twice_in_one_object_is_reported(tmp_path: Path) -> None:
    WRITERS["radar"](Form(), tmp_path)
    path = tmp_path / "tent_comfort" / "tent_comfort_armt.json"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"field_type"', '"field_label": "x",\n  "field_type"', 1), "utf-8")
    assert {(f.rule, f.language) for f in lint(tmp_path)} == {("duplicate-field", "en")}


def test_a_licence_file_beside_the_definition_is_a_licence(tmp_path: Path) -> None:
    WRITERS["radar"](Form(licensed=False), tmp_path)
    assert {f.rule for f in lint(tmp_path)} == {"missing-licence"}
    (tmp_path / "LICENSE").write_text("CC0", "utf-8")
    assert lint(tmp_path) == []


def test_a_version_with_other_codes_than_the_version_before_is_reported(tmp_path: Path) -> None:
    WRITERS["pack"](Form(), tmp_path)
    first = tmp_path / "tent_comfort-1.0.0.yaml"
    text = first.read_text("utf-8").replace("version: 1.0.0", "version: 1.1.0")
    second = tmp_path / "tent_comfort-1.1.0.yaml"
    second.write_text(
        text.replace("set_q1:\n  - 0\n  - 1\n  - 2\n  - 3", "set_q1:\n  - 1\n  - 2\n  - 3\n  - 4"),
        "utf-8",
    )
    assert second.read_text("utf-8") != text
    findings = [f for f in lint(tmp_path) if f.rule == "code-set"]
    assert {(f.file, f.item) for f in findings} == {("tent_comfort-1.1.0.yaml", "q1")}
