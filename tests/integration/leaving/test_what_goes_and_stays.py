"""Somebody deletes their account: what goes, what the law keeps, and what the receipt says."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client as Browser
from typer.testing import CliRunner

from holdfast.cli import retention as command
from holdfast.cli.main import app
from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.consent.models import Consent
from holdfast.core.identity import erasure
from holdfast.core.identity.models import ErasureStep, User
from holdfast.core.identity.tasks import retry_erasures
from holdfast.core.leaving import keeping, outside, retention
from holdfast.core.leaving.models import Departure, KeptRecord
from holdfast.core.notify.models import Notification, Subscription
from holdfast.core.tenancy.models import CareTeamMember, Client
from holdfast.meet.encounters.models import Encounter
from holdfast.safety.flags.models import Flag, FlagEvent
from holdfast.safety.plans.models import Proposal
from holdfast.sense.assessments.models import TalkRequest
from holdfast.sense.measures.models import LifeEvent, Medication, Response, Score
from tests import factories
from tests.integration.core import wire
from tests.integration.leaving.scene import REFERENCE, Scene, make_scene

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]

OF_PERSON = (Response, Score, Flag, Proposal, LifeEvent, Medication, Consent, TalkRequest)


def look_up(reference: str = REFERENCE) -> Any:
    """Without any session."""
    return wire.send(Browser(), "POST", "/api/v1/deletions/look-up", {"reference": reference})


def administrator(scene: Scene) -> Browser:
    return factories.browser(factories.make_member(scene.practice, "administrator").user)


def test_of_somebody_who_was_never_met_nothing_stays() -> None:
    scene = make_scene(met=False)
    assert scene.leave() == 204
    left = [model.__name__ for model in (*OF_PERSON, Client, Encounter) if model.objects.exists()]
    assert left == []
    assert not User.objects.filter(pk=scene.user.pk).exists()
    assert look_up().json()["kept"] == []


def test_before_it_the_person_sees_what_goes_and_what_stays() -> None:
    scene = make_scene()
    seen = factories.browser(scene.user, False).get(scene.path("leaving")).json()
    assert seen["stores"] == erasure.stores()
    assert seen["kept"]["years"] == 10
    assert seen["kept"]["basis"] == "Bürgerliches Gesetzbuch, § 630f (3)"
    assert seen["kept"]["kinds"][:3] == ["meetings", "scores", "flags"]


def test_what_the_law_keeps_stays_and_names_nobody() -> None:
    scene = make_scene()
    assert scene.leave() == 204
    kept = Client.objects.get(pk=scene.client.pk)
    assert (kept.display_name, kept.contact, kept.external_id) == ("", None, "")
    assert (kept.user_id, kept.country, kept.reachable) == (None, "", False)
    assert Encounter.objects.get().status == "finished"
    assert Score.objects.get().value == 1.0
    response = Response.objects.get()
    assert (response.answers, response.content_digest, response.time_zone) == ({}, "", "")
    assert Consent.objects.count() == 1
    for gone in (Proposal, LifeEvent, Medication, TalkRequest, Subscription):
        assert not gone.objects.exists(), gone.__name__
    assert not Notification.objects.filter(recipient_id=scene.user.pk).exists()
    assert not User.objects.filter(pk=scene.user.pk).exists()


def test_its_flag_is_closed_with_its_history_and_whoever_answered_for_it_is_told() -> None:
    scene = make_scene()
    scene.leave()
    flag = Flag.objects.get()
    assert (flag.state, flag.outcome, flag.escalate_at) == ("closed", "person-left", None)
    assert list(FlagEvent.objects.values_list("kind", flat=True)) == ["raised", "closed"]
    assert Notification.objects.get().kind == "flag-withdrawn"
    assert Notification.objects.get().recipient_id == scene.dana.user_id


def test_nobody_of_the_practice_reads_the_record_any_more() -> None:
    scene = make_scene()
    scene.leave()
    dana = factories.browser(scene.dana.user)
    assert dana.get(scene.path("overview")).status_code == 404
    caseload = dana.get(f"/api/v1/practices/{scene.practice.pk}/caseload").json()
    flags = dana.get(f"/api/v1/practices/{scene.practice.pk}/flags?state=closed&owner=me").json()
    assert (caseload["items"], flags["items"]) == ([], [])
    assert CareTeamMember.objects.filter(ends_on__lt=clock.now().date()).count() == 1
    clients = administrator(scene).get(f"/api/v1/practices/{scene.practice.pk}/clients").json()
    assert clients["items"] == []


def test_the_name_is_kept_apart_and_opens_for_that_record_alone() -> None:
    scene = make_scene()
    scene.leave()
    kept = KeptRecord.objects.get()
    assert b"Quixotine" not in bytes(kept.identity_sealed)
    assert keeping.identity_of(kept)["name"] == "Ines Quixotine"
    assert keeping.identity_of(kept)["external_id"] == f"F-{scene.client.pk}"


def test_the_operator_puts_name_and_record_together_and_it_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "start_with_database", lambda: None)
    scene = make_scene()
    scene.leave()
    number, to = str(KeptRecord.objects.get().pk), tmp_path / "record.json"
    asked = ["open-kept-record", number, "--reason", "court", "--to", str(to)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert to.stat().st_mode & 0o777 == 0o600
    told = json.loads(to.read_text())
    assert told["identity"]["name"] == "Ines Quixotine"
    kinds = {one["resource"]["resourceType"] for one in told["record"]["entry"]}
    assert {"Encounter", "Observation", "Flag"} <= kinds
    event = AuditEvent.objects.get(action="open-kept-record")
    assert (event.actor_label, event.detail) == ("operator", {"reason": "court"})
    assert CliRunner().invoke(app, asked).exit_code == 2, "no file is written over"
    nobody = ["open-kept-record", "7", "--reason", "court", "--to", str(tmp_path / "other")]
    assert CliRunner().invoke(app, nobody).exit_code == 2


@pytest.mark.any_database
def test_of_every_table_that_hangs_on_a_record_it_is_decided_whether_it_stays() -> None:
    """A new one: add it here, and where it goes, an eraser that does not rely on the cascade."""
    stays = {
        "ClientStanding", "CareTeamMember", "Consent", "Flag", "FlagSignal", "Response", "Score",
        "Encounter", "KeptRecord", "Note", "NoteVersion",
        "Document", "Charge",
    }  # fmt: skip
    goes = {
        "Invitation", "Proposal", "Assignment", "Prompt", "UnreadEntry", "Medication",
        "LifeEvent", "Assessment", "TalkRequest", "Space", "ItemVersion", "Grant", "Folder",
        "FolderKey", "FolderWrap", "Opening", "ReaderNote", "SealedFile",
        "ReadingRequest", "SealedNote", "Screening", "GateDecision", "MinorStatement", "Passage",
        "Participant", "WaitingEntry",
        "Reminder",
        "Intake", "Enquiry", "Waiting",
        "Thread",
        "Enrolment",
        "Listener", "Chat", "Side", "Block", "Report", "PeerStanding", "HandOver",
        "FeeAgreement",
    }  # fmt: skip
    hangs = {one.related_model.__name__ for one in Client._meta.related_objects}
    assert hangs == stays | goes


def test_the_receipt_is_read_without_an_account_and_names_nobody() -> None:
    scene = make_scene()
    scene.leave()
    answer = look_up(REFERENCE.lower().replace("0", "o"))
    assert answer.status_code == 200
    seen = answer.json()
    assert seen["finished_at"] is not None
    assert [step["store"] for step in seen["steps"]] == erasure.stores()
    assert {step["state"] for step in seen["steps"]} == {"done"}
    keeps = {step["store"] for step in seen["steps"] if step["keeps"]}
    assert {"client", "flags", "measures", "meetings"} <= keeps
    assert "vault-items" not in keeps
    (kept,) = seen["kept"]
    assert (kept["years"], kept["record"]) == (10, str(KeptRecord.objects.get().pk))
    assert "Quixotine" not in answer.content.decode()
    assert scene.name not in answer.content.decode()


@pytest.mark.parametrize("reference", ["", "0", REFERENCE[:-1], REFERENCE[:-1] + "T", "x" * 999])
def test_a_reference_that_nobody_was_given_finds_nothing(reference: str) -> None:
    make_scene(met=False).leave()
    assert look_up(reference).status_code in {404, 422}


def test_an_account_can_be_deleted_without_a_receipt() -> None:
    scene = make_scene(met=False)
    assert scene.leave(receipt=None) == 204
    assert Departure.objects.get().receipt_hash == ""


def test_the_administrator_sees_each_step_and_no_name() -> None:
    scene = make_scene()
    scene.leave()
    answer = administrator(scene).get(f"/api/v1/practices/{scene.practice.pk}/departures")
    (row,) = answer.json()["items"]
    assert len(row["steps"]) == len(erasure.stores())
    assert "Quixotine" not in answer.content.decode()
    elsewhere = make_scene(met=False)
    answer = administrator(elsewhere).get(f"/api/v1/practices/{elsewhere.practice.pk}/departures")
    assert answer.json()["items"] == []


def test_a_country_without_a_known_rule_keeps_nothing_until_the_practice_says_so() -> None:
    scene = make_scene(countries=("MT",))
    by = factories.actor_for(factories.make_member(scene.practice, "administrator"))
    assert keeping.decide(scene.client, clock.now()) is None
    retention.change(scene.practice, legal_years=6, days={}, by=by)
    kept = keeping.decide(scene.client, clock.now())
    assert kept is not None
    assert (kept.rule.years, kept.rule.basis) == (6, "")
    retention.change(scene.practice, legal_years=0, days={}, by=by)
    assert keeping.decide(scene.client, clock.now()) is None


def test_after_the_period_what_was_kept_goes_too() -> None:
    scene = make_scene()
    scene.leave()
    later = clock.now() + timedelta(days=365 * 10 + 10)
    early = clock.now() + timedelta(days=365 * 9)
    assert retention.LEGAL not in retention.apply(scene.practice, early)
    assert retention.apply(scene.practice, later)[retention.LEGAL] == 1
    assert erasure.run_pending(until=later) == 0
    left = [model.__name__ for model in (*OF_PERSON, Client, Encounter) if model.objects.exists()]
    assert left == []
    kept = KeptRecord.objects.get()
    assert keeping.identity_of(kept) == {}
    assert look_up().json()["kept"][0]["erased_at"] is not None
    assert AuditEvent.objects.filter(action="expire", resource=retention.LEGAL).count() == 1


# --- a step that fails


def test_a_failed_step_waits_longer_each_time_and_the_receipt_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def erase(_: erasure.Subject) -> None:
        raise DatabaseError

    monkeypatch.setattr(erasure, "_stores", dict(erasure._stores))
    erasure.register("far-away", erase, position=60)
    scene = make_scene(met=False)
    scene.leave()
    waits = []
    for _ in range(12):
        step = ErasureStep.objects.get(store="far-away")
        assert step.next_attempt_at is not None
        assert step.last_attempt_at is not None
        waits.append((step.next_attempt_at - step.last_attempt_at).total_seconds())
        retry_erasures(step.next_attempt_at - timedelta(seconds=1))
        assert ErasureStep.objects.get(store="far-away").attempts == step.attempts
        retry_erasures(step.next_attempt_at)
    assert waits[:4] == [10, 20, 40, 80]
    assert waits[-1] == 3600
    seen = {step["store"]: step for step in look_up().json()["steps"]}
    assert seen["far-away"]["state"] == "failed"
    assert seen["far-away"]["next_attempt_at"] is not None
    assert seen["client"]["state"] == "waiting"
    assert look_up().json()["finished_at"] is None


def test_a_backup_disk_that_is_away_holds_back_nothing_but_its_own_step(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("HOLDFAST_BACKUP_DIR", str(tmp_path / "away"))
    scene = make_scene(met=False)
    scene.leave()
    assert not User.objects.filter(pk=scene.user.pk).exists()
    assert list(ErasureStep.objects.filter(done_at=None).values_list("store", flat=True)) == [
        "backups"
    ]
    (tmp_path / "away").mkdir()
    assert retry_erasures(clock.now() + timedelta(minutes=1)) == 0
    (entry,) = outside.read(tmp_path / "away" / outside.NAME)
    assert entry.user_id == scene.user.pk
    assert entry.user_id in {one.user_id for one in outside.read(outside.own_list())}
    assert look_up().json()["finished_at"] is not None
