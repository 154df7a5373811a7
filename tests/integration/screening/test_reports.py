"""What becomes of a report: rows of codes, a flag by the policy, an alarm, and nothing else."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from holdfast.config import readiness
from holdfast.core import clock, tickets
from holdfast.core.audit.models import AuditEvent
from holdfast.core.consent.models import Consent
from holdfast.core.notify.models import Notification
from holdfast.safety.flags.models import Flag, FlagSignal
from holdfast.safety.screening.models import (
    GateDecision,
    MinorStatement,
    ReferralCount,
    Screening,
)
from tests import factories
from tests.integration.core import wire
from tests.integration.screening.scene import HASH, evidence_of, make_scene, post

pytestmark = pytest.mark.django_db


def test_an_urgent_text_raises_a_flag_and_keeps_codes_and_offsets() -> None:
    scene = make_scene()
    report = scene.report("urgent", referrals=["de-telefonseelsorge-1"])
    answer = scene.send(report)
    assert answer.status_code == 200
    told = answer.json()["flag"]
    assert (told["level"], told["reason"], told["owner_name"]) == ("urgent", "text-urgent", "Dana")
    row = Screening.objects.get()
    assert (str(row.pk), str(row.flag_id), row.level) == (report["id"], told["id"], 3)
    assert row.evidence == report["evidence"]
    assert (row.text_hash, row.versions["rules"]) == (HASH, 3)
    signal = FlagSignal.objects.get()
    assert (signal.code, signal.reason) == ("active-wish", "text-urgent")
    raised = AuditEvent.objects.get(action="raise")
    assert (raised.actor_label, raised.client_id) == ("screening", scene.person.pk)
    assert {one.recipient_id for one in Notification.objects.all()} == {scene.dana.user_id}


def test_the_same_report_again_changes_nothing_and_is_answered_as_before() -> None:
    scene = make_scene()
    report = scene.report("concern", referrals=["de-telefonseelsorge-1"])
    first, again = scene.send(report).json(), scene.send(report).json()
    assert first == again
    assert Screening.objects.count() == 1
    assert Flag.objects.get().repeats == 0
    assert ReferralCount.objects.get().count == 1


def test_an_open_flag_absorbs_what_comes_after_it() -> None:
    scene = make_scene()
    first = scene.send(scene.report("concern")).json()["flag"]
    second = scene.send(scene.report("urgent")).json()["flag"]
    assert (first["id"], second["level"]) == (second["id"], "urgent")
    assert Screening.objects.filter(flag_id=first["id"]).count() == 2


@pytest.mark.any_database
def test_what_nobody_is_told_of_is_kept_all_the_same() -> None:
    scene = make_scene()
    for level in ("none", "watch"):
        assert scene.send(scene.report(level)).json() == {"flag": None}
    assert set(Screening.objects.values_list("level", flat=True)) == {0, 1}
    assert not Flag.objects.exists()


@pytest.mark.any_database
def test_harm_to_others_and_abuse_have_reasons_of_their_own() -> None:
    scene = make_scene()
    evidence = [
        evidence_of("threat", "urgent", "harm_to_others"),
        evidence_of("hit-at-home", "concern", "abuse_or_violence"),
    ]
    told = scene.send(scene.report("urgent", evidence=evidence)).json()["flag"]
    assert told["reason"] == "text-others"
    reasons = dict(FlagSignal.objects.values_list("reason", "code"))
    assert reasons == {"text-others": "threat", "text-abuse": "hit-at-home"}


@pytest.mark.any_database
def test_decisions_about_generated_text_are_kept_with_the_screening() -> None:
    scene = make_scene()
    gate = [
        {"decision": "replaced", "reasons": ["diagnosis"], "version": 4, "hash": "a" * 64},
        {"decision": "shown", "reasons": [], "version": 4, "hash": "b" * 64},
    ]
    scene.send(scene.report("none", gate=gate))
    rows = list(GateDecision.objects.order_by("position"))
    assert [(row.decision, row.reasons, row.version) for row in rows] == [
        ("replaced", ["diagnosis"], "4"),
        ("shown", [], "4"),
    ]


def test_a_screen_that_failed_alarms_the_administrators_once_and_calls_nothing_safe() -> None:
    scene = make_scene()
    for _ in range(2):
        assert scene.send(scene.report(None)).json() == {"flag": None}
    assert list(Screening.objects.values_list("level", flat=True)) == [None, None]
    assert readiness.waiting(clock.now()).unscreened_texts == 2
    told = Notification.objects.get()
    assert (told.kind, told.recipient_id, told.urgent) == (
        "screen-failed",
        scene.admin.user_id,
        True,
    )


@pytest.mark.any_database
def test_a_gate_that_is_closed_alarms_the_administrators_once() -> None:
    scene = make_scene()
    for _ in range(2):
        assert scene.send(scene.report("none", gate_closed=True)).json() == {"flag": None}
    told = Notification.objects.get()
    assert (told.kind, told.recipient_id, told.urgent) == ("gate-closed", scene.admin.user_id, True)


@pytest.mark.any_database
def test_of_who_takes_the_consent_back_nothing_is_kept_and_nobody_is_told() -> None:
    scene = make_scene()
    Consent.objects.create(
        practice=scene.practice, client=scene.person, purpose="screening", version="2",
        given_at=clock.now(),
    )  # fmt: skip
    given = Consent.objects.get()
    path = scene.path(f"consents/{given.pk}")
    assert wire.send(scene.as_person(), "DELETE", path).status_code == 204
    assert scene.send(scene.report("emergency")).json() == {"flag": None}
    assert not Screening.objects.exists()
    assert not Flag.objects.exists()


@pytest.mark.any_database
def test_a_person_who_left_or_another_practice_s_is_answered_with_nothing() -> None:
    scene, other = make_scene(), make_scene()
    for fields in ({"client": str(uuid.uuid4())}, {"client": str(other.person.pk)}):
        assert scene.send(scene.report("urgent", **fields)).json() == {"flag": None}
    assert scene.send(scene.report("urgent", client=None)).json() == {"flag": None}
    assert not Screening.objects.exists()


@pytest.mark.any_database
def test_what_this_installation_did_not_seal_is_refused() -> None:
    scene = make_scene()
    report = scene.report("urgent")
    ticket = tickets.seal(tickets.TICKET, report, settings.LIVE_SECRET)
    foreign = tickets.seal(tickets.REPORT, report, b"another installation's secret")
    for blob in (ticket, foreign, "", "A" * 100):
        answer = post(blob)
        assert (answer.status_code, answer.json()["code"]) == (401, "report-refused")
    assert not Screening.objects.exists()


@pytest.mark.any_database
@pytest.mark.parametrize(
    "fields",
    [
        {"level": "severe"},
        {"hash": "i want to die"},
        {"evidence": [evidence_of("i want to die", "urgent")]},
        {"categories": ["i want to die"]},
        {"protocol": [{"step": "done", "answer": "i want to die"}]},
        {"versions": {"rules": "i want to die"}},
        {"gate": [{"decision": "shown", "hash": "i want to die"}]},
        {"at": "yesterday"},
    ],
)
def test_a_text_fits_nowhere_in_a_report(fields: dict[str, Any]) -> None:
    scene = make_scene()
    answer = scene.send(scene.report("urgent") | fields)
    assert answer.status_code == 422
    assert "want to die" not in answer.content.decode()
    assert not Screening.objects.exists()


@pytest.mark.any_database
def test_what_a_newer_process_adds_is_left_out_and_the_sign_of_danger_arrives() -> None:
    scene = make_scene()
    assert scene.send(scene.report("urgent", text="i want to die")).json()["flag"] is not None
    stored = Screening.objects.values().get()
    assert "want to die" not in str(stored)


@pytest.mark.any_database
def test_an_instant_ahead_of_ours_is_taken_as_now() -> None:
    scene = make_scene()
    ahead = (clock.now() + timedelta(days=2)).isoformat()
    scene.send(scene.report("urgent", at=ahead))
    assert Screening.objects.get().at <= clock.now()
    assert Flag.objects.get().answered_at <= clock.now()


@pytest.mark.any_database
def test_who_says_that_they_are_under_18_is_remembered() -> None:
    scene = make_scene()
    scene.send(scene.report("none", protocol=[{"step": "age", "answer": "under_18"}]))
    assert MinorStatement.objects.get().client_id == scene.person.pk


@pytest.mark.any_database
def test_from_urgent_on_is_the_latest_that_a_practice_may_choose() -> None:
    scene = make_scene()
    browser = factories.browser(scene.admin.user)
    body = {"tell_from": "emergency", "words": "asked"}
    path = scene.own("companion/policy")
    assert wire.send(browser, "PUT", path, body).status_code == 422
    assert wire.send(browser, "PUT", path, body | {"tell_from": "urgent"}).status_code == 200
    assert scene.send(scene.report("concern")).json() == {"flag": None}
    assert scene.send(scene.report("urgent")).json()["flag"] is not None
