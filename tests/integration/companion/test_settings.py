"""What a practice decides: flows read, commented and switched, and its model."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.core.audit.models import AuditEvent
from holdfast.support.companion.models import FlowComment, ModelEndpoint
from tests import factories
from tests.integration.companion.test_tickets import choose_model
from tests.integration.core import wire
from tests.integration.screening.scene import make_scene

pytestmark = pytest.mark.django_db


def statements(browser: Any, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert browser.get(path).status_code == 200
    return sum("companion_" in one["sql"] for one in caught.captured_queries)


def test_a_clinician_reads_a_flow_with_its_map_and_says_something_of_a_step() -> None:
    scene = make_scene()
    dana = factories.browser(scene.dana.user)
    page = dana.get(scene.own("companion/flows/thought-record?language=de")).json()
    assert (page["flow"], page["language"], page["status"]) == ("thought-record", "de", "draft")
    assert page["map"].startswith("flowchart TD")
    assert all(step["say"] and step["next"] for step in page["steps"])
    assert page["sources"]
    step = page["steps"][0]["name"]
    path = scene.own("companion/flows/thought-record/comments")
    said = {"language": "de", "step": step, "text": "Zu lang für den Anfang."}
    made = wire.send(dana, "POST", path, said)
    assert made.status_code == 201
    assert (made.json()["by"], made.json()["step"]) == ("Dana", step)
    assert b"Zu lang" not in bytes(FlowComment.objects.get().text_sealed)
    rows = dana.get(scene.own("companion/flows")).json()["items"]
    assert {row["flow"]: row["open_comments"] for row in rows}["thought-record"] == 1
    omar = factories.browser(scene.omar.user)
    done = scene.own(f"companion/comments/{made.json()['id']}/resolve")
    assert wire.send(omar, "POST", done).json()["resolved_at"] is not None
    rows = dana.get(scene.own("companion/flows")).json()["items"]
    assert {row["open_comments"] for row in rows} == {0}
    other = factories.browser(make_scene().dana.user)
    assert wire.send(other, "POST", done).status_code == 404


@pytest.mark.any_database
def test_lists_ask_the_database_the_same_however_much_there_is() -> None:
    scene = make_scene()
    dana = factories.browser(scene.dana.user)
    for flow in ("check-in", "grounding"):
        for number in range(3):
            path = scene.own(f"companion/flows/{flow}/comments")
            wire.send(dana, "POST", path, {"language": "en", "text": f"One {number}"})
        wire.send(dana, "PUT", scene.own(f"companion/flows/{flow}/languages/en"), {"on": True})
    assert statements(dana, scene.own("companion/flows")) == 2
    assert statements(dana, scene.own("companion/flows/grounding")) == 2


@pytest.mark.any_database
def test_what_is_no_flow_no_step_and_no_language_of_it_is_refused() -> None:
    scene = make_scene()
    dana = factories.browser(scene.dana.user)
    assert dana.get(scene.own("companion/flows/horoscope")).status_code == 404
    path = scene.own("companion/flows/grounding/comments")
    wrong = {"language": "en", "step": "nowhere", "text": "x"}
    assert wire.send(dana, "POST", path, wrong).status_code == 422
    path = scene.own("companion/flows/grounding/languages/zz")
    assert wire.send(dana, "PUT", path, {"on": True}).status_code == 404


@pytest.mark.any_database
def test_the_model_s_key_is_sealed_and_never_shown_again() -> None:
    scene = make_scene()
    shown = choose_model(scene).json()
    assert shown["has_key"] is True
    assert "sk-canary" not in str(shown)
    row = ModelEndpoint.objects.get()
    assert b"sk-canary" not in bytes(row.key_sealed)
    assert row.key == "sk-canary"
    assert choose_model(scene, key=None, name="other").json()["has_key"] is True
    assert choose_model(scene, key="").json()["has_key"] is False
    assert "sk-canary" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


@pytest.mark.any_database
def test_a_model_needs_an_address_and_a_name() -> None:
    scene = make_scene()
    assert choose_model(scene, url="").json()["code"] == "model-incomplete"
    refused = {
        "ftp://model.example": "model-url-invalid",
        "https://model.example/v1?key=1": "model-url-invalid",
        "http://model.example/v1": "model-url-not-encrypted",
        "http://169.254.169.254/latest": "model-url-forbidden",
    }
    for url, code in refused.items():
        answer = choose_model(scene, url=url)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert not ModelEndpoint.objects.exists()
