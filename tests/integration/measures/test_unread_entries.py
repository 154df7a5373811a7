"""A device may be newer than the server: what it hands in is kept, told so, and read later.

An older server is this one before it knew any form: then what is newest here is newer than it.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

import pytest

from holdfast.cli.doctor import check_unread_answers
from holdfast.config import readiness
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity.erasure import Subject
from holdfast.safety.flags.models import Flag
from holdfast.sense.measures import entries, unread
from holdfast.sense.measures.erasure import forget
from holdfast.sense.measures.models import Response, UnreadEntry
from holdfast.sense.measures.tasks import read_kept_entries
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene, phq9

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The server before the newest form; `undo` upgrades it."""
    monkeypatch.setattr(entries, "NEWEST", entries.NEWEST - 1)
    return monkeypatch


def post(scene: Scene, body: Any, moment: Any = MONDAY_10) -> Any:
    with at(moment):
        return scene.person().post(scene.mine("responses"), body, content_type="application/json")


def test_an_entry_of_every_released_form_is_accepted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = {
        -1: lambda entry: entry | {"answers": entry["given"]},
        0: lambda entry: {name: value for name, value in entry.items() if name != "given"},
    }
    monkeypatch.setattr(entries, "CONVERTERS", forms)
    body = phq9(0)
    oldest = body | {"schema": -1, "given": body["answers"], "answers": None}
    assert post(scene, oldest).status_code == 201
    assert post(scene, body).status_code == 200
    assert Response.objects.get().answers["phq9_1"] == 1


@pytest.mark.parametrize("form", [None, "1", [], {}, 0, -3, 1.5, 10**30, 10_000])
def test_what_is_no_form_at_all_is_refused(scene: Scene, form: Any) -> None:
    answer = post(scene, phq9(0) | {"schema": form})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == "schema"
    assert not UnreadEntry.objects.exists()


def test_a_newer_entry_is_kept_once_and_the_device_is_told_so(scene: Scene) -> None:
    body = {"id": str(uuid.uuid4()), "schema": entries.NEWEST + 1, "said": ["half \ud800"]}
    first = post(scene, body)
    assert first.status_code == 422
    problem = first.json()
    assert (problem["code"], problem["kept"]) == ("unsupported-schema", True)
    assert problem["received_at"].startswith("2026-11-23T10:00:00")
    assert problem["understood"] == [entries.NEWEST]
    assert post(scene, body, "2026-11-24T10:00:00+00:00").json() == problem
    assert unread.waiting() == 1
    assert post(scene, body | {"said": "other"}).status_code == 422
    assert unread.waiting() == 2
    assert not Response.objects.exists()
    assert AuditEvent.objects.filter(action="keep", resource="unread_entry").count() == 2


def test_nobody_reads_it_in_the_database_or_the_log(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    body = phq9(0) | {"schema": entries.NEWEST + 1, "said": "canary-phrase"}
    with caplog.at_level(logging.DEBUG):
        post(scene, body)
    row = UnreadEntry.objects.get()
    assert b"canary-phrase" not in bytes(row.text_sealed)
    assert "canary-phrase" in row.text
    assert "canary-phrase" not in caplog.text
    assert "newer than this server" in caplog.text


def test_one_that_is_too_large_to_be_an_answer_is_refused(scene: Scene) -> None:
    body = {"id": str(uuid.uuid4()), "schema": entries.NEWEST + 1}
    answer = post(scene, body | {"said": "x" * unread.MOST_CHARACTERS})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not UnreadEntry.objects.exists()


def test_the_upgrade_reads_it_and_tells_whom_it_worries(
    scene: Scene, older: pytest.MonkeyPatch
) -> None:
    body = phq9(2)
    assert post(scene, body).json()["code"] == "unsupported-schema"
    with at("2026-11-23T12:00:00+00:00"):
        assert read_kept_entries(MONDAY_10) == 0
        older.undo()
        assert read_kept_entries(MONDAY_10) == 1
    response = Response.objects.get()
    assert str(response.pk) == body["id"]
    assert response.received_at.hour == 12
    assert Flag.objects.get().reason == "thoughts-of-death"
    assert not unread.waiting()
    assert post(scene, body).status_code == 200


def test_it_is_the_same_response_when_the_device_was_first_after_the_upgrade(
    scene: Scene, older: pytest.MonkeyPatch
) -> None:
    body = phq9(2)
    post(scene, body)
    older.undo()
    assert post(scene, body).status_code == 201
    with at(MONDAY_10):
        assert read_kept_entries(MONDAY_10) == 1
    assert Response.objects.count() == Flag.objects.count() == 1
    assert not unread.waiting()


def test_what_is_refused_once_it_is_read_stays_with_the_reason(
    scene: Scene, older: pytest.MonkeyPatch
) -> None:
    post(scene, phq9(0) | {"instrument": "phq-90"})
    post(scene, {"id": str(uuid.uuid4()), "schema": 1})
    older.undo()
    with at(MONDAY_10):
        assert read_kept_entries(MONDAY_10) == 0
        assert read_kept_entries(MONDAY_10) == 0
    assert {row.refusal for row in UnreadEntry.objects.all()} == {"invalid"}
    assert unread.waiting() == 2


def test_administrators_see_how_many_there_are(scene: Scene) -> None:
    assert check_unread_answers().verdict == "ok"
    post(scene, {"id": str(uuid.uuid4()), "schema": entries.NEWEST + 1})
    found = check_unread_answers()
    assert (found.verdict, found.found) == ("fault", "1 kept, and read by nobody")
    assert "holdfast upgrade" in found.advice
    assert readiness.waiting(MONDAY_10).unread_answers == 1


def test_it_goes_with_its_person(scene: Scene) -> None:
    post(scene, {"id": str(uuid.uuid4()), "schema": entries.NEWEST + 1})
    assert scene.client.user is not None
    forget(Subject(scene.client.user.pk, scene.practice.pk, scene.client.pk))
    assert not UnreadEntry.objects.exists()
