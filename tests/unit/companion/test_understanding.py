"""What typed words are taken for, and what is offered instead of a guess."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.support.companion.engine.understanding import COMMANDS, Lexicon, folded
from tests.unit.companion.talking import Talker, asking, common, flow_of, library

CHOICE = {"replies": {"now": "Now", "later": "Not now", "never": "Never again"}}


def talker(kind: str, **more: Any) -> Talker:
    return Talker(library(flow_of({"one": asking(kind, **more)})))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "70", 70),
        ("number", "about 70 %", 70),
        ("number", "seventy", 70),
        ("number", "٧٠", 70),
        ("emotions", "sad 70, angry 40", [("sad", 70), ("angry", 40)]),
        ("emotions", "worried 30 and lonely 60", [("anxious", 30), ("lonely", 60)]),
        ("date", "tomorrow", {"date": "2026-11-25"}),
        ("date", "Friday", {"date": "2026-11-27"}),
        ("date", "24 December", {"date": "2026-12-24"}),
        ("date", "2027-01-02", {"date": "2027-01-02"}),
        ("date", "24/12", {"date": "2026-12-24"}),
        ("time", "18:30", {"time": "18:30"}),
        ("time", "6 pm", {"time": "18:00"}),
        ("time", "6:15pm", {"time": "18:15"}),
        ("time", "07:00", {"time": "07:00"}),
        ("time", "evening", {"part": "evening"}),
        ("place", "in the park", "in the park"),
    ],
)
def test_what_is_certain_is_taken(kind: str, text: str, value: Any) -> None:
    someone = talker(kind)
    someone.say(text)
    if kind == "emotions":
        value = [{"emotion": emotion, "strength": strength} for emotion, strength in value]
    assert someone.answer("one") == value


@pytest.mark.parametrize(
    ("kind", "text", "codes"),
    [
        ("number", "7/10", ["7", "10"]),
        ("number", "60 or 70", ["60", "70"]),
        ("date", "Tuesday", ["2026-11-24", "2026-12-01"]),
        ("date", "3/4", ["2027-04-03", "2027-03-04"]),
        ("date", "any day but friday", ["2026-11-27"]),
        ("time", "6", ["06:00", "18:00"]),
        ("emotions", "I was not sad", ["sad"]),
    ],
)
def test_what_could_be_two_things_is_offered(kind: str, text: str, codes: list[str]) -> None:
    someone = talker(kind)
    someone.say(text)
    assert someone.answer("one") is None
    assert list(someone.state.offers) == codes


@pytest.mark.parametrize(("kind", "text"), [("number", "-5"), ("number", "400"), ("number", "7.5")])
@pytest.mark.parametrize("again", [1, 5])
def test_a_number_off_the_scale_is_never_taken(kind: str, text: str, again: int) -> None:
    someone = talker(kind)
    for _ in range(again):
        someone.say(text)
    assert someone.answer("one") is None


@pytest.mark.parametrize(
    ("text", "value"), [("2", "later"), ("two", "later"), ("not now!", "later"), ("NOW", "now")]
)
def test_a_choice_is_named_by_its_number_or_its_whole_label(text: str, value: str) -> None:
    someone = talker("choice", **CHOICE)
    someone.say(text)
    assert someone.answer("one") == value


def test_part_of_a_label_is_a_question_back() -> None:
    someone = talker("choice", **CHOICE)
    someone.say("again")
    assert someone.answer("one") is None
    assert list(someone.state.offers) == ["never"]
    someone.say("yes")
    assert someone.answer("one") == "never"


@pytest.mark.parametrize("text", ["zero", "0", "nine", "9"])
def test_a_number_that_no_button_has_picks_none(text: str) -> None:
    someone = talker("choice", **CHOICE)
    someone.say(text)
    assert someone.answer("one") is None


def test_yes_and_no_answer_a_question_that_has_them_as_replies() -> None:
    someone = talker("choice", replies={"yes": "I do", "no": "I don't"})
    someone.say("nope")
    assert someone.answer("one") == "no"


def test_own_words_are_kept_where_a_step_allows_them_but_a_bare_yes_is_none() -> None:
    replies = {"walk": "A walk", "bath": "A bath"}
    someone = talker("several", replies=replies, own_words=True)
    someone.say("yes")
    assert someone.answer("one") is None
    someone.say("2, ring my sister")
    assert someone.answer("one") == ["bath", {"words": "ring my sister"}]


def test_a_feeling_without_a_word_of_ours_keeps_the_persons_word_and_asks_how_strong() -> None:
    someone = talker("emotions")
    someone.say("wistful")
    assert "wistful" in someone.words()
    someone.say("a lot")
    someone.say("65")
    assert someone.answer("one") == [{"words": "wistful", "strength": 65}]


def test_a_day_that_stays_unclear_is_kept_as_it_was_written() -> None:
    someone = talker("date")
    for _ in range(3):
        someone.say("when the snow melts")
    assert someone.answer("one") == {"words": "when the snow melts"}


@pytest.mark.parametrize("language", ["en", "es", "de", "ar"])
def test_each_language_knows_its_commands_yes_and_no(language: str) -> None:
    words = common()[language]
    lexicon = Lexicon(words)
    assert set(lexicon.commands.values()) >= set(COMMANDS)
    assert lexicon.yes
    assert not lexicon.yes & lexicon.no
    assert not set(lexicon.commands) & (lexicon.yes | lexicon.no)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  ¿Qué?  ", "que"),
        ("That’s IT", "thats it"),
        ("أُحِبّ", "احب"),
        ("٢٠", "20"),
        ("Straße!", "strasse"),
    ],
)
def test_spelling_that_carries_no_meaning_is_folded_away(text: str, plain: str) -> None:
    assert folded(text) == plain
