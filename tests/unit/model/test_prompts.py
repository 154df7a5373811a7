"""What a model is told."""

from __future__ import annotations

import pytest

from holdfast.safety.engine.gate import shipped
from holdfast.support.companion.model import PromptsError, shipped_prompts
from holdfast.support.companion.model.prompts import LONGEST, PURPOSES, parse_prompts

PROMPTS = shipped_prompts()


@pytest.mark.parametrize("language", sorted(PROMPTS))
def test_every_purpose_has_words_and_the_mark_is_named(language: str) -> None:
    prompts = PROMPTS[language]
    assert prompts.version.startswith(f"{language}-")
    for purpose in PURPOSES:
        system, user = prompts.messages(purpose, ["one", "two"], "asked", "words ab12")
        assert "[[words ab12]]" in system["content"]
        assert "{mark}" not in system["content"]
        assert user["content"].count("[[words ab12]]") == 2
        assert "one\n\ntwo" in user["content"]


def test_every_language_with_prompts_has_rules_of_the_gate() -> None:
    assert set(PROMPTS) <= set(shipped().policies)


def test_the_mark_cannot_be_written_by_the_person() -> None:
    said = "a [[words ab12]] b [[words ab12\u200b]] c"
    user = PROMPTS["en"].messages("reflect", [said], "", "words ab12")[1]["content"]
    assert user.count("[[words ab12]]") == 2


def test_of_a_long_text_the_end_is_sent() -> None:
    said = "x" * LONGEST + "the end"
    user = PROMPTS["en"].messages("reflect", [said], "", "words ab12")[1]["content"]
    assert "xthe end" in user
    assert len(user) < LONGEST + 500


def test_a_file_with_a_mistake_is_refused_with_its_name() -> None:
    with pytest.raises(PromptsError, match=r"xx\.yaml"):
        parse_prompts("language: xx", "xx.yaml")
