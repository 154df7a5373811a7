"""The training says the same in every language, and is read strictly."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from holdfast.meet.peers.engine import training

ENGLISH = training.shipped("en")


def shape(found: training.Training) -> list[tuple[str, int, list[tuple[int, int]]]]:
    return [
        (one.code, len(one.text), [(len(each.choices), each.right) for each in one.questions])
        for one in found.modules
    ]


@pytest.mark.parametrize("language", training.LANGUAGES)
def test_every_language_has_the_same_modules_questions_and_right_answers(language: str) -> None:
    found = training.shipped(language)
    assert shape(found) == shape(ENGLISH)
    assert found.status == "draft"
    if language != "en":
        assert found.modules[0].title != ENGLISH.modules[0].title


def test_every_right_answer_is_one_of_the_choices_and_not_always_in_one_place() -> None:
    questions = [each for one in ENGLISH.modules for each in one.questions]
    assert all(each.right < len(each.choices) for each in questions)
    assert {each.right for each in questions} == {0, 1, 2}


def test_a_module_is_passed_only_with_every_answer_right() -> None:
    module = ENGLISH.modules[0]
    right = {at: each.right for at, each in enumerate(module.questions)}
    assert training.wrong(module, right) == []
    assert training.wrong(module, {}) == list(range(len(module.questions)))
    assert training.wrong(module, right | {0: (right[0] + 1) % 3}) == [0]


def test_the_training_is_finished_with_all_modules_and_not_before() -> None:
    codes = frozenset(one.code for one in ENGLISH.modules)
    assert training.finished(codes)
    assert not training.finished(codes - {"when-to-hand-over"})


def test_a_field_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValidationError):
        training.read("status: draft\nsource: x\nmodules: []\nmore: x\n")


def test_another_language_reads_english() -> None:
    assert training.shipped("fr") == ENGLISH
    assert training.shipped("de-AT") == training.shipped("de")
