"""The safety plan: in the person's words, sealed, every version kept."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.core.identity.erasure import Subject
from holdfast.safety.plans import erasure
from holdfast.safety.plans.models import SafetyPlan
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def write(scene: Scene, steps: dict[str, Any], shared: bool = True, browser: Any = None) -> Any:
    with at(MONDAY_10):
        return (browser or scene.person()).put(
            scene.mine("safety-plan"),
            {"steps": steps, "shared": shared},
            content_type="application/json",
        )


def read(scene: Scene, browser: Any) -> Any:
    with at(MONDAY_10):
        return browser.get(scene.mine("safety-plan")).json()


def test_there_is_none_at_first(scene: Scene) -> None:
    plan = read(scene, scene.person())
    assert (plan["version"], plan["updated_at"]) == (0, None)
    assert set(plan["steps"]) == {
        "warning_signs", "coping", "places", "people", "professionals", "safer",
    }  # fmt: skip


def test_it_is_sealed_and_versions_are_kept(scene: Scene) -> None:
    assert write(scene, {"coping": ["  Walk to the harbour ", " "]}).json()["version"] == 1
    assert write(scene, {"coping": ["Walk", "Call Kim"]}).json()["version"] == 2
    assert [one.steps["coping"] for one in SafetyPlan.objects.order_by("version")] == [
        ["Walk to the harbour"],
        ["Walk", "Call Kim"],
    ]
    assert not any(b"Walk" in bytes(one.steps_sealed) for one in SafetyPlan.objects.all())


def test_the_same_again_makes_no_version(scene: Scene) -> None:
    write(scene, {"coping": ["Walk"]})
    assert write(scene, {"coping": ["Walk"]}).json()["version"] == 1
    assert write(scene, {"coping": ["Walk"]}, shared=False).json()["version"] == 2


def test_it_says_who_reads_it(scene: Scene) -> None:
    assert write(scene, {}, shared=True).json()["readers"] == ["self", "care_team", "flag_owner"]
    assert write(scene, {}, shared=False).json()["readers"] == ["self"]


def test_the_care_team_reads_what_is_shared_and_nothing_else(scene: Scene) -> None:
    write(scene, {"coping": ["Walk"]})
    assert read(scene, scene.clinician())["steps"]["coping"] == ["Walk"]
    write(scene, {"coping": ["Only mine"]}, shared=False)
    seen = read(scene, scene.clinician())
    assert (seen["version"], seen["steps"]["coping"]) == (0, [])
    assert read(scene, scene.person())["steps"]["coping"] == ["Only mine"]


def test_nobody_else_writes_it_and_strangers_do_not_read_it(scene: Scene) -> None:
    with at(MONDAY_10):
        other = make_scene()
        assert write(scene, {}, browser=scene.clinician()).status_code == 403
        for browser, status in ((scene.clinician(scene.eli), 403), (other.person(), 404)):
            assert browser.get(scene.mine("safety-plan")).status_code == status


@pytest.mark.parametrize("steps", [{"coping": ["x" * 501]}, {"coping": ["x"] * 21}])
def test_it_has_bounds(scene: Scene, steps: dict[str, Any]) -> None:
    assert write(scene, steps).status_code == 422


def test_it_is_forgotten_with_the_account(scene: Scene) -> None:
    write(scene, {"coping": ["Walk"]})
    other = factories.make_client(scene.practice)
    assert other.user_id is not None
    erasure.forget(Subject(other.user_id, scene.practice.pk, other.pk))
    assert SafetyPlan.objects.count() == 1
    assert scene.client.user_id is not None
    erasure.forget(Subject(scene.client.user_id, scene.practice.pk, scene.client.pk))
    assert not SafetyPlan.objects.exists()
