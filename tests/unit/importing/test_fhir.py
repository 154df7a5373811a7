"""FHIR R4 as servers and form tools write it: files, people, questions and answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.importing.readers import fhir
from holdfast.sense.measures.importing.records import Answers, Entry, ImportFault

Resource = dict[str, Any]
PHQ9 = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7",
        "44258-2", "44252-5", "44253-3", "44260-8")  # fmt: skip
FREQUENCY = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
SYSTEM = "http://loinc.org"


def coded(code: str, **more: Any) -> Resource:
    return {"valueCoding": {"system": SYSTEM, "code": code, **more}}


def item(link: str, *answers: Resource, **more: Any) -> Resource:
    return {"linkId": link, **({"answer": list(answers)} if answers else {}), **more}


def phq9(codes: str = "121032100", **changes: Any) -> Resource:
    """As LHC-Forms writes it: links are LOINC codes with a slash, answers LOINC answer codes."""
    items = [
        item(f"/{name}", coded(FREQUENCY[int(code)]))
        for name, code in zip(PHQ9, codes, strict=False)
    ]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "r1",
        "status": "completed",
        "questionnaire": "http://loinc.org/q/44249-1",
        "subject": {"reference": "Patient/p1"},
        "authored": "2020-01-31T09:30:00+01:00",
        "item": items,
        **changes,
    }


def bundle(*resources: Resource) -> Resource:
    entries = [{"fullUrl": one.pop("fullUrl", ""), "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def read(folder: Path, content: object, name: str = "f.json") -> list[Entry]:
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return list(fhir.read(path, builtin(), "Europe/Berlin"))


def only(folder: Path, content: object) -> Answers:
    [one] = read(folder, content)
    assert one.reason == ""
    return one.answers[0]


def codes_of(answers: Answers) -> list[object]:
    return [answers.items.get(f"phq9_{number}") for number in range(1, 10)]


def test_answers_of_a_form_tool_with_loinc_links_and_codes(tmp_path: Path) -> None:
    answers = only(tmp_path, phq9())
    assert answers.instrument == "phq-9"
    assert codes_of(answers) == [1, 2, 1, 0, 3, 2, 1, 0, 0]
    assert answers.at == datetime(2020, 1, 31, 8, 30, tzinfo=UTC)
    assert answers.key == "r1"


@pytest.mark.parametrize("shape", ["one", "list", "bundle", "ndjson", "lines in .json", "late key"])
def test_every_shape_of_file_gives_the_same_answers(tmp_path: Path, shape: str) -> None:
    one = phq9()
    late = {"entry": [{"resource": one}], "type": "collection", "resourceType": "Bundle"}
    content, name = {
        "one": (one, "f.json"),
        "list": ([one], "f.json"),
        "bundle": (bundle(one), "f.json"),
        "ndjson": (json.dumps(one) + "\n\n", "f.ndjson"),
        "lines in .json": (json.dumps(one) + "\n" + json.dumps(one | {"id": "r2"}), "f.json"),
        "late key": (late, "f.json"),
    }[shape]
    found = read(tmp_path, content, name)
    assert [each.reason for each in found] == [""] * len(found)
    assert codes_of(found[0].answers[0]) == [1, 2, 1, 0, 3, 2, 1, 0, 0]


def test_patients_name_their_people_wherever_they_stand(tmp_path: Path) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "fullUrl": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "name": [{"given": ["Luke", "Jo"], "family": "Skywalker"}],
        "gender": "male",
        "address": [{"country": "DE"}],
    }
    by_urn: Resource = {"subject": {"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}}
    by_url: Resource = {"subject": {"reference": "https://fhir.example/r4/Patient/p1/_history/3"}}
    found = read(
        tmp_path,
        bundle(phq9(), phq9(**by_urn), phq9(**by_url), {"resourceType": "Encounter"}, patient),
    )
    assert len(found) == 3
    for one in found:
        assert one.person is not None
        assert (one.person.external_id, one.person.name) == ("fhir:p1", "Luke Jo Skywalker")
        assert (one.person.sex, one.person.country) == ("male", "DE")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"reference": "Patient/77"}, "fhir:77"),
        ({"reference": "urn:uuid:ab-1"}, "fhir:ab-1"),
        ({"identifier": {"system": "urn:mrn", "value": "M5"}}, "fhir:M5"),
        ({"reference": "#me"}, "fhir:K9"),
    ],
)
def test_people_without_a_patient_in_the_file(
    tmp_path: Path, subject: Resource, expected: str
) -> None:
    me = {"resourceType": "Patient", "id": "me", "identifier": [{"value": "K9"}]}
    [one] = read(tmp_path, phq9(subject=subject, contained=[me]))
    assert one.person is not None
    assert one.person.external_id == expected


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"valueInteger": 2}, 2),
        ({"valueDecimal": 2.0}, 2),
        ({"valueString": "2"}, 2),
        ({"valueBoolean": True}, 1),
        ({"valueQuantity": {"value": 3}}, 3),
        (coded("x", extension=[{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                                "valueDecimal": 3}]), 3),
        (coded("x") | {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight",
                                      "valueDecimal": 1}]}, 1),
        (coded("at0005", display="More than half the days"), 2),
        (coded("", display="Beinahe jeden Tag"), 3),
        ({"valueString": "Varios días"}, 1),
    ],
)  # fmt: skip
def test_every_way_to_say_an_answer(tmp_path: Path, answer: Resource, code: int) -> None:
    answers = only(tmp_path, phq9(item=[item("/44250-9", answer)]))
    assert answers.items == {"phq9_1": code}


@pytest.mark.parametrize("link", ["/44250-9", "44250-9", "phq9_1", "PHQ.1", "phq9-1", "1", "q1",
                                  "/44249-1/44250-9"])  # fmt: skip
def test_every_way_to_name_a_question(tmp_path: Path, link: str) -> None:
    answers = only(tmp_path, phq9(item=[item(link, coded("LA6570-1"))]))
    assert answers.items == {"phq9_1": 2}


@pytest.mark.parametrize("link", ["1.1", "2-3", "phq9x", "mood"])
def test_a_link_that_may_mean_anything_is_refused(tmp_path: Path, link: str) -> None:
    [one] = read(tmp_path, phq9(item=[item("/44255-8", coded("LA6570-1")), item(link, coded("0"))]))
    assert one.reason == f"item: '{link}' is not in phq-9"


def test_nested_questions_totals_and_the_difficulty_question(tmp_path: Path) -> None:
    questions = phq9()["item"]
    group = item("/44249-1", item=questions[:4])
    below = item("/x", {"valueBoolean": True, "item": questions[4:]}, code=[])
    total = item("/44261-6", {"valueDecimal": 10})
    difficulty = item("/69722-7", coded("LA6573-5"))
    answers = only(tmp_path, phq9(item=[group, *questions[4:], total, difficulty]))
    assert codes_of(answers) == [1, 2, 1, 0, 3, 2, 1, 0, 0]
    assert answers.items["phq9_10"] == 1
    [unknown] = read(tmp_path, phq9(item=[group, below]))
    assert unknown.reason == "item: '/x' is not in phq-9"


@pytest.mark.parametrize(
    "canonical",
    ["http://loinc.org/q/44249-1", "Questionnaire/phq-9", "https://x.example/Questionnaire/PHQ9",
     "https://x.example/Questionnaire/phq-9|1.0.0", "https://x.example/Questionnaire/phq-9|4711",
     "", "Questionnaire/whatever"],
)  # fmt: skip
def test_the_instrument_is_found_by_address_panel_code_or_its_questions(
    tmp_path: Path, canonical: str
) -> None:
    answers = only(tmp_path, phq9(questionnaire=canonical))
    assert (answers.instrument, answers.version) == ("phq-9", "1.0.0")


def test_questions_alone_tell_the_smallest_instrument_that_has_them_all(tmp_path: Path) -> None:
    def instrument(count: int, **more: Any) -> str:
        questions = phq9()["item"][:count]
        return only(tmp_path, phq9(questionnaire="", item=questions, **more)).instrument

    assert instrument(2) == "phq-2"
    assert instrument(8) == "phq-8"
    asked_but_left_out = [*phq9()["item"][:8], item("/44260-8")]
    assert only(tmp_path, phq9(questionnaire="", item=asked_but_left_out)).instrument == "phq-9"


@pytest.mark.parametrize("contained", [False, True])
def test_a_questionnaire_in_the_file_explains_links_and_weights(
    tmp_path: Path, contained: bool
) -> None:
    ordinal = {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 3}
    definition = {
        "resourceType": "Questionnaire",
        "id": "form",
        "url": "https://x.example/Questionnaire/form",
        "code": [{"system": SYSTEM, "code": "44249-1"}],
        "item": [
            {
                "linkId": "a-b-c",
                "code": [{"system": SYSTEM, "code": "44250-9"}],
                "answerOption": [{"valueCoding": {"code": "often", "extension": [ordinal]}}],
            }
        ],
    }
    answered = [item("a-b-c", {"valueCoding": {"code": "often"}})]
    if contained:
        content = phq9(questionnaire="#form", item=answered, contained=[definition])
    else:
        canonical = "https://x.example/Questionnaire/form|2"
        content = bundle(phq9(questionnaire=canonical, item=answered), definition)
    answers = only(tmp_path, content)
    assert (answers.instrument, answers.items) == ("phq-9", {"phq9_1": 3})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "in-progress"}, "status: 'in-progress'"),
        ({"status": "entered-in-error"}, "status: 'entered-in-error'"),
        ({"status": None}, "status: None"),
        ({"authored": None}, "authored: no time"),
        ({"authored": "2020"}, "no instant or date"),
        ({"authored": "2020-01-31T10:00:00"}, "a time without its offset"),
        ({"subject": None}, "subject: no reference"),
        ({"subject": {"reference": "#gone"}}, "a contained person without an identifier"),
        ({"item": []}, "item: no answer"),
        ({"questionnaire": "x", "item": [item("colour", coded("red"))]}, "no instrument at hand"),
        ({"item": [item("/44250-9", coded("red"))]}, "has an answer that gives no code"),
        ({"item": [item("/44250-9", coded("0"), coded("1"))]}, "answered twice"),
        ({"item": [item("/44250-9", coded("0")), item("1", coded("1"))]}, "answered twice"),
        ({"item": "much"}, "does not have the shape"),
        ({"subject": [3]}, "does not have the shape"),
    ],
)
def test_a_response_is_refused_with_its_reason(
    tmp_path: Path, changes: Resource, reason: str
) -> None:
    [good, bad] = read(tmp_path, bundle(phq9(), phq9(**changes)))
    assert good.reason == ""
    assert (bad.line, reason in bad.reason) == (2, True), bad.reason


def test_a_date_without_a_time_is_noon_in_the_practices_zone(tmp_path: Path) -> None:
    assert only(tmp_path, phq9(authored="2020-01-31")).at.isoformat() == "2020-01-31T12:00:00+01:00"


@pytest.mark.parametrize("text", ["", "{", "hello", '{"entry": [{"resource": {', "[]", "{}"])
def test_a_file_that_is_no_fhir_is_a_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(ImportFault, match=r"not readable as JSON|no FHIR resource"):
        read(tmp_path, text)


def test_lines_that_are_no_resources_are_refused_alone(tmp_path: Path) -> None:
    found = read(tmp_path, json.dumps(phq9()) + '\n{\n3\n{"a": 1}\n', "f.ndjson")
    assert [one.reason for one in found] == [
        "",
        "not JSON",
        "not a FHIR resource",
        "not a FHIR resource",
    ]
