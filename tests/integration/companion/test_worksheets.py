"""Which exercises a visit may fill in together: those that the practice has on, and no draft."""

from __future__ import annotations

import pytest

from tests import factories
from tests.integration.companion.test_settings import statements
from tests.integration.core import wire
from tests.integration.screening.scene import Scene, make_scene

pytestmark = pytest.mark.django_db


def switch(scene: Scene, flow: str, language: str) -> None:
    dana = factories.browser(scene.dana.user)
    path = scene.own(f"companion/flows/{flow}/languages/{language}")
    assert wire.send(dana, "PUT", path, {"on": True}).status_code == 200


def test_what_is_on_and_ends_in_a_summary_is_offered_to_both_sides() -> None:
    scene = make_scene()
    dana = factories.browser(scene.dana.user)
    path = scene.own("companion/worksheets?language=de-AT")
    assert dana.get(path).json() == {"items": []}
    for flow in ("thought-record", "grounding"):
        switch(scene, flow, "de")
    switch(scene, "worry", "en")
    assert statements(dana, path) == 1
    for browser in (dana, scene.as_person()):
        [found] = browser.get(path).json()["items"]
        assert (found["flow"], found["language"]) == ("thought-record", "de")
        assert found["fields"][0]["name"] == "situation"
        assert found["fields"][0]["title"] == "Was geschah"
