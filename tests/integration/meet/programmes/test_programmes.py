"""Making and publishing, asking and answering, agreeing, attending, leaving."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity.erasure import Subject
from holdfast.core.ids import uuid7
from holdfast.core.leaving import copies
from holdfast.core.notify.models import Notification
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.encounters.engine import Event
from holdfast.meet.encounters.models import Encounter
from holdfast.meet.programmes import erasure, facade, queries
from holdfast.meet.programmes.models import Agreement, Enrolment, Programme
from holdfast.meet.reminders.models import Reminder
from holdfast.meet.scheduling.models import Appointment, AppointmentType
from tests import factories
from tests.integration.meet.programmes.scene import (
    NOW,
    Person,
    Scene,
    appointment_ids,
    attendance,
    body,
    session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment(time_machine: time_machine.TimeMachineFixture) -> time_machine.TimeMachineFixture:
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def scene(moment: Any) -> Scene:
    return Scene()


def told(person: Any) -> list[str]:
    rows = Notification.objects.filter(recipient=person.user, kind__startswith="programme-")
    return list(rows.order_by("created_at", "id").values_list("kind", flat=True))


@pytest.mark.exhaustive
class TestMaking:
    def test_a_draft_is_for_those_who_lead_it_and_for_administrators(self, scene: Scene) -> None:
        made = scene.draft()
        path = f"/programmes/{made['id']}"
        assert made["state"] == "draft"
        assert made["facilitators"] == ["Dana", "Pim"]
        assert scene.pim.ask("GET", path)["leads"]
        assert not scene.ada.ask("GET", path)["leads"]
        assert scene.kim.refused("GET", path) == (404, "not-found")
        assert scene.kim.ask("GET", "/programmes")["items"] == []
        ines = scene.person("Ines")
        assert ines.ask("GET", ines.own)["items"] == []
        assert ines.refused("GET", f"{ines.own}/{made['id']}") == (404, "not-found")

    def test_publishing_books_every_session_of_a_kind_that_is_not_offered_online(
        self, scene: Scene
    ) -> None:
        programme = scene.running(left_out=["2026-06-10"])
        rows = Appointment.objects.filter(pk__in=appointment_ids(programme)).order_by("starts_at")
        assert [row.starts_at.day for row in rows] == [3, 17, 24]
        assert {(row.capacity, row.membership_id) for row in rows} == {
            (2, scene.members["dana"].pk)
        }
        assert not AppointmentType.objects.get(name="Evenings against panic").online
        scene.dana.ask("POST", f"/programmes/{programme}/publish")
        assert Appointment.objects.count() == 3

    def test_where_one_time_is_taken_nothing_is_booked_and_it_is_named(self, scene: Scene) -> None:
        scene.running()
        other = scene.draft(first_local="2026-06-10T18:30")
        answer = scene.dana.refused("POST", f"/programmes/{other['id']}/publish")
        assert answer == (409, "programme-times-taken")
        assert Appointment.objects.count() == 3
        assert AppointmentType.objects.count() == 1
        assert Programme.objects.get(pk=other["id"]).state == "draft"

    def test_whoever_is_no_administrator_leads_what_they_make(self, scene: Scene) -> None:
        given = body(scene.members["dana"])
        assert scene.kim.refused("POST", "/programmes", given) == (422, "invalid")
        assert scene.ada.ask("POST", "/programmes", given, 201)["state"] == "draft"
        assert scene.kim.refused("POST", "/programmes", given) == (409, "programme-id-taken")

    def test_what_is_booked_is_not_changed_by_changing_the_words(self, scene: Scene) -> None:
        given = body(scene.members["dana"])
        path = f"/programmes/{given['id']}"
        scene.dana.ask("POST", "/programmes", given, 201)
        more = given | {"curriculum": [*given["curriculum"], session("One more")]}
        assert len(scene.dana.ask("PUT", path, more)["curriculum"]) == 4
        scene.dana.ask("POST", f"{path}/publish")
        assert scene.dana.refused("PUT", path, given) == (409, "programme-published")
        assert scene.dana.refused("PUT", path, more | {"capacity": 5})[0] == 409
        more["curriculum"][0]["title"] = "Coming in"
        more["facilitators"].append(str(scene.members["kim"].pk))
        found = scene.dana.ask("PUT", path, more | {"title": "Panic"})
        assert (found["title"], found["curriculum"][0]["title"]) == ("Panic", "Coming in")
        assert scene.kim.ask("GET", path)["leads"]
        assert scene.dana.refused("DELETE", path) == (409, "programme-published")

    def test_a_draft_can_be_thrown_away(self, scene: Scene) -> None:
        made = scene.draft()
        scene.dana.ask("DELETE", f"/programmes/{made['id']}", status=204)
        assert not Programme.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"first_local": "2026-13-01T18:00"},
            {"zone": "Mars/North"},
            {"curriculum": []},
            {"capacity": 1},
            {"title": "  "},
            {"facilitators": [str(uuid.uuid4())]},
        ],
    )
    def test_what_is_no_programme_is_refused(self, scene: Scene, wrong: dict[str, Any]) -> None:
        given = body(scene.members["dana"], **wrong)
        assert scene.ada.refused("POST", "/programmes", given)[0] == 422

    def test_a_session_that_is_moved_or_cancelled_is_so_in_the_calendar(
        self, scene: Scene, django_capture_on_commit_callbacks: Any
    ) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines", "Fox")
        first, second, _ = (one["id"] for one in ines.place(programme)["curriculum"])
        path = f"/programmes/{programme}/sessions"
        with django_capture_on_commit_callbacks(execute=True):
            found = scene.dana.ask(
                "PUT", f"{path}/{first}/time", {"starts_at": "2026-06-04T16:00:00Z"}
            )
            scene.dana.ask("POST", f"{path}/{second}/cancel")
        assert found["curriculum"][0]["starts_at"] == "2026-06-04T16:00:00Z"
        shown = ines.place(programme)["curriculum"]
        assert [one["cancelled"] for one in shown] == [False, True, False]
        visits = Encounter.objects.filter(client=ines.client).order_by("starts_at")
        assert [one.status for one in visits] == ["planned", "cancelled", "planned"]


class TestComingIn:
    def test_from_asking_to_belonging(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.person("Ines Real-Name")
        [row] = ines.ask("GET", ines.own)["items"]
        assert (row["open"], row["free"], row["standing"]) == (True, 2, None)
        assert ines.joins(programme, "Fox")["standing"] == "asked"
        assert told(scene.dana) == told(scene.pim) == ["programme-asked"]
        assert ines.refused("POST", f"{ines.own}/{programme}/agree", {"version": 1}) == (
            409,
            "enrolment-over",
        )
        scene.decides(programme, ines)
        assert told(ines) == ["programme-accepted"]
        # Rules first: no place in a session, and so no visit and no reminder, before.
        assert not Encounter.objects.filter(client=ines.client).exists()
        found = ines.agrees(programme)
        assert (found["standing"], found["agreed"]) == ("member", True)
        assert Encounter.objects.filter(client=ines.client, status="planned").count() == 3
        assert found["curriculum"][0]["material"] == "Read this for Arriving."
        assert Agreement.objects.get().rules == "What is said here stays here."

    @pytest.mark.exhaustive
    def test_before_belonging_nobody_is_shown_names_or_material(self, scene: Scene) -> None:
        programme = scene.running()
        scene.member(programme, "Robin", "Bear")
        ines = scene.person("Ines")
        for seen in (ines.place(programme), ines.joins(programme, "Fox")):
            assert seen["members"] == []
            assert seen["attendance"] == []
            assert {one["material"] for one in seen["curriculum"]} == {""}
            assert "Bear" not in str(seen)
            assert "Robin" not in str(seen)

    def test_members_see_chosen_names_alone_and_their_own_attendance(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines Real-Name", "Fox")
        robin = scene.member(programme, "Robin Real-Name", "Dana")
        shown = robin.place(programme)
        assert "Real-Name" not in str(shown)
        assert [(one["name"], one["leads"], one["you"]) for one in shown["members"]] == [
            ("Dana", True, False),
            ("Pim", True, False),
            ("Fox", False, False),
            ("Dana 2", False, True),
        ]
        assert len(shown["attendance"]) == 3
        assert str(robin.client.pk) not in str(ines.place(programme))
        assert facade.names_in_session(scene.practice.pk, appointment_ids(programme)[0]) == {
            ines.client.pk: "Fox",
            robin.client.pk: "Dana 2",
        }

    def test_who_finds_no_place_waits_and_moves_up_in_the_order_of_asking(
        self, scene: Scene, moment: Any
    ) -> None:
        programme = scene.running()
        people = [scene.person(f"P{number}") for number in range(4)]
        for person in people:
            person.joins(programme, "Somebody")
            moment.shift(60)
        # Answered in another order than they asked.
        for number in (0, 1, 3, 2):
            scene.decides(programme, people[number])
        states = {name: one["state"] for name, one in scene.roster(programme).items()}
        assert states == {"P0": "accepted", "P1": "accepted", "P2": "waiting", "P3": "waiting"}
        assert told(people[3]) == ["programme-waiting"]
        people[0].leaves(programme)
        assert people[2].place(programme)["standing"] == "accepted"
        assert people[3].place(programme)["standing"] == "waiting"
        erasure.forget(Subject(people[1].user.pk, scene.practice.pk, people[1].client.pk))
        assert people[3].place(programme)["standing"] == "accepted"

    @pytest.mark.exhaustive
    def test_declined_is_an_answer_and_asking_again_is_possible(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.person("Ines")
        ines.joins(programme, "Fox")
        path = f"{ines.own}/{programme}/ask"
        again = {"id": str(uuid7()), "called": "Fox"}
        assert ines.refused("POST", path, again) == (409, "already-asked")
        scene.decides(programme, ines, "decline")
        assert told(ines) == ["programme-declined"]
        assert ines.place(programme)["standing"] is None
        ines.ask("POST", path, again)
        ines.ask("POST", path, again)
        assert Enrolment.objects.filter(client=ines.client).count() == 2

    @pytest.mark.exhaustive
    def test_a_closed_group_takes_nobody_once_it_began(self, scene: Scene, moment: Any) -> None:
        programme = scene.running(open_until=1)
        ines = scene.person("Ines")
        moment.move_to(NOW + timedelta(days=3), tick=False)
        given = {"id": str(uuid7()), "called": "Fox"}
        path = f"{ines.own}/{programme}/ask"
        assert ines.refused("POST", path, given) == (409, "joining-over")
        assert ines.ask("GET", ines.own)["items"] == []

    @pytest.mark.exhaustive
    def test_whoever_comes_late_has_no_place_in_what_was(self, scene: Scene, moment: Any) -> None:
        programme = scene.running()
        moment.move_to(NOW + timedelta(days=3), tick=False)
        ines = scene.member(programme, "Ines", "Fox")
        assert [one["place"] for one in ines.place(programme)["attendance"]] == [False, True, True]

    @pytest.mark.exhaustive
    def test_a_session_that_clashes_with_something_of_theirs_is_left_out(
        self, scene: Scene
    ) -> None:
        one, other = scene.running(), scene.draft(first_local="2026-06-10T20:00")
        path = f"/programmes/{other['id']}"
        given = body(scene.members["kim"], first_local="2026-06-10T18:30")
        scene.kim.ask("POST", "/programmes", given, 201)
        scene.kim.ask("POST", f"/programmes/{given['id']}/publish")
        assert scene.dana.ask("GET", path)["state"] == "draft"
        ines = scene.member(one, "Ines", "Fox")
        ines.joins(given["id"], "Fox")
        [row] = scene.kim.ask("GET", f"/programmes/{given['id']}/roster")["items"]
        path = f"/programmes/{given['id']}/enrolments/{row['id']}/decision"
        scene.kim.ask("POST", path, {"decision": "accept"})
        places = [one["place"] for one in ines.agrees(given["id"])["attendance"]]
        assert places == [False, False, True]

    @pytest.mark.exhaustive
    def test_rules_that_change_are_agreed_to_again(self, scene: Scene) -> None:
        given = body(scene.members["dana"])
        path = f"/programmes/{given['id']}"
        scene.dana.ask("POST", "/programmes", given, 201)
        scene.dana.ask("POST", f"{path}/publish")
        ines = scene.member(given["id"], "Ines", "Fox")
        scene.dana.ask("PUT", path, given | {"rules": "Phones stay outside, too."})
        assert "programme-rules" in told(ines)
        seen = ines.place(given["id"])
        assert (seen["agreed"], seen["rules_version"]) == (False, 2)
        assert not scene.roster(given["id"])["Ines"]["agreed"]
        agree = f"{ines.own}/{given['id']}/agree"
        assert ines.refused("POST", agree, {"version": 1}) == (409, "rules-changed")
        assert ines.agrees(given["id"], version=2)["agreed"]
        assert list(Agreement.objects.order_by("version").values_list("version", flat=True)) == [
            1,
            2,
        ]


class TestAttendance:
    def test_it_follows_from_the_visit_and_a_facilitator_corrects_it(
        self, scene: Scene, moment: Any
    ) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines", "Fox")
        first = appointment_ids(programme)[0]
        visit = Encounter.objects.get(client=ines.client, appointment_id=first)
        by_dana = factories.actor_for(scene.members["dana"])
        path, row = f"/programmes/{programme}/enrolments", scene.roster(programme)["Ines"]
        day = row["attendance"][0]["session_id"]
        say = f"{path}/{row['id']}/attendance/{day}"
        assert scene.dana.refused("PUT", say, {"presence": "present"}) == (
            409,
            "session-not-begun",
        )
        moment.move_to(visit.starts_at + timedelta(minutes=15), tick=False)
        encounters.step(ines.client, visit.pk, Event.ARRIVE, by=_as(ines))
        encounters.step(ines.client, visit.pk, Event.ADMIT, by=by_dana)
        assert attendance(ines.place(programme)) == ["late", None, None]
        scene.dana.ask("PUT", say, {"presence": "present"})
        assert attendance(ines.place(programme)) == ["present", None, None]
        visit.refresh_from_db()
        assert visit.status == "finished"
        scene.dana.ask("PUT", say, {"presence": "absent"})
        visit.refresh_from_db()
        assert visit.status == "no_show"
        events = AuditEvent.objects.filter(action="attendance").order_by("id")
        assert [(one.detail["before"], one.detail["after"]) for one in events] == [
            ("late", "present"),
            ("present", "absent"),
        ]
        assert scene.roster(programme)["Ines"]["attendance"][0]["by_hand"]

    def test_who_called_off_is_excused(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines", "Fox")
        second = appointment_ids(programme)[1]
        path = f"/clients/{ines.client.pk}/appointments/{second}/cancel"
        ines.ask("POST", path, {"sequence": 0})
        assert attendance(ines.place(programme)) == [None, "excused", None]
        # It stands, though nobody else was in it.
        assert Appointment.objects.get(pk=second).status == "booked"

    @pytest.mark.exhaustive
    def test_of_somebody_who_had_no_place_nothing_can_be_said(
        self, scene: Scene, moment: Any
    ) -> None:
        programme = scene.running()
        moment.move_to(NOW + timedelta(days=3), tick=False)
        scene.member(programme, "Ines", "Fox")
        row = scene.roster(programme)["Ines"]
        day = row["attendance"][0]["session_id"]
        path = f"/programmes/{programme}/enrolments/{row['id']}/attendance/{day}"
        assert scene.dana.refused("PUT", path, {"presence": "present"}) == (
            409,
            "no-place-in-session",
        )


def _as(person: Person) -> Any:
    return Actor(person.user.pk, person.client.practice_id, (("client", uuid7()),), "client")


@pytest.mark.exhaustive
class TestLeaving:
    def test_out_at_any_time_without_a_why(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines", "Fox")
        ines.leaves(programme)
        ines.leaves(programme)
        assert told(scene.dana).count("programme-left") == 1
        assert set(
            Encounter.objects.filter(client=ines.client).values_list("status", flat=True)
        ) == {"cancelled"}
        assert Appointment.objects.filter(status="booked").count() == 3
        assert not Notification.objects.filter(kind="appointment-cancelled").exists()
        left = scene.roster(programme)["Ines"]
        assert left["state"] == "left"
        # What was called off by leaving is no excuse that anybody reads of.
        assert {one["presence"] for one in left["attendance"]} == {None}
        assert ines.place(programme)["members"] == []

    def test_a_facilitator_may_end_it_too(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines", "Fox")
        row = scene.roster(programme)["Ines"]
        path = f"/programmes/{programme}/enrolments/{row['id']}/end"
        assert scene.kim.refused("POST", path) == (404, "not-found")
        assert scene.ada.refused("POST", path) == (403, "not-permitted")
        scene.dana.ask("POST", path)
        assert told(ines)[-1] == "programme-removed"
        assert ines.place(programme)["standing"] is None

    def test_the_end_calls_off_what_is_to_come_and_answers_whoever_asked(
        self, scene: Scene
    ) -> None:
        programme = scene.running()
        ines, robin = scene.member(programme, "Ines", "Fox"), scene.person("Robin")
        robin.joins(programme, "Bear")
        scene.dana.ask("POST", f"/programmes/{programme}/end", {"community": False})
        assert told(ines)[-1] == "programme-over"
        assert told(robin) == ["programme-declined"]
        assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}
        assert ines.place(programme)["standing"] == "finished"
        assert robin.refused("GET", f"{robin.own}/{programme}") == (404, "not-found")

    def test_a_community_is_for_those_who_say_yes(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines", "Fox")
        robin = scene.member(programme, "Robin", "Bear")
        stay = f"{ines.own}/{programme}/community"
        assert ines.refused("PUT", stay, {"stays": True}) == (409, "programme-not-running")
        scene.dana.ask("POST", f"/programmes/{programme}/end", {"community": True})
        assert ines.ask("PUT", stay, {"stays": True})["stays"]
        robin.ask("POST", f"{robin.own}/{programme}/leave", status=204)
        assert [one["name"] for one in ines.place(programme)["members"]] == ["Dana", "Pim", "Fox"]

    def test_erasure_takes_the_name_and_everything_said_with_it(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines", "Fox")
        subject = Subject(ines.user.pk, scene.practice.pk, ines.client.pk)
        erasure.forget(subject)
        erasure.forget(subject)
        assert not Enrolment.objects.exists()
        assert not Agreement.objects.exists()

    def test_the_copy_holds_ones_own_part_and_nobody_elses(self, scene: Scene) -> None:
        programme = scene.running()
        ines = scene.member(programme, "Ines", "Fox")
        scene.member(programme, "Robin", "Bear")
        kinds = {"Group", "Consent"}
        found = [one for one in copies.resources(ines.client) if one["resourceType"] in kinds]
        assert [one["resourceType"] for one in found] == ["Group", "Consent"]
        assert found[0]["member"][0]["entity"]["display"] == "Fox"
        assert "Bear" not in str(found)
        [table] = [one for one in copies.tables() if one.name == "programmes.csv"]
        assert len(list(table.rows(ines.client))) == 1

    def test_what_is_old_goes_but_not_of_a_community_that_goes_on(self, scene: Scene) -> None:
        programme = scene.running()
        scene.member(programme, "Ines", "Fox")
        robin = scene.person("Robin")
        robin.joins(programme, "Bear")
        robin.leaves(programme)
        scene.dana.ask("POST", f"/programmes/{programme}/end", {"community": True})
        later = clock.now() + timedelta(days=1)
        assert erasure.old_requests(scene.practice.pk, later).count() == 1
        assert erasure.old_enrolments(scene.practice.pk, later).count() == 0
        scene.dana.ask("POST", f"/programmes/{programme}/end", {"community": False})
        assert erasure.old_enrolments(scene.practice.pk, later).count() == 1


class TestWhatItCosts:
    def test_lists_take_as_many_statements_whatever_they_hold(
        self, scene: Scene, django_assert_max_num_queries: Any
    ) -> None:
        one = scene.running()
        scene.draft()
        ines = scene.member(one, "Ines", "Fox")
        scene.member(one, "Robin", "Bear")
        by = factories.actor_for(scene.members["dana"])
        with django_assert_max_num_queries(3):
            assert len(queries.led_by(scene.practice.pk, by)) == 2
        with django_assert_max_num_queries(4):
            assert len(queries.open_to(ines.client)) == 1
        with django_assert_max_num_queries(8):
            queries.roster(scene.practice.pk, uuid.UUID(one), by)
        with django_assert_max_num_queries(11):
            queries.place_of(ines.client, uuid.UUID(one))

    def test_reminders_of_sessions_are_planned_for_each_member(
        self, scene: Scene, django_capture_on_commit_callbacks: Any
    ) -> None:
        programme = scene.running()
        with django_capture_on_commit_callbacks(execute=True):
            ines = scene.member(programme, "Ines", "Fox")
        planned = Reminder.objects.filter(client=ines.client)
        assert set(planned.values_list("appointment_id", flat=True)) == set(
            appointment_ids(programme)
        )

    def test_other_practices_see_nothing_of_it(self, scene: Scene) -> None:
        programme = scene.running()
        other = Scene()
        assert other.dana.refused("GET", f"/programmes/{programme}") == (404, "not-found")
        ines = other.person("Ines")
        assert ines.refused("GET", f"{ines.own}/{programme}") == (404, "not-found")
        assert facade.names_in_session(other.practice.pk, appointment_ids(programme)[0]) is None
