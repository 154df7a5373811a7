"""After a flag is closed: who keeps reading its page, and what else of the person they may read."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.safety.flags import tasks
from holdfast.safety.flags.models import Flag
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, as_shown, at, make_scene
from tests.integration.safety.test_flags import do, raise_one, signal

pytestmark = pytest.mark.django_db

CLOSING = factories.instant("2026-11-23T16:00:01+00:00")


@pytest.fixture
def scene() -> Scene:
    """Eli is on call and treats nobody here."""
    with at(MONDAY_10):
        return make_scene()


def _came_to_eli_who_closed_it(scene: Scene) -> Flag:
    flag = raise_one(scene)
    with at(CLOSING):
        tasks.escalate_due(CLOSING)
    for step, body in (("acknowledge", {}), ("close", {"outcome": "safe-and-followed-up"})):
        answer = do(scene, flag, step, body, who=scene.eli, moment=CLOSING)
        assert answer.status_code == 200
    assert answer.json()["record_open"] is False
    flag.refresh_from_db()
    return flag


def _get(scene: Scene, url: str, who: Any) -> Any:
    with at(CLOSING):
        return scene.clinician(who).get(url)


def _listed_as_closed(scene: Scene, who: Any) -> list[str]:
    rows = _get(scene, scene.url("flags?state=closed"), who).json()["items"]
    return [row["id"] for row in rows]


def test_whoever_on_call_closed_it_keeps_its_page_and_the_worklist_lists_it(scene: Scene) -> None:
    flag = _came_to_eli_who_closed_it(scene)
    page = _get(scene, scene.url(f"flags/{flag.pk}"), scene.eli)
    assert page.status_code == 200
    assert page.json()["record_open"] is False
    assert _listed_as_closed(scene, scene.eli) == [str(flag.pk)]


@pytest.mark.parametrize(
    "rest", ["", "overview", "responses", "safety-plan", "flags", "encounters"]
)
def test_they_read_nothing_else_of_the_person(scene: Scene, rest: str) -> None:
    _came_to_eli_who_closed_it(scene)
    address = scene.mine(rest).rstrip("/")
    assert _get(scene, address, scene.eli).status_code == 403
    assert _get(scene, address, scene.dana).status_code == 200


def test_a_closed_flag_lets_nobody_act_on_it_or_read_a_later_one(scene: Scene) -> None:
    closed = _came_to_eli_who_closed_it(scene)
    later = raise_one(scene, moment=CLOSING)
    assert later.pk != closed.pk
    assert _get(scene, scene.url(f"flags/{later.pk}"), scene.eli).status_code == 403
    body = {"means": "phone", "outcome": "answered"}
    answer = do(scene, closed, "contact-attempts", body, who=scene.eli, moment=CLOSING)
    assert answer.status_code == 403
    rows = _get(scene, scene.url("flags"), scene.eli).json()["items"]
    assert rows == []


def test_whoever_it_came_to_and_who_did_nothing_reads_it_no_longer(scene: Scene) -> None:
    flag = raise_one(scene)
    with at(CLOSING):
        tasks.escalate_due(CLOSING)
    assert _get(scene, scene.url(f"flags/{flag.pk}"), scene.eli).status_code == 200
    do(scene, flag, "acknowledge", moment=CLOSING)
    do(scene, flag, "close", {"outcome": "not-needed"}, moment=CLOSING)
    assert _get(scene, scene.url(f"flags/{flag.pk}"), scene.eli).status_code == 403
    assert _listed_as_closed(scene, scene.eli) == []
    assert _listed_as_closed(scene, scene.dana) == [str(flag.pk)]


def test_an_attempt_to_reach_the_person_is_enough_to_keep_the_page(scene: Scene) -> None:
    flag = raise_one(scene)
    with at(CLOSING):
        tasks.escalate_due(CLOSING)
    body = {"means": "phone", "outcome": "not-answered"}
    do(scene, flag, "contact-attempts", body, who=scene.eli, moment=CLOSING)
    do(scene, flag, "acknowledge", moment=CLOSING)
    do(scene, flag, "close", {"outcome": "safe-and-followed-up"}, moment=CLOSING)
    assert _get(scene, scene.url(f"flags/{flag.pk}"), scene.eli).status_code == 200
    assert _listed_as_closed(scene, scene.eli) == [str(flag.pk)]


# --- acknowledging what is on the screen -------------------------------------------------------


def _acknowledge(scene: Scene, flag: Flag, body: dict[str, Any]) -> Any:
    with at(MONDAY_10):
        return scene.clinician().post(
            scene.url(f"flags/{flag.pk}/acknowledge"), body, content_type="application/json"
        )


def test_a_level_that_rose_meanwhile_is_not_acknowledged_unseen(scene: Scene) -> None:
    shown = as_shown(raise_one(scene))
    flag = raise_one(scene, signal("emergency"))
    answer = _acknowledge(scene, flag, shown)
    assert (answer.status_code, answer.json()["code"]) == (409, "flag-changed")
    assert (answer.json()["level"], answer.json()["repeats"]) == ("emergency", 1)
    flag.refresh_from_db()
    assert (flag.state, flag.seen_at) == ("open", None)
    assert _acknowledge(scene, flag, as_shown(flag)).status_code == 200


def test_an_answer_that_came_meanwhile_is_not_acknowledged_unseen(scene: Scene) -> None:
    shown = as_shown(raise_one(scene))
    flag = raise_one(scene)
    assert _acknowledge(scene, flag, shown).json()["code"] == "flag-changed"
    assert _acknowledge(scene, flag, as_shown(flag)).status_code == 200


def test_nobody_acknowledges_without_saying_what_they_saw(scene: Scene) -> None:
    flag = raise_one(scene)
    assert _acknowledge(scene, flag, {}).status_code == 422
