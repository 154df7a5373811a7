"""What a phrase rule finds, and what the words around it make of that."""

from __future__ import annotations

import pytest

from holdfast.safety.engine.screen import Experiencer, Level, Screener, Temporality
from holdfast.safety.engine.screen.compiled import shipped_rules
from holdfast.safety.engine.screen.rules import RulesError, parse_rules

pytestmark = pytest.mark.any_database

RULES = """
language: en
version: 1
reviewed_by: null
rewrites: {"don't": do not, wanna: want to, i'm: i am}
groups: {want: "want to|going to"}
phrases:
  - {id: en-die, category: passive_ideation, level: concern, any: ["<want> [really] (die|be dead)"]}
  - {id: en-live, category: passive_ideation, level: concern, any: ["not want to live"],
     unless: ["with my parents"]}
  - {id: en-kill, category: active_ideation, level: urgent, any: ["kill ~2 myself"]}
  - {id: en-goodbye, level: concern, any: ["goodbye forever"], near: ["letter-"]}
  - {id: en-suicid, level: watch, any: ["suicid-"]}
context:
  negation_before: ["not", "never"]
  not_negation: ["not stop"]
  past: ["years ago"]
  now: ["still"]
  hypothetical_before: ["what if"]
  other_person_before: ["my friend"]
  idiom: ["die of laughter"]
  quotation: ["the song"]
  academic: ["essay"]
  clause_breaks: ["but"]
"""


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener({"en": parse_rules(RULES, "test.yaml")})


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("i wanna die", Level.CONCERN),
        ("i want to really be dead", Level.CONCERN),
        ("I want to. Die hard is a film", Level.NONE),
        ("I don't want to die", Level.NONE),
        ("I don't know, I want to die", Level.CONCERN),
        ("I don't want to live", Level.CONCERN),
        ("I don't want to live with my parents", Level.NONE),
        ("not today but I want to die", Level.CONCERN),
        ("I can not stop, want to die", Level.CONCERN),
        ("i want to die of laughter", Level.NONE),
        ("in the song he said i want to die", Level.NONE),
        ("an essay about why people want to die", Level.NONE),
        ("the song is good. i want to die", Level.CONCERN),
        ("I wanted it years ago, I was going to die", Level.WATCH),
        ("years ago as now I still want to die", Level.CONCERN),
        ("what if I kill myself", Level.CONCERN),
        ("I kill myself", Level.URGENT),
        ("kill not myself", Level.NONE),
        ("goodbye forever", Level.NONE),
        ("I wrote letters, goodbye forever", Level.CONCERN),
        ("suicidality", Level.WATCH),
        ("nothing of the kind", Level.NONE),
    ],
)
def test_the_level(screener: Screener, text: str, level: Level) -> None:
    assert screener.screen(text).level is level


def test_a_friend_is_another_person(screener: Screener) -> None:
    said = screener.screen("my friend is going to die")
    assert (said.experiencer, said.level) == (Experiencer.OTHER, Level.CONCERN)


def test_what_is_told_as_past_is_past(screener: Screener) -> None:
    assert screener.screen("years ago I was going to die").temporality is Temporality.PAST


def test_evidence_is_the_passage_and_the_rule(screener: Screener) -> None:
    text = "Hm… I’m going  to dieee!!"
    (one,) = screener.screen(text).evidence
    assert (text[one.start : one.end], one.code) == ("going  to dieee", "en-die")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("id: en-die", "two rules en-die"),
        ("level: worry", "no level 'worry'"),
        ('any: ["(a|b"]', "never closed"),
        ('any: ["* ~"]', "no word that must be there"),
        ('any: ["<nobody> dies"]', "no group <nobody>"),
        ("ignore: [weather]", "no context"),
    ],
)
def test_a_faulty_file_says_what_is_wrong(wrong: str, message: str) -> None:
    entry = {"id": "id: en-new", "level": "level: concern", "any": 'any: ["a b"]', "ignore": ""}
    entry[wrong.split(":")[0]] = wrong
    line = ", ".join(part for part in entry.values() if part)
    with pytest.raises(RulesError, match=message.replace("(", r"\(")):
        parse_rules(RULES.replace("context:", f"  - {{{line}}}\ncontext:"), "test.yaml")


def test_the_rules_that_ship_are_of_the_eight_languages_and_say_who_reviewed_them() -> None:
    rules = shipped_rules()
    assert set(rules) == {"en", "es", "de", "fr", "pt", "ar", "zh", "hi"}
    assert all(one.reviewed_by is None for one in rules.values())
