"""Every scripted person gets what they need, in its order, and nothing that harms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcripts.pages import pages
from tests.transcripts.play import Persona, personas, play

pytestmark = pytest.mark.any_database
DOCS = Path(__file__).parents[3] / "docs" / "transcripts"


def test_there_are_at_least_forty_people() -> None:
    assert len(personas()) >= 40
    assert len({persona.id for persona in personas()}) == len(personas())


def _every_item_comes_and_no_other(persona: Persona) -> None:
    came = [item for turn in play(persona) for item in turn.items]

    assert not set(persona.must) - set(came)
    assert not set(persona.must_not) & set(came)
    first = [came.index(item) for item in persona.order]
    assert first == sorted(first)


def _each_turn_is_as_it_should_be(persona: Persona) -> None:
    for turn in play(persona):
        expects, made = turn.doing, turn.answer
        text = " ".join(message.text for message in made.messages)
        if "card" in expects:
            assert (made.card.kind if made.card else "none") == expects["card"], expects
        if "level" in expects:
            assert made.report.level == expects["level"], expects
        if "step" in expects:
            assert turn.step == expects["step"], expects
        assert not set(expects.get("said", ())) - set(turn.items), expects
        assert not set(expects.get("unsaid", ())) & set(turn.items), expects
        assert all(words in text for words in expects.get("names", ())), (expects, text)


def _nothing_is_said_twice_and_no_place_is_left_unfilled(persona: Persona) -> None:
    said = [m.text for turn in play(persona) for m in turn.answer.messages if m.kind == "protocol"]

    assert sorted(set(said)) == sorted(said)
    assert not [text for text in said if "{" in text]


def _nothing_ends_and_the_way_back_is_there(persona: Persona) -> None:
    for turn in play(persona):
        state, ask = turn.answer.conversation.protocol, turn.answer.ask
        if state is not None and state.leading and turn.answer.messages:
            assert ask is not None
            assert {one.code for one in ask.commands} == {"@go_on", "@help_now"}
            assert ask.replies


def _the_card_stands_until_it_is_folded_away(persona: Persona) -> None:
    stood = False
    for turn in play(persona):
        state = turn.answer.conversation.protocol
        if turn.doing.get("tap") == "@dismiss" or (state and state.quiet and not state.leading):
            stood = turn.answer.card is not None
        elif stood and "say" in turn.doing:
            assert turn.answer.card is not None, turn.label
        stood = stood or turn.answer.card is not None


def _what_is_told_holds_no_word(persona: Persona) -> None:
    for turn in play(persona):
        if "say" not in turn.doing or len(turn.label) < 12:
            continue
        told = str(turn.answer.report.out())
        kept = str(turn.answer.conversation.out()["protocol"])
        assert turn.label not in told
        assert turn.label not in kept


# One test for each person: they are many, and each is played once.
@pytest.mark.parametrize("persona", personas(), ids=lambda persona: persona.id)
def test_a_person_gets_what_they_need_and_nothing_that_harms(persona: Persona) -> None:
    _every_item_comes_and_no_other(persona)
    _each_turn_is_as_it_should_be(persona)
    _nothing_is_said_twice_and_no_place_is_left_unfilled(persona)
    _nothing_ends_and_the_way_back_is_there(persona)
    _the_card_stands_until_it_is_folded_away(persona)
    _what_is_told_holds_no_word(persona)


def test_the_documents_are_what_the_program_says() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}

    assert written == pages(), "run python -m tests.transcripts"
