"""How long screenings are kept, what a person takes away, and what goes with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock, tickets
from holdfast.core.identity.erasure import Subject
from holdfast.core.leaving import copies, retention
from holdfast.safety.flags.models import Flag
from holdfast.safety.screening import erasure, receiving
from holdfast.safety.screening.models import (
    GateDecision,
    MinorStatement,
    ReferralCount,
    Screening,
)
from holdfast.support.companion import issuing
from tests import factories
from tests.integration.screening.scene import HASH, make_scene

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

GATE = [{"decision": "shown", "reasons": [], "version": 4, "hash": HASH}]


def test_after_a_year_the_screening_goes_and_flag_and_count_stay() -> None:
    scene = make_scene()
    scene.send(scene.report("urgent", gate=GATE, referrals=["us-988"]))
    now = clock.now()
    assert retention.apply(scene.practice, now + timedelta(days=364)) == {}
    removed = retention.apply(scene.practice, now + timedelta(days=366))
    assert removed["screenings"] == 1
    assert not Screening.objects.exists()
    assert not GateDecision.objects.exists()
    assert Flag.objects.get().reason == "text-urgent"
    assert ReferralCount.objects.get().count == 1


def test_a_person_takes_away_what_was_said_of_their_texts() -> None:
    scene = make_scene()
    scene.send(scene.report("urgent"))
    scene.send(scene.report(None))
    (table,) = [one for one in copies.tables() if one.name == "screenings.csv"]
    rows = [list(row)[1:] for row in table.rows(scene.person)]
    assert rows == [
        ["companion", "urgent", "active_ideation", "yes"],
        ["companion", "failed", "", "no"],
    ]
    found = [one for one in copies.resources(scene.person) if one["resourceType"] == "Observation"]
    levels = {one["valueCodeableConcept"]["coding"][0]["code"] for one in found}
    assert levels == {"urgent", "failed"}
    assert HASH not in str(found)


def test_with_a_person_everything_goes_and_another_s_stays() -> None:
    scene, other = make_scene(), make_scene()
    for each in (scene, other):
        each.send(each.report("urgent", gate=GATE, notices=["minor"]))
    assert scene.person.user_id is not None
    subject = Subject(scene.person.user_id, scene.practice.pk, scene.person.pk)
    for _ in range(2):
        erasure.forget(subject)
    for model in (Screening, GateDecision, MinorStatement):
        assert model.objects.get().client_id == other.person.pk


def test_anybody_may_see_how_often_lines_were_named_and_no_small_number() -> None:
    scene = make_scene()
    today = clock.now().date().replace(day=1)
    last = (today - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    for month, count in ((last, 12), (before, 3), (today, 50)):
        ReferralCount.objects.create(practice=scene.practice, month=month, count=count)
    page = Browser().get("/api/v1/protocol").json()
    assert {"en", "es", "de", "ar"} <= set(page["protocol"]["languages"])
    assert len(page["protocol"]["references"]) > 5
    assert page["screen"]["version"]
    assert page["referrals"]["months"] == [
        {"month": last.strftime("%Y-%m"), "at_least": 10},
        {"month": before.strftime("%Y-%m"), "at_least": None},
    ]


def test_reports_and_tickets_ask_the_database_no_more_for_a_long_history() -> None:
    scene = make_scene()

    def statements() -> tuple[int, int]:
        report = scene.report("concern")
        blob = tickets.seal(tickets.REPORT, report, settings.LIVE_SECRET)
        with CaptureQueriesContext(connection) as taking:
            receiving.receive(blob)
        by = factories.actor_for(scene.dana)
        with CaptureQueriesContext(connection) as giving:
            issuing.issue(scene.person, scene.practice, language=None, country=None, by=by)
        return len(taking), len(giving)

    statements()
    once = statements()
    for _ in range(5):
        scene.send(scene.report("concern"))
    assert statements() == once
    assert once[1] <= 15
