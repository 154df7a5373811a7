"""A paused conversation meets another version of its flow: nothing answered is lost."""

from __future__ import annotations

from dataclasses import replace

from holdfast.support.companion.engine.conversation import Opened
from holdfast.support.companion.engine.interpreter import resumed_state
from tests.unit.companion.talking import Talker, asking, flow_of, library

CHOICE = {"replies": {"a": "The first", "b": "The second"}}
OLD = flow_of(
    {
        "one": asking("text", next="two"),
        "two": asking("choice", next="three", **CHOICE),
        "three": asking("text"),
    }
)


def at_the_third_step() -> Talker:
    someone = Talker(library(OLD))
    someone.say("words of mine")
    someone.tap("b")
    return someone


def come_back(someone: Talker, newer: object) -> None:
    someone.library = library(newer)  # type: ignore[arg-type]
    someone.state = resumed_state(someone.library, someone.state, "en")
    someone.send(Opened())


def test_a_renamed_step_takes_its_answer_along() -> None:
    someone = at_the_third_step()
    newer = flow_of(
        {
            "one": asking("text", next="pick"),
            "pick": asking("choice", next="three", **CHOICE),
            "three": asking("text"),
        },
        version=3,
        changes=[
            {"version": 2, "steps": {"two": "chosen"}},
            {"version": 3, "steps": {"chosen": "pick"}},
        ],
    )
    come_back(someone, newer)
    assert someone.at == "three"
    assert someone.answer("pick") == "b"
    assert someone.state.place is not None
    assert someone.state.place.version == 3


def test_an_answer_whose_step_is_gone_stands_in_the_summary() -> None:
    someone = at_the_third_step()
    summary = asking("summary", summary=["Third: {three}"])
    newer = flow_of({"three": asking("text", next="all"), "all": summary}, version=2)
    come_back(someone, newer)
    someone.say("and this")
    assert "words of mine" in someone.words()
    someone.tap("@keep_summary")
    finished = next(e for e in someone.turn.effects if e.kind == "finished")
    assert finished.data["kept"] == {"one": "words of mine", "two": "b"}


def test_an_answer_that_no_longer_fits_is_kept_aside_and_asked_anew() -> None:
    someone = Talker(library(OLD))
    someone.say("words of mine")
    newer = flow_of({"one": asking("number", next="two"), "two": asking("text")}, version=2)
    come_back(someone, newer)
    assert someone.state.place is not None
    assert someone.state.place.kept == {"one": "words of mine"}


def test_a_step_that_is_gone_is_resumed_at_the_last_one_before_it() -> None:
    someone = at_the_third_step()
    newer = flow_of(
        {"one": asking("text", next="two"), "two": asking("choice", **CHOICE)}, version=2
    )
    come_back(someone, newer)
    assert someone.at == "two"
    assert "The second" in someone.words()


def test_an_older_version_on_another_replica_loses_nothing_either() -> None:
    someone = at_the_third_step()
    assert someone.state.place is not None
    someone.state = replace(someone.state, place=replace(someone.state.place, version=9))
    come_back(someone, OLD)
    assert (someone.at, someone.answer("one")) == ("three", "words of mine")


def test_a_flow_that_was_taken_away_leaves_its_answers_with_the_person() -> None:
    someone = at_the_third_step()
    other = flow_of({"one": asking("text")}, flow="other")
    come_back(someone, other)
    assert someone.state.place is None
    assert someone.state.parked[0].answers["one"] == "words of mine"
    assert someone.offered() == ["flow:other"]
    come_back(someone, OLD)
    someone.tap("flow:little")
    assert (someone.at, someone.answer("one")) == ("three", "words of mine")
