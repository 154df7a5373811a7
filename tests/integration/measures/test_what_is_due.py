"""What a person is asked today, and what they did about it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from holdfast.core.ids import uuid7
from holdfast.sense.measures import facade
from holdfast.sense.measures.engine.schedule import EveryNDays, Rule
from holdfast.sense.measures.models import Assignment
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene, phq9

db = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def ask(scene: Scene, instrument: str = "phq-9", every: int = 7, **more: Any) -> Any:
    when = {"kind": "every_n_days", "days": every}
    body = {"instrument": instrument, "when": when, "starts_on": "2026-11-23"} | more
    with at(MONDAY_10):
        return scene.clinician().post(
            scene.mine("assignments"), body, content_type="application/json"
        )


def today(scene: Scene, moment: Any = MONDAY_10) -> Any:
    with at(moment):
        return scene.person().get(scene.mine("today")).json()


@db
def test_it_is_due_until_it_is_answered_and_again_a_week_later(scene: Scene) -> None:
    assert ask(scene).status_code == 201
    due = today(scene)["due"]
    assert [(one["instrument"], one["due_on"], one["title"]) for one in due] == [
        ("phq-9", "2026-11-23", "PHQ-9")
    ]
    with at(MONDAY_10):
        scene.person().post(scene.mine("responses"), phq9(0), content_type="application/json")
    assert today(scene)["due"] == []
    assert today(scene, "2026-11-29T12:00:00+00:00")["due"] == []
    again = today(scene, "2026-11-30T12:00:00+00:00")["due"]
    assert [one["due_on"] for one in again] == ["2026-11-30"]


@db
def test_the_day_is_the_persons_own(scene: Scene) -> None:
    scene.client.time_zone = "Pacific/Auckland"
    scene.client.save()
    ask(scene, starts_on="2026-11-24")
    # 12:00 UTC on Monday is Tuesday 01:00 in Auckland.
    assert len(today(scene, "2026-11-23T12:00:00+00:00")["due"]) == 1


@db
def test_it_says_whether_somebody_is_looking(scene: Scene) -> None:
    assert today(scene)["monitored"] == {
        "now": True,
        "opens_at": None,
        "closes_at": "2026-11-23T16:00:00Z",
    }
    night = today(scene, "2026-11-23T20:00:00+00:00")["monitored"]
    assert night == {"now": False, "opens_at": "2026-11-24T08:00:00Z", "closes_at": None}


@db
def test_it_shows_the_open_flag(scene: Scene) -> None:
    with at(MONDAY_10):
        scene.person().post(scene.mine("responses"), phq9(1), content_type="application/json")
    flags = today(scene)["open_flags"]
    assert [(one["state"], one["seen_by"]) for one in flags] == [("open", None)]


@db
def test_an_assignment_taken_back_is_not_due(scene: Scene) -> None:
    made = ask(scene).json()
    with at(MONDAY_10):
        gone = scene.clinician().delete(scene.mine(f"assignments/{made['id']}"))
        again = scene.clinician().delete(scene.mine(f"assignments/{made['id']}"))
        left = scene.clinician().get(scene.mine("assignments")).json()["items"]
    assert (gone.status_code, again.status_code, left) == (204, 404, [])
    assert today(scene)["due"] == []


@db
def test_it_refuses_what_cannot_be_asked(scene: Scene) -> None:
    assert ask(scene, "phq-99").status_code == 404
    assert ask(scene, every=0).status_code == 422
    assert ask(scene, ends_on="2026-11-01").status_code == 422
    assert ask(scene, "who-5").json()["code"] == "instrument-terms-not-accepted"


@db
def test_the_person_may_not_assign(scene: Scene) -> None:
    body = {"instrument": "phq-9", "when": {"kind": "once"}, "starts_on": "2026-11-23"}
    with at(MONDAY_10):
        answer = scene.person().post(
            scene.mine("assignments"), body, content_type="application/json"
        )
    assert answer.status_code == 403
    assert not Assignment.objects.exists()


@db
def test_the_due_list_takes_two_statements_however_much_is_asked(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    for instrument in ("phq-9", "gad-7", "mood", "suds", "k6"):
        facade.assign(
            scene.client,
            instrument=instrument,
            rule=Rule(when=EveryNDays(days=1), starts_on=date(2026, 11, 1)),
            by=factories.actor_for(scene.dana),
        )
    with django_assert_num_queries(2):
        assert len(facade.due_now(scene.client, MONDAY_10)) == 5


@db
def test_an_accepted_questionnaire_can_be_asked_and_one_switched_off_is_not(scene: Scene) -> None:
    with at(MONDAY_10):
        admin = scene.clinician(scene.ada)
        terms = scene.url("instruments/who-5/accept-terms")
        assert scene.clinician().post(terms).status_code == 403
        row = admin.post(terms, {}, content_type="application/json").json()
        assert (row["active"], row["accepted_at"]) == (True, "2026-11-23T10:00:00Z")
    assert ask(scene, "who-5").status_code == 201
    assert [one["instrument"] for one in today(scene)["due"]] == ["who-5"]
    with at(MONDAY_10):
        assert admin.delete(terms).status_code == 204
        assert admin.delete(terms).status_code == 404
    assert today(scene)["due"] == []
    body = phq9(0) | {"id": str(uuid7()), "instrument": "who-5", "answers": {"1": 3}}
    with at(MONDAY_10):
        late = scene.person().post(scene.mine("responses"), body, content_type="application/json")
    assert late.status_code == 201


@db
def test_instruments_are_listed_with_their_terms_and_served_with_a_tag(scene: Scene) -> None:
    with at(MONDAY_10):
        browser = scene.person()
        rows = {one["id"]: one for one in browser.get(scene.url("instruments")).json()["items"]}
        pack = browser.get(scene.url("instruments/phq-9/1.0.0"))
        same = browser.get(
            scene.url("instruments/phq-9/1.0.0"), headers={"If-None-Match": pack["ETag"]}
        )
        off = browser.get(scene.url("instruments/who-5/1.0.0"))
    assert (rows["phq-9"]["active"], rows["who-5"]["active"]) == (True, False)
    assert rows["who-5"]["acceptance"] == "practice"
    assert pack.json()["items"][8]["id"] == "phq9_9"
    assert (same.status_code, off.status_code) == (304, 404)
