"""The copy that somebody takes away: FHIR R4 that others read, and a table per kind of thing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from holdfast.core.tenancy.models import CareTeamMember
from holdfast.safety.flags.models import Flag
from tests import factories
from tests.integration.leaving.scene import Scene, make_scene

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def scene() -> Scene:
    """A person who was discharged: nobody is on their care team any more."""
    scene = make_scene()
    dana = factories.browser(scene.dana.user)
    assert dana.get(scene.path("overview")).status_code == 200
    CareTeamMember.objects.all().delete()
    Flag.objects.update(owner=None)
    assert dana.get(scene.path("overview")).status_code == 403
    return scene


def copy(scene: Scene, how: str) -> bytes:
    answer = factories.browser(scene.user, False).get(scene.path(f"export?format={how}"))
    assert answer.status_code == 200
    return b"".join(answer)


def test_a_discharged_person_s_bundle_is_valid_fhir_with_everything_in_it(scene: Scene) -> None:
    read: Any = Bundle.model_validate_json(copy(scene, "fhir"))
    kinds = [entry.resource.get_resource_type() for entry in read.entry]
    assert set(kinds) == {
        "Patient", "Questionnaire", "QuestionnaireResponse", "Observation", "MedicationStatement",
        "Flag", "Encounter", "Consent", "AuditEvent",
    }  # fmt: skip
    assert kinds.count("Encounter") == 2
    ids = [entry.fullUrl for entry in read.entry]
    assert len(set(ids)) == len(ids)


def test_it_says_what_was_planned_decided_and_read(scene: Scene) -> None:
    entries = json.loads(copy(scene, "fhir"))["entry"]
    of = {one["resource"]["resourceType"]: one["resource"] for one in entries}
    assert of["Consent"]["policyRule"]["text"] == "care_team, version 1"
    who = {
        one["resource"]["agent"][0]["who"]["display"]
        for one in entries
        if one["resource"]["resourceType"] == "AuditEvent"
    }
    assert "Dana" in who


def test_the_tables_say_the_same(scene: Scene) -> None:
    with zipfile.ZipFile(io.BytesIO(copy(scene, "csv"))) as bundle:
        rows = {
            name: list(csv.DictReader(io.StringIO(bundle.read(name).decode())))
            for name in bundle.namelist()
        }
    assert {row["status"] for row in rows["meetings.csv"]} == {"finished", "planned"}
    assert rows["consents.csv"][0]["purpose"] == "care_team"
    assert {"Dana"} <= {row["who"] for row in rows["access-log.csv"]}
