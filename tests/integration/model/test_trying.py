"""`python -m holdfast.support.companion.model`: an administrator tries an endpoint."""

from __future__ import annotations

import pytest

from holdfast.support.companion.model.__main__ import SAMPLES, main
from holdfast.support.companion.model.prompts import shipped_prompts
from tests.fake_model import FakeModel, whole

GOOD = {
    "en": "You were ashamed when your boss shouted at you in front of everyone.",
    "de": "Du hast dich geschämt, als dein Chef dich vor allen angeschrien hat.",
    "es": "Te dio vergüenza que tu jefe te gritara delante de todos.",
    "ar": "شعرت بالخجل حين صرخ مديرك أمام الجميع.",
}


def test_there_is_a_sample_in_every_language_with_prompts() -> None:
    assert set(SAMPLES) == set(shipped_prompts()) == set(GOOD)


@pytest.mark.parametrize("language", sorted(GOOD))
def test_a_sound_endpoint_is_shown_to_be_one(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_MODEL_KEY", "sk-test")
    with FakeModel(script=whole(GOOD[language])).serving() as model:
        assert main([model.url, "tiny", "--language", language]) == 0
        assert model.seen_headers[0]["authorization"] == "Bearer sk-test"
    printed = capsys.readouterr().out
    assert f"shown: {GOOD[language]}" in printed
    assert "ended: done" in printed
    assert "sk-test" not in printed


def test_why_nothing_would_be_shown_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeModel(script=whole("Sure! Here is a reflection.")).serving() as model:
        assert main([model.url, "tiny"]) == 1
    printed = capsys.readouterr().out
    assert "held-back: " in printed
    assert "ended: held-back; first sentence: none" in printed


def test_an_address_that_is_not_spoken_to_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["http://models.example.org/v1", "tiny"]) == 1
    assert capsys.readouterr().out == "not asked: model-url-not-encrypted\n"
