"""Published instruments, taken from our own packs, against what is known of them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.sense.measures.engine.lint import Finding, lint
from tests.unit.lint.forms import WRITERS, Form

CONTENT = Path(str(files("holdfast.sense.measures").joinpath("content", "instruments")))


def pack(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((CONTENT / f"{name}-1.0.0.yaml").read_text("utf-8"))
    return data


def form_of(name: str, *, called: str | None = None, languages: list[str] | None = None) -> Form:
    """The scored items of a pack as a test form; `called` hides or changes its name."""
    data = pack(name)
    scored = [i for i in data["items"] if i.get("scored", True)]
    texts = {t: w for t, w in data["texts"].items() if languages is None or t in languages}
    ids = [i["id"] for i in scored]
    options = {
        tag: {
            i["id"]: [
                (str(code), label)
                for code, label in zip(
                    data["option_sets"][i["options"]], words["options"][i["options"]], strict=True
                )
            ]
            for i in scored
        }
        for tag, words in texts.items()
    }
    top = sum(max(data["option_sets"][i["options"]]) for i in scored)
    return Form(
        name=called or name.replace("-", ""),
        stem={tag: words["stem"] for tag, words in texts.items()},
        items={i: {tag: words["items"][i] for tag, words in texts.items()} for i in ids},
        options=options,
        total=ids,
        highest=int(top),
    )


def lint_form(form: Form, name: str, folder: Path) -> list[Finding]:
    WRITERS[name](form, folder)
    return lint(folder)


SOUND = ["phq-9", "phq-8", "phq-2", "phq-4", "gad-7", "gad-2", "phq-15", "pcl-5", "k6", "who-5"]


def test_our_own_packs_have_no_findings() -> None:
    assert lint(CONTENT) == []


@pytest.mark.parametrize("writer", sorted(WRITERS))
@pytest.mark.parametrize("name", SOUND)
def test_a_sound_copy_in_any_format_has_no_findings(name: str, writer: str, tmp_path: Path) -> None:
    findings = lint_form(form_of(name), writer, tmp_path)
    if writer == "pack":  # the test pack declares two weeks for everything
        findings = [f for f in findings if f.rule != "recall-period"]
    assert findings == []


@pytest.mark.parametrize("writer", ["radar", "fhir", "reproschema"])
def test_k6_coded_from_one_differs_from_the_reference(writer: str, tmp_path: Path) -> None:
    form = form_of("k6")
    for item, options in form.options["en"].items():
        form.options["en"][item] = [(str(int(code) + 1), label) for code, label in options]
    form.highest = 30
    findings = lint_form(form, writer, tmp_path)
    assert {f.rule for f in findings} == {"codes-differ-from-reference"}
    assert {f.item for f in findings} == set(form.items)


def test_an_instrument_is_recognised_by_its_words_under_any_name(tmp_path: Path) -> None:
    form = form_of("gad-7", called="morning_survey", languages=["en"])
    for item, options in form.options["en"].items():
        form.options["en"][item] = [(str(int(code) + 1), label) for code, label in options]
    form.highest = 28
    findings = lint_form(form, "radar", tmp_path)
    assert {f.rule for f in findings} == {"codes-differ-from-reference"}
    assert len(findings) == 7


def test_a_lone_form_with_reversed_answers_runs_against_the_reference(tmp_path: Path) -> None:
    form = form_of("gad-7", languages=["de-DE"])
    for item, options in form.options["de-DE"].items():
        labels = [label for _, label in options][::-1]
        form.options["de-DE"][item] = [
            (code, label) for (code, _), label in zip(options, labels, strict=True)
        ]
    findings = lint_form(form, "fhir", tmp_path)
    assert {(f.rule, f.language) for f in findings} == {("polarity", "de-DE")}
    assert len(findings) == 7


@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_the_difficulty_item_summed_into_gad_7_is_found(writer: str, tmp_path: Path) -> None:
    form = form_of("gad-7", languages=["en"])
    form.items["gad7_8"] = {
        "en": "If you checked any problems, how difficult have they made it to do your work?"
    }
    form.options["en"]["gad7_8"] = [
        (str(code), label)
        for code, label in enumerate(
            ["Not difficult at all", "Somewhat difficult", "Very difficult", "Extremely difficult"]
        )
    ]
    form.order = list(form.items)
    form.total = list(form.items)
    form.highest = 24
    findings = lint_form(form, writer, tmp_path)
    assert {(f.rule, f.item) for f in findings} == {("scoring-item", "gad7_8")}


def test_the_difficulty_item_beside_gad_7_is_sound(tmp_path: Path) -> None:
    form = form_of("gad-7", languages=["en"])
    form.items["gad7_8"] = {
        "en": "If you checked any problems, how difficult have they made it to do your work?"
    }
    form.options["en"]["gad7_8"] = [("0", "Not difficult at all"), ("1", "Very difficult")]
    form.order = list(form.items)
    assert lint_form(form, "reproschema", tmp_path) == []


@pytest.mark.parametrize(
    ("name", "language", "stem"),
    [
        (
            "phq-15",
            "en",
            "During the past 1 week, how much have you been bothered by any of these?",
        ),
        ("phq-9", "hi", "पिछले सप्ताह में, आप कितनी बार निम्नलिखित समस्याओं से परेशान हुए?"),
        ("phq-9", "en", "Over the past month, how often have you been bothered by these problems?"),
        ("gad-7", "ar", "خلال الأسبوع الماضي، كم مرة أقلقتك المشاكل التالية؟"),
        ("gad-7", "zh-Hans", "在过去一个月内，以下问题困扰您的频率有多少？"),
    ],
)
def test_another_recall_period_than_published_is_found(
    name: str, language: str, stem: str, tmp_path: Path
) -> None:
    source = language if language in pack(name)["texts"] else "en"
    form = form_of(name, languages=[source])
    form.stem = {language: stem}
    form.items = {i: {language: t[source]} for i, t in form.items.items()}
    form.options = {language: form.options[source]}
    findings = lint_form(form, "fhir", tmp_path)
    found = {(f.rule, f.item, f.language) for f in findings}
    assert ("recall-period", None, language) in found


def test_a_missing_item_of_a_published_form_is_found_in_a_lone_file(tmp_path: Path) -> None:
    form = form_of("phq-9", languages=["en"])
    del form.items["phq9_9"]
    form.order.remove("phq9_9")
    form.total.remove("phq9_9")
    form.highest = 24
    findings = lint_form(form, "radar", tmp_path)
    assert {f.rule for f in findings} == {"item-count"}


def test_an_introduction_of_another_regional_form_is_found(tmp_path: Path) -> None:
    form = form_of("phq-9", languages=["pt-BR"])
    form.stem = {
        "pt": "Durante os últimos 14 dias, em quantos foi afectado/a por algum dos seguintes"
        " problemas?"
    }
    form.items = {i: {"pt": t["pt-BR"]} for i, t in form.items.items()}
    form.options = {"pt": form.options["pt-BR"]}
    findings = lint_form(form, "fhir", tmp_path)
    assert [(f.rule, f.item, f.language) for f in findings] == [("text-variant", None, "pt")]


def test_texts_of_no_known_form_are_found(tmp_path: Path) -> None:
    form = form_of("gad-7", languages=["fr-FR"])
    strange = [
        "Je me sens mal dans ma peau ces temps-ci",
        "Je pense sans cesse aux mêmes choses",
        "Tout me préoccupe à la maison",
        "Impossible de me poser un instant",
        "Je bouge sans arrêt sur ma chaise",
        "Je me fâche pour un rien",
        "Je crains le pire pour demain",
    ]
    form.items = {i: {"fr": text} for i, text in zip(form.items, strange, strict=True)}
    form.stem = {"fr": form.stem["fr-FR"]}
    form.options = {"fr": form.options["fr-FR"]}
    findings = lint_form(form, "radar", tmp_path)
    assert {(f.rule, f.language) for f in findings} == {("text-variant", "fr")}


def test_fhir_translations_are_languages_of_their_own(tmp_path: Path) -> None:
    form = Form()
    WRITERS["fhir"](form, tmp_path)
    german = json.loads((tmp_path / "tent_comfort-de.json").read_text("utf-8"))
    english_path = tmp_path / "tent_comfort-en.json"
    english = json.loads(english_path.read_text("utf-8"))
    (tmp_path / "tent_comfort-de.json").unlink()
    for item, other in zip(english["item"], german["item"], strict=True):
        item["_text"] = _translation("de", other["text"])
        for option, label in zip(
            item.get("answerOption", []), reversed(other.get("answerOption", [])), strict=True
        ):
            option["valueCoding"]["_display"] = _translation("de", label["valueCoding"]["display"])
    english_path.write_text(json.dumps(english), "utf-8")
    findings = lint(tmp_path)
    assert {(f.rule, f.language) for f in findings} == {("polarity", "de")}
    assert len(findings) == 4


def _translation(language: str, text: str) -> dict[str, Any]:
    return {
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/translation",
                "extension": [
                    {"url": "lang", "valueCode": language},
                    {"url": "content", "valueString": text},
                ],
            }
        ]
    }


def test_a_symptom_of_one_word_that_stands_twice_is_found(tmp_path: Path) -> None:
    form = form_of("phq-15")
    form.items["phq15_8"]["en"] = form.items["phq15_7"]["en"]
    findings = lint_form(form, "fhir", tmp_path)
    assert {(f.rule, f.item) for f in findings} == {("duplicate-text", "phq15_8")}
