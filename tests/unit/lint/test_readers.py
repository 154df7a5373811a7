"""The four formats as they are found in the world: variants, references, broken files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.sense.measures.engine.lint import Finding, LintError, examine, lint
from tests.unit.lint.forms import Form, write_fhir, write_pack, write_radar, write_reproschema
from tests.unit.lint.test_published_instruments import form_of

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def edit(path: Path, change: Any) -> None:
    data = json.loads(path.read_text("utf-8"))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")


def said(findings: list[Finding]) -> set[tuple[str, str | None, str | None]]:
    return {(f.rule, f.item, f.language) for f in findings}


# RADAR


def test_redcap_choices_in_one_string_are_read(tmp_path: Path) -> None:
    write_radar(Form(), tmp_path)

    def change(rows: Any) -> None:
        rows[0]["select_choices_or_calculations"] = "0, Always | 1, Often | 2, Sometimes | 3, Never"

    edit(tmp_path / "tent_comfort" / "tent_comfort_armt.json", change)
    german = tmp_path / "tent_comfort" / "tent_comfort_armt_de.json"
    (tmp_path / "tent_comfort" / "tent_comfort_armt_nl.json").write_text(
        german.read_text("utf-8").replace('"Nie"', '"Nooit"').replace('"Immer"', '"Altijd"'),
        "utf-8",
    )
    assert ("polarity", "q1", "en") in said(lint(tmp_path))


def test_a_language_suffix_that_is_no_language(tmp_path: Path) -> None:
    write_radar(Form(), tmp_path)
    folder = tmp_path / "tent_comfort"
    (folder / "tent_comfort_armt_de.json").rename(folder / "tent_comfort_armt_hb.json")
    assert said(lint(tmp_path)) == {("unknown-language", None, "hb")}


def test_a_form_left_in_english(tmp_path: Path) -> None:
    form = Form()
    form.items["q3"]["de"] = form.items["q3"]["en"]
    write_radar(form, tmp_path)
    assert said(lint(tmp_path)) == {("text-variant", "q3", "de")}


def test_codes_with_blanks_around_them(tmp_path: Path) -> None:
    form = Form()
    form.options["de"]["q1"] = [(f" {code}", label) for code, label in form.options["de"]["q1"]]
    write_radar(form, tmp_path)
    assert said(lint(tmp_path)) == {("code-set", "q1", "de")}


def test_codes_that_were_translated(tmp_path: Path) -> None:
    form = Form()
    form.total = ["q1", "q2", "q3"]
    form.options["en"]["q4"] = [("Yes", "Yes"), ("No", "No")]
    form.options["de"]["q4"] = [("Ja", "Ja"), ("Nein", "Nein")]
    write_radar(form, tmp_path)
    assert said(lint(tmp_path)) == {("code-set", "q4", "de")}


def test_a_radio_field_without_choices(tmp_path: Path) -> None:
    form = Form()
    form.options["de"]["q4"] = []
    write_radar(form, tmp_path)
    assert said(lint(tmp_path)) == {("missing-options", "q4", "de")}


def test_equal_questions_in_two_branches_are_no_fault(tmp_path: Path) -> None:
    form = Form()
    form.items["q3"] = dict(form.items["q4"])
    form.shown_if = {"q3": ("q1", "0"), "q4": ("q1", "3")}
    write_radar(form, tmp_path)
    assert lint(tmp_path) == []


# FHIR


def phq9_as_loinc_publishes_it() -> dict[str, Any]:
    """A shared value set, grouped items, a difficulty item and a score by variables."""
    form = form_of("phq-9", languages=["en"])
    ids = list(form.items)
    frequency = [
        {
            "code": f"LA656{n}",
            "display": label,
            "extension": [{"url": ORDINAL, "valueDecimal": n}],
        }
        for n, (_, label) in enumerate(form.options["en"][ids[0]])
    ]
    difficulty = ["Not difficult at all", "Somewhat difficult", "Very difficult"]
    items = [
        {"linkId": f"/q{n}", "type": "choice", "text": form.items[i]["en"], "answerValueSet": "#f"}
        for n, i in enumerate(ids, 1)
    ]
    total = " + ".join(
        f"%resource.item.item.where(linkId='/q{n}').answer.value.ordinal()" for n in range(1, 10)
    )
    return {
        "resourceType": "Questionnaire",
        "id": "44249-1",
        "language": "en",
        "code": [{"system": "http://loinc.org", "code": "44249-1", "display": "PHQ-9 panel"}],
        "copyright": "No permission required to reproduce",
        "contained": [
            {
                "resourceType": "ValueSet",
                "id": "f",
                "compose": {"include": [{"concept": frequency}]},
            }
        ],
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/variable",
                "valueExpression": {"name": "total", "expression": total},
            }
        ],
        "item": [
            {"linkId": "g", "type": "group", "text": form.stem["en"], "item": items},
            {
                "linkId": "/q10",
                "type": "choice",
                "text": "How difficult have these problems made it for you to do your work?",
                "answerOption": [
                    {"valueCoding": {"code": f"LA{n}", "display": label}}
                    for n, label in enumerate(difficulty)
                ],
                "enableWhen": [
                    {"question": "/q1", "operator": "=", "answerCoding": {"code": "LA6562"}}
                ],
            },
            {
                "linkId": "/score",
                "type": "decimal",
                "readOnly": True,
                "extension": [{"url": CALCULATED, "valueExpression": {"expression": "%total"}}],
            },
        ],
    }


def lint_resource(resource: dict[str, Any], folder: Path) -> list[Finding]:
    (folder / "questionnaire.json").write_text(json.dumps(resource), "utf-8")
    return lint(folder)


def test_a_sound_phq_9_in_the_shape_of_loinc(tmp_path: Path) -> None:
    assert lint_resource(phq9_as_loinc_publishes_it(), tmp_path) == []


def test_a_bundle_is_opened(tmp_path: Path) -> None:
    resource = phq9_as_loinc_publishes_it()
    del resource["copyright"]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": resource}]}
    assert said(lint_resource(bundle, tmp_path)) == {("missing-licence", None, "en")}


@pytest.mark.parametrize(
    "expression",
    [
        "%total + %resource.item.where(linkId='/q10').answer.value.ordinal()",
        "%resource.item.descendants().where(linkId.startsWith('/q')).answer.value.ordinal().sum()",
        "%resource.item.where(linkId.matches('^/q[0-9]+$')).answer.value.ordinal().sum()",
        "%resource.descendants().item.answer.value.ordinal().sum()",
    ],
)
def test_a_score_that_takes_in_the_difficulty_item(expression: str, tmp_path: Path) -> None:
    resource = phq9_as_loinc_publishes_it()
    resource["item"][2]["extension"][0]["valueExpression"]["expression"] = expression
    assert said(lint_resource(resource, tmp_path)) == {("scoring-item", "/q10", "en")}


def test_an_answer_that_enables_nothing(tmp_path: Path) -> None:
    resource = phq9_as_loinc_publishes_it()
    resource["item"][1]["enableWhen"][0]["answerCoding"]["code"] = "LA9999"
    assert said(lint_resource(resource, tmp_path)) == {("unreachable", "/q10", "en")}


def test_a_value_set_that_is_not_in_the_file_is_not_judged(tmp_path: Path) -> None:
    resource = phq9_as_loinc_publishes_it()
    for item in resource["item"][0]["item"]:
        item["answerValueSet"] = "http://loinc.org/vs/LL358-3"
    assert lint_resource(resource, tmp_path) == []


def test_two_versions_with_different_items(tmp_path: Path) -> None:
    form = Form()
    write_fhir(form, tmp_path)

    def change(resource: Any) -> None:
        resource["version"] = "2"
        del resource["item"][4:]  # item q4 and the score

    path = tmp_path / "tent_comfort-en.json"
    newer = tmp_path / "tent_comfort-en-2.json"
    newer.write_text(path.read_text("utf-8"), "utf-8")
    edit(newer, change)
    findings = lint(tmp_path)
    assert {(f.rule, f.item, f.file) for f in findings} == {("item-count", "q4", newer.name)}


# ReproSchema


def test_items_left_out_of_the_order_are_never_asked(tmp_path: Path) -> None:
    write_reproschema(Form(), tmp_path)

    def change(activity: Any) -> None:
        activity["ui"]["order"] = ["items/q1", "items/q2", "items/q3", "items/q44"]

    edit(tmp_path / "tent_comfort" / "tent_comfort_schema", change)
    assert said(lint(tmp_path)) == {("unreachable", "q4", None), ("item-count", None, None)}


def test_an_item_file_that_is_not_there(tmp_path: Path) -> None:
    write_reproschema(Form(), tmp_path)
    (tmp_path / "tent_comfort" / "items" / "q2").unlink()
    assert said(lint(tmp_path)) == {("item-count", "q2", None)}


def test_the_older_form_with_plain_texts_is_read(tmp_path: Path) -> None:
    write_reproschema(Form(stem={"en": "Over the last 2 weeks, how often?"}), tmp_path)

    def change(activity: Any) -> None:
        activity.pop("category")
        activity["@type"] = "reproschema:Activity"
        activity["preamble"] = "Over the last 2 weeks, how often?"

    edit(tmp_path / "tent_comfort" / "tent_comfort_schema", change)

    def plain(item: Any) -> None:
        item["question"] = item["question"]["en"]

    for name in ("q1", "q2", "q3", "q4"):
        edit(tmp_path / "tent_comfort" / "items" / name, plain)
    assert lint(tmp_path) == []


def test_a_valid_tag_that_is_a_misspelling_of_another(tmp_path: Path) -> None:
    form = Form()
    form.stem["pt-br"] = "Nas últimas duas semanas, com que frequência isto aconteceu?"
    texts = ["Dormi bem na tenda", "O jardim fazia barulho", "As botas estavam molhadas"]
    for item, text in zip(form.items, texts, strict=False):
        form.items[item]["pt-br"] = text
    form.items["q4"]["pt-bt"] = "A chaleira demorou muito"
    labels = ["Nunca", "Às vezes", "Muitas vezes", "Sempre"]
    form.options["pt-br"] = {
        item: [(str(code), label) for code, label in enumerate(labels)] for item in form.items
    }
    write_reproschema(form, tmp_path)
    found = said(lint(tmp_path))
    assert ("unknown-language", "q4", "pt-bt") in found
    assert {rule for rule, _, _ in found} == {"unknown-language"}


# packs, and folders


def test_more_labels_than_codes(tmp_path: Path) -> None:
    write_pack(Form(), tmp_path)
    path = tmp_path / "tent_comfort-1.0.0.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("      - Immer\n", "      - Immer\n      - Ewig\n", 1), "utf-8")
    assert said(lint(tmp_path)) == {("code-set", None, "de")}


def test_a_key_twice_in_yaml(tmp_path: Path) -> None:
    write_pack(Form(), tmp_path)
    path = tmp_path / "tent_comfort-1.0.0.yaml"
    path.write_text(path.read_text("utf-8") + "title: another\n", "utf-8")
    assert said(lint(tmp_path)) == {("duplicate-field", None, None)}


def test_utf_16_is_reported_and_read(tmp_path: Path) -> None:
    write_radar(Form(), tmp_path)
    path = tmp_path / "tent_comfort" / "tent_comfort_armt.json"
    path.write_text(path.read_text("utf-8"), "utf-16")
    assert said(lint(tmp_path)) == {("encoding", None, "en")}


def test_a_byte_order_mark_is_harmless(tmp_path: Path) -> None:
    write_radar(Form(), tmp_path)
    path = tmp_path / "tent_comfort" / "tent_comfort_armt.json"
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert lint(tmp_path) == []


def test_one_file_can_be_linted(tmp_path: Path) -> None:
    write_radar(Form(licensed=False), tmp_path)
    path = tmp_path / "tent_comfort" / "tent_comfort_armt_de.json"
    assert said(lint(path)) == {("missing-licence", None, "de")}


def test_a_file_that_cannot_be_parsed_is_named(tmp_path: Path) -> None:
    write_radar(Form(), tmp_path)
    (tmp_path / "broken.json").write_text('[{"field_name": "a"', "utf-8")
    (tmp_path / "broken.yaml").write_text("id: [", "utf-8")
    report = examine(tmp_path)
    assert report.findings == ()
    assert [name for name, _ in report.unreadable] == ["broken.json", "broken.yaml"]


def test_nothing_to_read_is_an_error_that_says_what_was_expected(tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("hello", "utf-8")
    with pytest.raises(LintError, match="no questionnaire found"):
        lint(tmp_path)


def test_a_scale_labelled_at_its_ends_only_is_sound(tmp_path: Path) -> None:
    form = Form()
    for language, ends in {"en": ("Never", "Always"), "de": ("Nie", "Immer")}.items():
        for item in form.items:
            form.options[language][item] = [("0", ends[0]), ("1", ""), ("2", ""), ("3", ends[1])]
    write_reproschema(form, tmp_path)
    assert lint(tmp_path) == []


def test_an_end_without_a_label_is_missing(tmp_path: Path) -> None:
    form = Form()
    for language in form.languages:
        form.options[language]["q1"][3] = ("3", "")
    write_radar(form, tmp_path)
    assert said(lint(tmp_path)) == {
        ("missing-options", "q1", "en"),
        ("missing-options", "q1", "de"),
    }


def test_items_of_another_vocabulary_are_not_looked_for(tmp_path: Path) -> None:
    write_reproschema(Form(), tmp_path)

    def change(activity: Any) -> None:
        activity["ui"]["addProperties"].append(
            {"isAbout": "demo:age", "variableName": "age", "isVis": True}
        )
        activity["ui"]["order"].append("demo:age")

    edit(tmp_path / "tent_comfort" / "tent_comfort_schema", change)
    assert lint(tmp_path) == []
