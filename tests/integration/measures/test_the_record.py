"""Life events, medications, the course of the scores, and the copy a person takes away."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from holdfast.core.identity.erasure import Subject
from holdfast.sense.measures import erasure, facade
from holdfast.sense.measures.export.tables import cell
from holdfast.sense.measures.models import LifeEvent, Medication, Response, Score
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene, phq9

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def answer(scene: Scene, others: list[int], days_apart: int = 7) -> None:
    for number, code in enumerate(others):
        moment = MONDAY_10 + timedelta(days=number * days_apart)
        body = phq9(0, code, answered_at=moment.isoformat())
        with at(moment):
            reply = scene.person().post(scene.mine("responses"), body, content_type=JSON)
        assert reply.status_code == 201


def call(scene: Scene, method: str, path: str, body: Any = None, browser: Any = None) -> Any:
    with at(MONDAY_10):
        using = browser or scene.person()
        return getattr(using, method)(scene.mine(path), body or {}, content_type=JSON)


def test_events_are_added_changed_and_removed(scene: Scene) -> None:
    body = {"kind": "life", "label": "New job", "at": "2026-11-01T09:00:00Z"}
    made = call(scene, "post", "events", body)
    assert made.status_code == 201
    path = f"events/{made.json()['id']}"
    changed = call(scene, "patch", path, {"label": "New post", "end": "2026-11-02T09:00:00Z"})
    assert (changed.json()["label"], changed.json()["kind"]) == ("New post", "life")
    wrong = call(scene, "patch", path, {"end": "2026-10-02T09:00:00Z"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "before-start")
    assert b"New post" not in bytes(LifeEvent.objects.get().label_sealed)
    assert call(scene, "delete", path).status_code == 204
    assert call(scene, "delete", path).status_code == 404


def test_medications_are_kept_with_doses(scene: Scene) -> None:
    body = {"name": "Sertraline", "dose": 50, "unit": "mg", "started_on": "2026-10-01"}
    made = call(scene, "post", "medications", body).json()
    path = f"medications/{made['id']}"
    assert call(scene, "patch", path, {"ended_on": "2026-09-01"}).status_code == 422
    assert call(scene, "patch", path, {"name": None}).status_code == 422
    assert call(scene, "patch", path, {"dose": 100}).json()["dose"] == 100
    with at(MONDAY_10):
        seen = scene.clinician().get(scene.mine("medications")).json()["items"]
    assert [(one["name"], one["dose"], one["unit"]) for one in seen] == [("Sertraline", 100, "mg")]


def test_what_belongs_to_somebody_else_is_not_found(scene: Scene) -> None:
    with at(MONDAY_10):
        other = make_scene()
    theirs = call(other, "post", "medications", {"name": "X"}).json()["id"]
    assert call(scene, "patch", f"medications/{theirs}", {"dose": 1}).status_code == 404
    body = {"kind": "medication", "label": "x", "at": "2026-11-01T09:00:00Z"}
    assert call(scene, "post", "events", body | {"medication_id": theirs}).status_code == 404
    assert Medication.objects.get().dose is None


def test_the_course_says_what_is_more_than_noise(scene: Scene) -> None:
    answer(scene, [0, 0, 0, 0, 0, 2, 2, 2, 2, 2])
    series = call(scene, "get", "progress").json()["series"]
    total = next(one for one in series if one["scale"] == "total")
    assert (total["instrument"], total["main"], total["direction"]) == ("phq-9", True, "lower")
    assert total["bands"][0]["id"] == "minimal"
    assert [point["value"] for point in total["points"]] == [0] * 5 + [16] * 5
    assert total["change"]["verdict"] == "deteriorated"
    assert total["change"]["reliable_points"] == 6
    assert total["changepoint"]["at"] == "2026-12-21T10:00:00Z"
    assert (total["changepoint"]["level_before"], total["changepoint"]["level_after"]) == (0, 16)
    assert total["trend"]["per_week"] > 0


def test_little_is_said_about_few_answers(scene: Scene) -> None:
    answer(scene, [1])
    total = call(scene, "get", "progress").json()["series"][0]
    assert (total["change"], total["changepoint"], total["trend"]) == (None, None, None)


def test_the_course_takes_two_statements(scene: Scene, django_assert_num_queries: Any) -> None:
    answer(scene, [0, 1, 2])
    facade.catalogue()
    with django_assert_num_queries(2):
        facade.progress(scene.client)


def fill(scene: Scene) -> None:
    answer(scene, [1, 2])
    call(scene, "post", "medications", {"name": "=HYPERLINK(1)", "dose": 50, "unit": "mg"})
    body = {"kind": "life", "label": "Moved", "at": "2026-11-01T09:00:00Z", "dose": 3}
    call(scene, "post", "events", body)


def test_the_bundle_holds_everything_and_its_references_resolve(scene: Scene) -> None:
    fill(scene)
    with at(MONDAY_10):
        reply = scene.person().get(scene.mine("export?format=fhir"))
    assert reply["Content-Type"] == "application/fhir+json"
    bundle = json.loads(b"".join(reply))
    resources = [entry["resource"] for entry in bundle["entry"]]
    kinds = [one["resourceType"] for one in resources]
    assert kinds.count("QuestionnaireResponse") == 2
    assert {"Patient", "Questionnaire", "Observation", "MedicationStatement", "Flag"} <= set(kinds)
    urls = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(urls) == len(bundle["entry"])

    def references(value: Any) -> Any:
        if isinstance(value, dict):
            if "reference" in value:
                yield value["reference"]
            for part in value.values():
                yield from references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    assert set(references(resources)) <= urls
    questionnaires = {
        f"{one['url']}|{one['version']}"
        for one in resources
        if one["resourceType"] == "Questionnaire"
    }
    responses = [one for one in resources if one["resourceType"] == "QuestionnaireResponse"]
    assert {one["questionnaire"] for one in responses} <= questionnaires
    score = next(
        one
        for one in resources
        if one["resourceType"] == "Observation" and "valueQuantity" in one and one.get("category")
    )
    assert score["code"]["coding"][0] == {"system": "http://loinc.org", "code": "44261-6"}


def test_the_tables_hold_every_answer_and_no_formula(scene: Scene) -> None:
    fill(scene)
    with at(MONDAY_10):
        reply = scene.person().get(scene.mine("export?format=csv"))
    with zipfile.ZipFile(io.BytesIO(b"".join(reply))) as bundle:
        tables = {
            name: list(csv.DictReader(io.StringIO(bundle.read(name).decode())))
            for name in bundle.namelist()
        }
    assert set(tables) == {
        "answers.csv", "scores.csv", "events.csv", "medications.csv", "flags.csv",
        "meetings.csv", "notes.csv", "consents.csv", "invoices.csv", "access-log.csv",
        "screenings.csv",
        "enquiries.csv", "appointments.csv", "messages.csv", "programmes.csv",
        "reminders.csv", "invitations.csv", "calendar_feeds.csv", "peer_chats.csv",
    }  # fmt: skip
    assert len(tables["answers.csv"]) == 2 * 9
    assert [row["value"] for row in tables["scores.csv"]] == ["8.0", "16.0"]
    assert tables["medications.csv"][0]["name"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx"])
def test_no_cell_begins_as_a_formula(text: str) -> None:
    assert cell(text) == "'" + text


def test_numbers_stay_numbers() -> None:
    assert cell(-1.5) == -1.5


def test_a_stranger_gets_no_copy(scene: Scene) -> None:
    with at(MONDAY_10):
        other = make_scene()
        assert scene.clinician(scene.eli).get(scene.mine("export")).status_code == 403
        assert other.person().get(scene.mine("export")).status_code == 404


def test_what_was_measured_is_forgotten_with_the_account(scene: Scene) -> None:
    fill(scene)
    assert scene.client.user_id is not None
    subject = Subject(scene.client.user_id, scene.practice.pk, scene.client.pk)
    for _ in range(2):
        erasure.forget(subject)
    for model in (Response, Score, LifeEvent, Medication):
        assert not model.objects.exists()


def test_another_persons_record_stays(scene: Scene) -> None:
    fill(scene)
    other = factories.make_client(scene.practice)
    assert other.user_id is not None
    erasure.forget(Subject(other.user_id, scene.practice.pk, other.pk))
    assert Response.objects.count() == 2
