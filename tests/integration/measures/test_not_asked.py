"""What is assigned and not asked says so; what only follows an answer cannot be assigned."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.sense.measures.models import Assignment
from holdfast.sense.measures.prompting.queries import usable
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def assign(scene: Scene, instrument: str) -> Any:
    body = {"instrument": instrument, "when": {"kind": "once"}, "starts_on": "2026-11-23"}
    with at(MONDAY_10):
        return scene.clinician().post(
            scene.mine("assignments"), body, content_type="application/json"
        )


def terms(scene: Scene, instrument: str, method: str) -> Any:
    with at(MONDAY_10):
        return factories.browser(scene.ada.user).generic(
            method, scene.url(f"instruments/{instrument}/accept-terms")
        )


def listed(scene: Scene) -> dict[str, Any]:
    with at(MONDAY_10):
        rows = scene.clinician().get(scene.mine("assignments")).json()["items"]
    return {row["instrument"]: row["not_asked"] for row in rows}


def in_the_practice(scene: Scene, who: Any) -> Any:
    with at(MONDAY_10):
        rows = factories.browser(who.user).get(scene.url("instruments")).json()["items"]
    return {row["id"]: row["not_asked"] for row in rows}


def test_terms_that_were_withdrawn_are_told_to_clinician_and_administrator(scene: Scene) -> None:
    assert terms(scene, "who-5", "POST").status_code == 200
    assert assign(scene, "who-5").status_code == 201
    assert assign(scene, "phq-9").json()["not_asked"] is None
    assert listed(scene) == {"who-5": None, "phq-9": None}

    assert terms(scene, "who-5", "DELETE").status_code == 204
    assert listed(scene) == {"who-5": "terms-withdrawn", "phq-9": None}
    told = in_the_practice(scene, scene.ada)
    assert (told["who-5"], told["phq-9"], told["audit-c"]) == (1, None, 0)

    assert terms(scene, "who-5", "POST").status_code == 200
    assert listed(scene)["who-5"] is None
    assert in_the_practice(scene, scene.ada)["who-5"] is None


def test_a_questionnaire_that_is_gone_is_told(scene: Scene) -> None:
    assert assign(scene, "phq-9").status_code == 201
    Assignment.objects.update(instrument="no-longer-here")
    assert listed(scene) == {"no-longer-here": "gone"}


def test_how_many_are_not_asked_is_the_administrators_matter(scene: Scene) -> None:
    assert terms(scene, "who-5", "POST").status_code == 200
    assert assign(scene, "who-5").status_code == 201
    assert terms(scene, "who-5", "DELETE").status_code == 204
    assert set(in_the_practice(scene, scene.dana).values()) == {None}


def test_what_follows_an_answer_cannot_be_assigned_by_itself(scene: Scene) -> None:
    refused = assign(scene, "asq")
    assert (refused.status_code, refused.json()["code"]) == (409, "only-as-follow-up")
    assert not Assignment.objects.exists()


def test_listing_takes_as_many_statements_for_many_as_for_one(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    names = ["who-5", "phq-9", "gad-7", "audit-c"]
    with django_assert_num_queries(1):
        assert set(usable(names, scene.practice.pk)) == {"phq-9", "gad-7"}
    with django_assert_num_queries(0):
        usable(["phq-9"], scene.practice.pk)
