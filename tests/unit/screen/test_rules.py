"""What a phrase rule finds, and what the words around it make of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdfast.safety.engine.screen import Experiencer, Level, Screener, Temporality
from holdfast.safety.engine.screen.compiled import shipped_rules
from holdfast.safety.engine.screen.rules import Rules, RulesError, parse_rules
from training.safety.pairs import languages, sentences

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
  own_wish: ["i (want|am going)"]
  asked_before: ["asked ~2 (if|whether)"]
  answered_no: ["said no"]
  returned: ["is back"]
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
        ("in my essay, people want to die", Level.NONE),
        ("I can't write this essay, I want to die", Level.CONCERN),
        ("he asked if I was going to die and I said no", Level.NONE),
        ("he asked if I was going to die and I said yes", Level.CONCERN),
        ("I was going to die, I said no to them", Level.CONCERN),
        ("the song is good. i want to die", Level.CONCERN),
        ("I wanted it years ago, I was going to die", Level.WATCH),
        ("years ago as now I still want to die", Level.CONCERN),
        ("years ago I was going to die and it is back", Level.CONCERN),
        ("I was going to die in 2015 and years ago", Level.WATCH),
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


def test_a_rewritten_word_is_one_word() -> None:
    text = RULES.replace("wanna: want to", "el-mot: want to")
    with pytest.raises(RulesError, match="'el-mot' is 2 words"):
        parse_rules(text, "test.yaml")


def test_every_language_knows_years_that_are_long_past() -> None:
    rules = parse_rules(RULES.replace('["years ago"]', '["in <year>"]'), "test.yaml")
    told, lately = (
        Screener({"en": rules}).screen(f"in {year} I was going to die") for year in (1999, 2026)
    )
    assert (told.level, lately.level) == (Level.WATCH, Level.CONCERN)


def test_a_phrase_is_looked_for_only_where_all_its_words_may_be_and_misses_nothing() -> None:
    rules = shipped_rules()
    quick, thorough = Screener(rules), Screener(_without_needs(rules))
    texts = [one.text for language in languages() for one in list(sentences(language))[::45]]
    assert any(phrase.pattern.needs for phrase in rules["en"].phrases)
    assert len(texts) > 100
    for text in texts:
        assert quick.findings(text) == thorough.findings(text)


def _without_needs(rules: dict[str, Rules]) -> dict[str, Rules]:
    return {
        language: replace(
            one,
            phrases=tuple(
                replace(phrase, pattern=replace(phrase.pattern, needs=())) for phrase in one.phrases
            ),
        )
        for language, one in rules.items()
    }


def test_the_rules_that_ship_are_of_the_eight_languages_and_say_who_reviewed_them() -> None:
    rules = shipped_rules()
    assert set(rules) == {"en", "es", "de", "fr", "pt", "ar", "zh", "hi"}
    assert all(one.reviewed_by is None for one in rules.values())
