"""What a person can count on in any flow, turn by turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdfast.support.companion.engine.conversation import (
    Chose,
    Level,
    Opened,
    StateError,
    dumps,
    loads,
)
from holdfast.support.companion.engine.interpreter import resumed_state
from holdfast.support.companion.engine.library import library_of
from tests.unit.companion.talking import (
    Talker,
    asking,
    common,
    flow_of,
    library,
    shipped_with_drafts,
)

TWO = flow_of({"one": asking("text", next="two"), "two": asking("number")})


def test_a_thought_record_in_words_ends_in_a_summary_that_holds_them() -> None:
    someone = Talker(shipped_with_drafts(), flow="thought-record")
    for text in ("My boss walked past me", "sad 70, angry", "40", "he hates me\nI will be fired"):
        someone.say(text)
    for text in ("that's all", "he hates me", "80", "3", "he did not say hello", "done"):
        someone.say(text)
    for text in ("he greeted me yesterday", "done", "maybe he was busy", "60", "sad 30", "ask him"):
        someone.say(text)
    summary = next(m.text for m in someone.turn.messages if m.kind == "summary")
    assert "What I felt: sad 70 and angry 40" in summary
    assert "The thought that hurt most: he hates me (believed: 80 of 100)" in summary
    assert "Mind reading" in summary
    assert "A smaller one" not in summary  # that question was not asked
    someone.say(summary.replace("ask him", "ask him on Monday"))
    kept = [e.data["text"] for e in someone.turn.effects if e.kind == "keep"]
    assert kept == [summary.replace("ask him", "ask him on Monday")]


def test_thinking_traps_are_a_menu_of_four_with_more_on_request_and_none_is_asserted() -> None:
    someone = Talker(shipped_with_drafts(), flow="thought-record")
    for code in ("@skip",) * 5:
        someone.tap(code)
    first = someone.offered()
    assert len(first) == 5
    assert first[-1] == "@more"
    someone.tap(first[0], "@more")
    second = someone.offered()
    assert not set(first[:4]) & set(second[:4])
    someone.tap(second[1])
    assert someone.answer("traps") == [first[0], second[1]]


@pytest.mark.parametrize("level", ["concern", "urgent", "emergency"])
def test_alarming_words_are_no_answer_and_leave_the_floor_to_the_protocol(level: Level) -> None:
    someone = Talker(library(TWO))
    before = someone.state.place
    turn = someone.say("something alarming", level)
    assert [e.kind for e in turn.effects] == ["crisis"]
    assert turn.effects[0].data["level"] == level
    assert (turn.messages, turn.ask) == ((), None)
    assert "something alarming" not in dumps(turn.state)
    for event in (Opened(), Chose(("@back",)), Chose(("flow:little",))):
        assert [e.kind for e in someone.send(event).effects] == ["crisis"]
    someone.tap("@go_on")
    assert someone.state.place == before
    assert someone.turn.ask is not None


@pytest.mark.parametrize("where", ["menu", "question", "pause"])
def test_alarming_words_lead_to_the_protocol_from_everywhere(where: str) -> None:
    someone = Talker(library(TWO), flow=None if where == "menu" else "little")
    if where == "pause":
        someone.tap("@pause")
    assert [e.kind for e in someone.say("…", "concern").effects] == ["crisis"]


def test_when_the_screen_fails_lines_show_and_the_conversation_goes_on() -> None:
    someone = Talker(library(TWO))
    turn = someone.say("my words", None)
    assert [(e.kind, e.data["reason"]) for e in turn.effects] == [("lines", "screen_failed")]
    assert someone.answer("one") == "my words"


def test_help_now_shows_lines_from_a_question_a_pause_and_a_crisis() -> None:
    someone = Talker(library(TWO))
    assert "lines" in [e.kind for e in someone.tap("@help_now").effects]
    someone.tap("@pause")
    assert "lines" in [e.kind for e in someone.tap("@help_now").effects]
    someone.say("…", "urgent")
    assert {e.kind for e in someone.tap("@help_now").effects} == {"crisis", "lines"}


def test_going_back_keeps_what_was_answered_until_it_is_replaced() -> None:
    someone = Talker(library(TWO))
    someone.say("my first words")
    someone.say("back")
    assert someone.at == "one"
    assert "my first words" in someone.words()
    someone.say("yes")
    assert (someone.at, someone.answer("one")) == ("two", "my first words")
    someone.say("that's not it")
    someone.say("other words")
    assert someone.answer("one") == "other words"


def test_a_pause_of_days_loses_nothing_and_asks_again() -> None:
    someone = Talker(library(TWO))
    someone.say("my first words")
    someone.say("stop")
    assert someone.state.mode == "paused"
    someone.state = resumed_state(someone.library, loads(dumps(someone.state)), "en")
    someone.send(Opened())
    assert (someone.at, someone.answer("one")) == ("two", "my first words")


def test_another_flow_can_be_asked_for_by_name_and_the_first_one_waits() -> None:
    someone = Talker(shipped_with_drafts(), flow="values")
    someone.tap("work")
    someone.say("take me to problem solving")
    assert someone.state.place is not None
    assert someone.state.place.flow == "problem-solving"
    someone.tap("@menu")
    assert {"flow:values", "flow:problem-solving"} <= set(someone.offered())
    someone.tap("flow:values")
    assert (someone.at, someone.answer("area")) == ("best", "work")


def test_a_topic_that_could_be_several_flows_is_offered_and_not_guessed() -> None:
    someone = Talker(shipped_with_drafts(), flow=None)
    someone.say("I worry so much that I cannot sleep")
    assert someone.state.place is None
    assert set(someone.offered()) == {"flow:worry", "flow:sleep"}


def test_words_that_are_an_answer_are_not_taken_for_a_wish_to_go_elsewhere() -> None:
    someone = Talker(shipped_with_drafts(), flow="thought-record")
    someone.say("I could not sleep and had worries about a problem")
    assert someone.at == "feelings"


def test_what_is_not_understood_gets_a_hint_then_choices_and_never_an_answer() -> None:
    someone = Talker(library(flow_of({"one": asking("number")})))
    someone.say("rather a lot")
    assert someone.answer("one") is None
    someone.say("really a lot")
    someone.say("as I said")
    assert "@skip" in [*someone.state.offers]
    someone.say("between 60 and 80")
    assert someone.state.offers == ("60", "80")
    someone.say("80")
    assert someone.answer("one") == 80


def test_no_line_comes_twice_within_ten_turns_whatever_is_typed() -> None:
    someone = Talker(library(flow_of({"one": asking("number")})))
    heard: list[list[str]] = []
    for _ in range(60):
        turn = someone.say("blah")
        assert turn.messages
        recent = {text for texts in heard[-9:] for text in texts}
        assert not recent & {m.text for m in turn.messages}
        heard.append([m.text for m in turn.messages])


def test_a_text_too_long_for_one_answer_is_refused_and_not_cut() -> None:
    someone = Talker(library(TWO))
    someone.say("a" * 4_001)
    assert someone.at == "one"
    someone.say("a" * 4_000)
    assert someone.answer("one") == "a" * 4_000


def test_buttons_let_no_free_text_in() -> None:
    someone = Talker(library(TWO))
    someone.tap("a text that no screen has seen")
    assert someone.at == "one"
    assert "no screen" not in dumps(someone.state)


def test_a_list_grows_until_somebody_says_that_is_all() -> None:
    listed = flow_of(
        {
            "one": asking("list", at_least=2, at_most=4, next="two"),
            "two": TWO.steps["two"].model_dump(by_alias=True),
        }
    )
    someone = Talker(library(listed))
    someone.say("first")
    assert "@done" not in someone.offered()
    someone.say("second\nthird")
    assert "@done" in someone.offered()
    someone.say("that's all")
    assert someone.answer("one") == ["first", "second", "third"]


def test_a_flow_can_lead_to_the_protocol_by_an_answer() -> None:
    someone = Talker(shipped_with_drafts(), flow="check-in")
    for _ in range(3):
        someone.tap("@skip")
    assert [e.kind for e in someone.tap("person").effects] == ["crisis"]


def test_a_conversation_goes_on_in_another_language_with_its_answers() -> None:
    someone = Talker(shipped_with_drafts(), flow="thought-record")
    someone.say("At work")
    someone.language = "es"
    someone.say("triste 70")
    assert someone.answer("feelings") == [{"emotion": "sad", "strength": 70}]
    assert someone.answer("situation") == "At work"


def test_drafts_are_offered_to_nobody_until_a_practice_turns_them_on() -> None:
    off = library_of({"little": TWO}, common())
    assert Talker(off, flow=None).offered() == []
    on = replace(off, turned_on=frozenset({("little", "en")}))
    assert Talker(on, flow=None).offered() == ["flow:little"]
    assert Talker(on, flow=None, language="es").offered() == []
    assert Talker(off, flow="little").state.place is None  # by no button either
    assert Talker(on, flow="little").at == "one"


def test_a_reviewed_flow_is_offered_until_a_practice_turns_it_off() -> None:
    head = {"status": "reviewed", "reviewed_by": "A. Reader, psychologist"}
    reviewed = library_of({"little": flow_of({"one": asking("text")}, **head)}, common())
    assert reviewed.offered("en") == ("little",)
    assert replace(reviewed, turned_off=frozenset({"little"})).offered("en") == ()


def test_nothing_that_ships_says_it_was_reviewed() -> None:
    assert {h.status for f in shipped_with_drafts().flows.values() for h in f.heads()} == {"draft"}


def test_the_same_input_gives_the_same_turn() -> None:
    first, second = Talker(library(TWO)), Talker(library(TWO))
    for text in ("a", "what", "50"):
        assert first.say(text) == second.say(text)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"form": 2}', "null", '{"form":1,"mode":"x"}'])
def test_a_state_of_another_form_is_refused_with_one_kind_of_error(text: str) -> None:
    with pytest.raises(StateError):
        loads(text)


def test_own_words_stand_beside_what_was_ticked_on_an_earlier_page() -> None:
    replies = {
        name: name.title() for name in ("ash", "beech", "cedar", "elm", "fir", "gum", "hazel")
    }
    step = asking("several", own_words=True, replies=replies)
    talk = Talker(library(flow_of({"it": step})))
    talk.tap("ash", "@more")
    assert talk.state.place is not None
    assert talk.state.place.partial == ("ash",)
    turn = talk.say("ash, a very old willow")
    [finished] = [effect for effect in turn.effects if effect.kind == "finished"]
    assert finished.data["answers"]["it"] == ["ash", {"words": "a very old willow"}]
