"""Who begins an assessment and how it ends early; asking for a talk."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.notify.models import DeliveryAttempt, Notification
from holdfast.core.tenancy.models import CareTeamMember
from holdfast.sense.assessments import actions, queries
from holdfast.sense.assessments.models import Assessment, TalkRequest
from holdfast.sense.measures import facade as measures
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def begin(scene: Scene, body: dict[str, Any] | None = None, *, by: Any = None) -> Any:
    with at(MONDAY_10):
        return (by or scene.person()).post(
            scene.mine("assessments"), body or {}, content_type="application/json"
        )


def call(scene: Scene, method: str, path: str, body: Any = None, *, by: Any = None) -> Any:
    with at(MONDAY_10):
        return getattr(by or scene.person(), method)(
            scene.mine(path),
            body,
            **({"content_type": "application/json"} if body is not None else {}),
        )


def test_a_person_begins_tomorrow_when_today_has_begun(scene: Scene) -> None:
    made = begin(scene).json()  # it is 11:00 in Berlin, and the first prompt is at 09:00
    assert (made["starts_on"], made["ends_on"]) == ("2026-11-24", "2026-12-07")
    assert (made["state"], made["day"], made["days"]) == ("planned", None, 14)
    assert made["times"] == ["09:00", "14:00", "20:00"]
    assert made["by_person"] is True


def test_with_later_times_it_begins_today(scene: Scene) -> None:
    made = begin(scene, {"times": ["12:00", "16:00", "21:00"]}).json()
    assert (made["starts_on"], made["state"], made["day"]) == ("2026-11-23", "running", 1)


def test_the_care_team_begins_one_for_the_person(scene: Scene) -> None:
    answer = begin(scene, {"starts_on": "2026-12-01"}, by=scene.clinician())
    assert (answer.status_code, answer.json()["by_person"]) == (201, False)
    assert AuditEvent.objects.filter(action="begin", resource="assessment").count() == 1


def test_there_is_one_at_a_time(scene: Scene) -> None:
    begin(scene)
    again = begin(scene, by=scene.clinician())
    assert (again.status_code, again.json()["code"]) == (409, "assessment-running")
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"times": ["09:00", "20:00"]}, "times", "number"),
        ({"times": ["09:00", "09:30", "20:00"]}, "times", "too-near"),
        ({"times": ["20:00", "14:00", "09:00"]}, "times", "too-near"),
        ({"times": ["09:00:30", "14:00", "20:00"]}, "times", "not-local"),
        ({"starts_on": "2026-11-22"}, "starts_on", "range"),
        ({"starts_on": "2027-11-22"}, "starts_on", "range"),
    ],
)
def test_times_and_days_that_cannot_be(
    scene: Scene, body: dict[str, Any], field: str, code: str
) -> None:
    answer = begin(scene, body)
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_nearer_times_have_shorter_windows(scene: Scene) -> None:
    begin(scene, {"times": ["12:00", "13:30", "21:00"]})
    with at(MONDAY_10):
        first = measures.prompts_of(scene.practice.pk, Assessment.objects.get().assignment_id)[0]
    assert first.closes_at is not None
    assert first.closes_at - first.opens_at == timedelta(minutes=90)


def test_times_change_for_what_has_not_opened(scene: Scene) -> None:
    made = begin(scene).json()
    path = f"assessments/{made['id']}"
    changed = call(scene, "patch", path, {"times": ["07:00", "12:00", "18:00"]}).json()
    assert changed["times"] == ["07:00", "12:00", "18:00"]
    row = Assessment.objects.get()
    opens = [one.opens_at for one in measures.prompts_of(scene.practice.pk, row.assignment_id)]
    assert [instant.hour for instant in opens[:3]] == [6, 11, 17]  # UTC, an hour behind Berlin


def test_leaving_stops_the_asking_and_keeps_the_report(scene: Scene) -> None:
    made = begin(scene, {"times": ["12:00", "16:00", "21:00"]}).json()
    path = f"assessments/{made['id']}"
    left = call(scene, "post", f"{path}/leave", {})
    assert (left.status_code, left.json()["state"]) == (200, "left")
    with at(MONDAY_10):
        assert measures.due_now(scene.client, clock.now()) == []
    states = {o.state for o in measures.prompts_of(scene.practice.pk, _assignment())}
    assert states == {"cancelled"}
    assert call(scene, "get", f"{path}/report").status_code == 200
    for method, rest, body in (
        ("post", "/leave", {}), ("patch", "", {"times": ["07:00", "12:00", "18:00"]}),
    ):  # fmt: skip
        again = call(scene, method, path + rest, body)
        assert (again.status_code, again.json()["code"]) == (409, "assessment-over")
    assert begin(scene).status_code == 201


def test_where_the_asking_was_ended_by_itself_it_can_still_be_left(scene: Scene) -> None:
    made = begin(scene).json()
    with at(MONDAY_10):
        measures.cancel_assignment(scene.client, _assignment(), by=factories.actor_for(scene.dana))
    path = f"assessments/{made['id']}"
    changed = call(scene, "patch", path, {"times": ["07:00", "12:00", "18:00"]})
    assert (changed.status_code, changed.json()["code"]) == (409, "assessment-over")
    assert call(scene, "post", f"{path}/leave", {}).json()["state"] == "left"


def _assignment() -> Any:
    return Assessment.objects.get().assignment_id


def test_a_new_one_has_put_nothing_and_missed_nothing(scene: Scene) -> None:
    made = begin(scene, {"times": ["12:00", "16:00", "21:00"]}).json()
    detail = call(scene, "get", f"assessments/{made['id']}").json()
    assert (detail["prompts"], detail["answered"], detail["missed"]) == (42, 0, 0)
    assert detail["asked"] == []


def test_somebody_elses_assessment_is_not_found(scene: Scene) -> None:
    made = begin(scene).json()
    other = factories.make_client(scene.practice)
    factories.join_care_team(other, scene.dana, starts_on=date(2020, 1, 1))
    with at(MONDAY_10):
        answer = scene.clinician().get(scene.url(f"clients/{other.pk}/assessments/{made['id']}"))
    assert answer.status_code == 404


def test_numbers_of_statements(scene: Scene, django_assert_num_queries: Any) -> None:
    made = begin(scene).json()
    with at(MONDAY_10):
        now = clock.now()
        with django_assert_num_queries(1):
            queries.assessments(scene.client, now)
        with django_assert_num_queries(3):
            queries.detail(scene.client, made["id"], now)
        with django_assert_num_queries(3):
            queries.sheet(scene.client, scene.practice, made["id"], now, language="ar")
        with django_assert_num_queries(1):
            queries.talks(scene.client)
        for _ in range(3):
            person = factories.make_client(scene.practice)
            factories.join_care_team(person, scene.dana, starts_on=date(2020, 1, 1))
            actions.ask_for_talk(client=person, by=factories.actor_for(scene.dana))
        with django_assert_num_queries(1):
            found = queries.waiting_talks(
                scene.practice, factories.actor_for(scene.dana), now.date()
            )
        assert len(found) == 3


# --- asking for a talk -------------------------------------------------------------------------


def test_asking_for_a_talk_tells_the_care_team(scene: Scene) -> None:
    answer = call(scene, "post", "talk-requests", {})
    assert (answer.status_code, answer.json()["told"]) == (201, 1)
    notification = Notification.objects.get(kind="talk-asked")
    assert notification.recipient_id == scene.dana.user_id
    channels = set(
        DeliveryAttempt.objects.filter(notification=notification).values_list("channel", flat=True)
    )
    assert {"in_app", "email"} <= channels
    with at(MONDAY_10):
        rows = scene.clinician().get(scene.url("talk-requests")).json()["items"]
        others = scene.clinician(scene.eli).get(scene.url("talk-requests")).json()["items"]
    assert [(row["client"], row["client_id"]) for row in rows] == [("Noor", str(scene.client.pk))]
    assert others == []


def test_asking_again_is_the_same_request(scene: Scene) -> None:
    first = call(scene, "post", "talk-requests", {})
    again = call(scene, "post", "talk-requests", {})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert Notification.objects.filter(kind="talk-asked").count() == 1


def test_taking_it_on_tells_the_person_by_name(scene: Scene) -> None:
    made = call(scene, "post", "talk-requests", {}).json()
    path = f"talk-requests/{made['id']}/take"
    taken = call(scene, "post", path, {}, by=scene.clinician())
    assert (taken.status_code, taken.json()["answered_by"]) == (200, "Dana")
    assert Notification.objects.get(kind="talk-answered").recipient_id == scene.client.user_id
    again = call(scene, "post", path, {}, by=scene.clinician())
    assert again.json() == taken.json()
    assert Notification.objects.filter(kind="talk-answered").count() == 1
    (shown,) = call(scene, "get", "talk-requests").json()["items"]
    assert (shown["answered_by"], shown["told"]) == ("Dana", 1)
    assert call(scene, "post", "talk-requests", {}).status_code == 201


def test_without_a_care_team_the_administrators_are_told(scene: Scene) -> None:
    CareTeamMember.objects.all().delete()
    assert call(scene, "post", "talk-requests", {}).json()["told"] == 1
    assert Notification.objects.get(kind="talk-asked").recipient_id == scene.ada.user_id


def test_where_nobody_can_be_told_it_says_so(scene: Scene) -> None:
    CareTeamMember.objects.all().delete()
    type(scene.ada).objects.filter(pk=scene.ada.pk).update(active=False)
    answer = call(scene, "post", "talk-requests", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody-to-tell")
    assert not TalkRequest.objects.exists()


def test_the_first_prompt_is_due_when_it_opens(scene: Scene) -> None:
    begin(scene, {"times": ["12:00", "16:00", "21:00"]})
    opening = MONDAY_10.replace(hour=11)
    assert measures.due_now(scene.client, opening - timedelta(seconds=1)) == []
    (due,) = measures.due_now(scene.client, opening)
    assert due.instrument == "mood-days"
    assert time(12) == time.fromisoformat(Assessment.objects.get().times[0])
