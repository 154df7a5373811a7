"""A person hands in answers: kept exactly once, scored on the server, and heard of by a human."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError

from holdfast.core.audit.models import AuditEvent
from holdfast.core.ids import uuid7
from holdfast.safety.flags import facade as flags
from holdfast.safety.flags.models import Flag, FlagSignal
from holdfast.sense.measures.models import Response, Score
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, asq, at, make_scene, phq9

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def post(scene: Scene, body: dict[str, Any], moment: Any = MONDAY_10) -> Any:
    with at(moment):
        return scene.person().post(scene.mine("responses"), body, content_type="application/json")


def test_it_is_scored_on_the_server_and_kept(scene: Scene) -> None:
    answer = post(scene, phq9(0, others=1))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["scores"], body["band"], body["missing"]) == ({"total": 8.0}, "mild", [])
    assert body["received_at"] == "2026-11-23T10:00:00Z"
    assert body["flag"] is None
    score = Score.objects.get()
    assert (score.value, score.band, score.main) == (8.0, "mild", True)


def test_the_same_again_is_answered_with_what_was_stored(scene: Scene) -> None:
    body = phq9(1)
    first = post(scene, body)
    again = post(scene, body, "2026-11-24T12:00:00+00:00")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Response.objects.count() == Score.objects.count() == FlagSignal.objects.count() == 1


def test_the_same_spelt_differently_is_the_same(scene: Scene) -> None:
    body = phq9(0)
    assert post(scene, body).status_code == 201
    spelt = body | {
        "answers": {item.upper(): str(code) for item, code in body["answers"].items()},
        "answered_at": "2026-11-23T10:59:30+01:00",
    }
    assert post(scene, spelt).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"answers": {"phq9_1": 3}},
        {"language": "de-DE"},
        {"answered_at": "2026-11-23T09:00:00Z"},
        {"time_zone": "Asia/Beirut"},
    ],
)
def test_other_content_under_the_same_identifier_is_refused(
    scene: Scene, change: dict[str, Any]
) -> None:
    body = phq9(0)
    assert post(scene, body).status_code == 201
    answer = post(scene, body | change)
    assert (answer.status_code, answer.json()["code"]) == (409, "response-conflict")
    assert Response.objects.get().answers["phq9_9"] == 0


def test_an_identifier_of_somebody_else_tells_nothing(scene: Scene) -> None:
    body = phq9(0)
    assert post(scene, body).status_code == 201
    with at(MONDAY_10):
        other = make_scene()
    answer = post(other, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "response-conflict")
    assert "scores" not in answer.json()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"instrument": "phq-99"}, "instrument"),
        ({"version": "0.0.1"}, "instrument"),
        ({"language": "tlh"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"answers": {"phq9_1": 4}}, "answers.phq9_1"),
        ({"answers": {"nonsense": 1}}, "answers"),
        ({"answers": {}}, "answers"),
        ({"answered_at": "2026-11-23T09:00:00"}, "answered_at"),
        ({"schema": 0}, "schema"),
    ],
)
def test_what_does_not_exist_is_refused_and_named(
    scene: Scene, change: dict[str, Any], field: str
) -> None:
    answer = post(scene, phq9(0) | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == field
    assert not Response.objects.exists()


def test_it_belongs_to_the_day_of_the_person(scene: Scene) -> None:
    post(scene, phq9(0, answered_at="2026-11-22T23:30:00Z", time_zone="Europe/Berlin"))
    assert Response.objects.get().local_date.isoformat() == "2026-11-23"


def test_a_clock_that_runs_ahead_is_noted_and_loses_nothing(scene: Scene) -> None:
    answer = post(scene, phq9(0, answered_at="2026-11-25T10:00:00Z"))
    assert answer.status_code == 201
    response = Response.objects.get()
    assert response.answered_at == MONDAY_10
    assert response.claimed_at == factories.instant("2026-11-25T10:00:00+00:00")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00"])
def test_an_instant_that_nothing_can_hold_is_refused_and_not_a_fault(
    scene: Scene, moment: str
) -> None:
    refused = post(scene, phq9(answered_at=moment, time_zone="America/New_York"))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


def test_a_fault_in_raising_a_flag_is_never_taken_for_a_conflict(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(flags, "raise_signals", fail)
    with pytest.raises(IntegrityError):
        post(scene, phq9(item9=2))
    assert not Response.objects.exists()


def test_a_positive_ninth_item_raises_a_flag_at_any_total(scene: Scene) -> None:
    body = post(scene, phq9(1, others=0)).json()
    assert [alert["code"] for alert in body["alerts"]] == ["self-harm-item"]
    flag = body["flag"]
    assert (flag["level"], flag["state"], flag["seen_by"]) == ("concern", "open", None)
    assert flag["answered_at"] == "2026-11-23T09:59:30Z"
    assert flag["raised_at"] == "2026-11-23T10:00:00Z"
    assert (flag["due_at"], flag["due_kind"]) == ("2026-11-23T16:00:00Z", "same_day")
    assert flag["owner_name"] == "Dana"


def test_a_skipped_ninth_item_is_asked_about_and_never_counted_as_zero(scene: Scene) -> None:
    body = post(scene, phq9(None, others=0)).json()
    assert "phq9_9" in body["missing"]
    assert [alert["code"] for alert in body["alerts"]] == ["self-harm-item-skipped"]
    assert body["flag"]["level"] == "watch"


def test_the_follow_up_raises_the_level_of_the_same_flag(scene: Scene) -> None:
    first = phq9(2)
    flag = post(scene, first).json()["flag"]
    body = post(scene, asq(first["id"], 1, 0, 0, 0, 1)).json()
    assert body["flag"]["id"] == flag["id"]
    assert body["flag"]["level"] == "emergency"
    assert Flag.objects.count() == 1


def test_a_follow_up_in_a_language_without_wording_is_never_turned_away(scene: Scene) -> None:
    first = phq9(2, language="de-DE")
    post(scene, first)
    answer = post(scene, asq(first["id"], language="de", answers={"asq_5": 1}))
    assert answer.status_code == 201
    assert answer.json()["flag"]["level"] == "emergency"


def test_a_parent_of_somebody_else_is_refused(scene: Scene) -> None:
    with at(MONDAY_10):
        other = factories.make_client(scene.practice)
    theirs = phq9(0)
    post(Scene(scene.practice, other, scene.dana, scene.eli, scene.ada), theirs)
    answer = post(scene, asq(theirs["id"], 0, 0, 0, 0))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "parent"


def test_a_parent_in_another_practice_does_not_exist_here(scene: Scene) -> None:
    with at(MONDAY_10):
        other = make_scene()
    theirs = phq9(2)
    post(other, theirs)
    unknown = post(scene, asq(uuid7(), 0, 0, 0, 0))
    foreign = post(scene, asq(theirs["id"], 0, 0, 0, 0))
    assert unknown.status_code == foreign.status_code == 201
    assert FlagSignal.objects.get(practice=other.practice).follow_up_due_at is not None


def test_reliable_deterioration_is_told_once_when_it_is_reached(scene: Scene) -> None:
    days = ["2026-11-02", "2026-11-09", "2026-11-16"]
    codes = []
    for day, others in zip(days, (0, 1, 1), strict=True):
        moment = f"{day}T10:00:00+00:00"
        post(scene, phq9(0, others, answered_at=moment), moment)
        codes.append(list(FlagSignal.objects.values_list("code", flat=True)))
    assert codes == [[], ["reliable-deterioration"], ["reliable-deterioration"]]


def test_a_severe_band_is_told_when_reached_and_not_again_while_it_lasts(scene: Scene) -> None:
    for day in ("2026-11-02", "2026-11-09"):
        moment = f"{day}T10:00:00+00:00"
        post(scene, phq9(0, 3, answered_at=moment), moment)
    assert FlagSignal.objects.filter(reason="severe-band").count() == 1


def test_a_questionnaire_whose_terms_nobody_accepted_is_refused(scene: Scene) -> None:
    body = phq9(0) | {
        "instrument": "who-5",
        "answers": {"1": 3},
    }
    answer = post(scene, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "instrument-terms-not-accepted")


def test_it_leaves_an_audit_event_without_answers(scene: Scene) -> None:
    post(scene, phq9(2))
    event = AuditEvent.objects.get(action="submit")
    assert event.client_id == scene.client.pk
    assert event.detail == {}


def test_it_rejects_a_clinician_and_a_stranger(scene: Scene) -> None:
    with at(MONDAY_10):
        clinician = scene.clinician().post(
            scene.mine("responses"), phq9(0), content_type="application/json"
        )
        nobody = factories.browser().post(
            scene.mine("responses"), phq9(0), content_type="application/json"
        )
        stranger = (
            make_scene()
            .person()
            .post(scene.mine("responses"), phq9(0), content_type="application/json")
        )
    assert [one.status_code for one in (clinician, nobody, stranger)] == [403, 401, 404]
    assert not Response.objects.exists()


def test_the_list_takes_two_statements_however_long_it_is(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    from holdfast.sense.measures import queries

    for minute in range(12):
        post(scene, phq9(0, answered_at=f"2026-11-20T10:{minute:02}:00Z"))
    with django_assert_num_queries(2):
        page, following = queries.responses(scene.practice.pk, scene.client.pk, limit=5)
    assert len(page) == 5
    assert following is not None
    with django_assert_num_queries(2):
        rest, end = queries.responses(scene.practice.pk, scene.client.pk, after=following)
    assert (len(rest), end) == (7, None)
    assert not {row["id"] for row in page} & {row["id"] for row in rest}


def test_one_response_is_read_with_its_answers(scene: Scene) -> None:
    body = phq9(2)
    post(scene, body)
    with at(MONDAY_10):
        read = scene.clinician().get(scene.mine(f"responses/{body['id']}"))
        missing = scene.clinician().get(scene.mine(f"responses/{uuid7()}"))
    assert read.status_code == 200
    assert read.json()["answers"]["phq9_9"] == 2
    assert read.json()["alerts"][0]["follow_up"] == "asq"
    assert missing.status_code == 404


def test_identifiers_are_uuids(scene: Scene) -> None:
    assert post(scene, phq9(0) | {"id": "17"}).status_code == 422
    assert uuid.UUID(phq9(0)["id"]).version == 7
