"""What the words near a phrase make of it, how words are read, and the copy of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.safety.engine.screen import Level, Screener, screen
from holdfast.safety.engine.screen.compiled import CONTENT, compiled, digest, shipped_rules
from holdfast.safety.engine.screen.normalise import Normaliser
from holdfast.safety.engine.screen.rules import RulesError, parse_rules

pytestmark = pytest.mark.any_database

RULES = """
language: en
version: 1
reviewed_by: null
misspelt: [goodbye]
phrases:
  - {id: en-die, level: concern, any: ["want to die", "thoughts of dying"]}
  - {id: en-tried, level: concern, any: ["tried to die"]}
  - {id: en-bye, level: concern, anywhere: true, any: ["goodbye"], near: ["sorry for everything"]}
context:
  negation_before: ["not", "no (thoughts|plans)"]
  past: ["years ago"]
  past_next: ["years ago", "i got help"]
  past_other: ["last week"]
  now: ["again"]
  other_person_before: ["my friend"]
"""
SCREENER = Screener({"en": parse_rules(RULES, "test.yaml")})


def level(text: str) -> Level:
    return SCREENER.screen(text, locale="en").level


def test_a_denial_may_reach_into_what_it_denies() -> None:
    assert level("thoughts of dying") is Level.CONCERN
    assert level("no thoughts of dying") is Level.NONE


def test_what_the_next_sentence_closes_is_past() -> None:
    assert level("i want to die") is Level.CONCERN
    assert level("i tried to die. years ago") is Level.WATCH
    assert level("i tried to die. i got help") is Level.WATCH
    assert level("i got help. i want to die") is Level.CONCERN
    assert level("i want to die again. i got help") is Level.CONCERN


def test_what_befell_somebody_else_lately_is_to_worry_about() -> None:
    assert level("my friend tried to die") is Level.CONCERN
    assert level("my friend tried to die last week") is Level.WATCH
    assert level("i tried to die last week") is Level.CONCERN


def test_two_halves_of_a_farewell_may_stand_in_two_sentences() -> None:
    assert level("goodbye") is Level.NONE
    assert level("i am sorry for everything. goodbye.") is Level.CONCERN


def test_alternatives_outside_brackets_are_refused() -> None:
    with pytest.raises(RulesError, match="alternatives need brackets"):
        parse_rules(RULES.replace('"want to die"', '"want to die|wish to die"'), "test.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sœur Æther", ("soeur", "aether")),
        ("ich wär tot", ("ich", "waer", "tot")),
        ("ich war tot", ("ich", "war", "tot")),
        ("鯊 喪 厭", ("鲨", "丧", "厌")),
    ],
)
def test_words_are_read_as(text: str, words: tuple[str, ...]) -> None:
    assert Normaliser().words(text).words == words


def test_an_umlaut_written_out_keeps_the_offsets() -> None:
    read = Normaliser().words("ich wär tot")
    assert (read.starts, read.ends) == ((0, 4, 8), (3, 7, 11))


def test_arabic_and_is_cut_from_a_word_that_rules_know() -> None:
    read = Normaliser(["انتحر"])
    assert read.words("وانتحر").words == ("و", "انتحر")
    assert read.words("وردة").words == ("ورده",)


def test_a_real_word_is_not_taken_for_a_misspelt_one() -> None:
    read = Normaliser(["cortarme"], misspelt=["cortarme"], spelt=["contarme"])
    assert read.words("cortrame contarme").words == ("cortarme", "contarme")


def test_a_stale_copy_of_the_rules_is_not_used(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "en.yaml").write_text(RULES)
    copy = tmp_path / "compiled.json"
    copy.write_text(compiled({"en.yaml": RULES}))
    kept = shipped_rules(rules, copy)["en"]
    assert [one.pattern for one in kept.phrases] == [
        one.pattern for one in parse_rules(RULES, "en.yaml").phrases
    ]
    (rules / "en.yaml").write_text(RULES.replace("want to die", "wish to die"))
    fresh = Screener(shipped_rules(rules, copy))
    assert fresh.screen("i wish to die").alarm
    assert not fresh.screen("i want to die").alarm


def test_the_copy_of_the_rules_that_ships_is_of_the_rules_that_ship() -> None:
    """Where it is not: `python -m training.safety compile`."""
    kept = (CONTENT / "weights" / "compiled.json").read_text(encoding="utf-8")
    for path in (CONTENT / "rules").iterdir():
        if path.name.endswith(".yaml"):
            assert digest(path.read_text(encoding="utf-8")) in kept, path.name


@pytest.mark.parametrize(
    "text",
    [
        "my family would be better off if i just disappeared",
        "by the time you read this i'll be gone",
        "id be okay with not waking up",
        "i gave my best friend my guitar, i won't need it anymore",
        "been hiding my meds under the mattress instead of taking them",
        "i've picked the day",
        "my friend told me she wants to kill herself",
        "I'm sorry for everything. I love you all. Goodbye.",
    ],
)
def test_indirect_ways_of_saying_it_are_heard(text: str) -> None:
    assert screen(text, locale="en").alarm


@pytest.mark.parametrize(
    "text",
    [
        "I no longer want to die",
        "I attempted suicide ten years ago and I'm so glad I survived",
        "As a social work student I need to learn how to ask about suicidal ideation",
        "That meeting was so boring I wanted to die",
        "In the novel, the hero takes his own life in the last chapter",
        "I had a panic attack on the train, I thought I was dying",
        "my parents kicked me out and I gave up my job",
        "take care of myself",
    ],
)
def test_what_only_shares_words_passes(text: str) -> None:
    assert not screen(text, locale="en").alarm
