"""An exercise offered where the menu opens, with why; never where anything worries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from holdfast.safety.engine.screen import Screening, screen
from holdfast.support.companion.dialogue import Answer, Chose, Claims, Event, Opened, Said
from holdfast.support.companion.dialogue.answer import answer
from holdfast.support.companion.dialogue.memory import Memory
from holdfast.support.companion.dialogue.world import World, shipped_world
from holdfast.support.companion.engine.offers import NOTHING, Past

EVENING = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
TICKET = {"country": "DE", "flows": {"sleep": True, "worry": True, "gratitude": True},
          "monitored": {"now": True}, "lines": [], "emergency": {"DE": "112"}}  # fmt: skip
WANTED = {"offers": True, "goals": ["sleep"]}


@cache
def world() -> World:
    return shipped_world()


def read(text: str, history: Sequence[str], locale: str | None) -> Screening:
    return screen(text, history, locale)


def turn(
    event: Event,
    memory: Mapping[str, Any],
    *,
    conversation: object = None,
    seed: int = 1,
    language: str = "en",
) -> Answer:
    claims = Claims.of(TICKET | {"signs": ["poor_sleep"]}, memory=memory)
    return answer(
        world(), conversation, event, now=EVENING, seed=seed, language=language, claims=claims,
        screen=read,
    )  # fmt: skip


def offers(given: Answer) -> list[Mapping[str, Any]]:
    return [effect.data for effect in given.effects if effect.kind == "offer"]


@pytest.mark.parametrize("language", ["en", "es", "de", "ar"])
def test_whoever_wants_offers_is_told_why_and_the_offer_is_the_first_button(language: str) -> None:
    for seed in range(40):
        given = turn(Opened(), WANTED, seed=seed, language=language)
        [offer] = offers(given)
        assert 0 < offer["chance"] <= 1
        assert offer["part"] == "evening"
        assert given.ask is not None
        said = [one.text for one in given.messages if one.line.startswith("offer.")]
        if offer["flow"] == NOTHING:
            assert said == []
            continue
        [text] = said
        assert given.ask.replies[0].code == f"flow:{offer['flow']}"
        assert given.ask.replies[0].label in text
        assert offer["flow"] in TICKET["flows"]


def test_nothing_is_offered_to_whoever_did_not_ask_for_it() -> None:
    for memory in ({}, {"offers": False}, {"offers": "yes"}, {"goals": ["sleep"]}):
        assert offers(turn(Opened(), memory)) == []


def test_nothing_is_offered_beside_an_alarm_or_a_card_of_lines() -> None:
    begun = turn(Said("I want to kill myself tonight"), WANTED)
    assert offers(begun) == []
    assert begun.card is not None
    back = turn(Opened(), WANTED, conversation=begun.conversation)
    assert offers(back) == []
    asked = turn(Chose(("@help_now",)), WANTED)
    again = turn(Opened(), WANTED, conversation=asked.conversation)
    assert offers(again) == []


def test_what_helped_before_is_what_comes_most() -> None:
    past = [{"flow": "gratitude", "part": "evening", "taken": True, "helped": "much"}] * 8
    memory = {"offers": True, "past": past}
    drawn = [offers(turn(Opened(), memory, seed=seed))[0]["flow"] for seed in range(60)]
    assert drawn.count("gratitude") > 30
    texts = [
        one.line
        for seed in range(20)
        for one in turn(Opened(), memory, seed=seed).messages
        if one.line.startswith("offer.helped")
    ]
    assert texts


def test_memory_from_outside_is_taken_as_far_as_it_fits() -> None:
    whole = Memory.of(
        {
            "offers": True,
            "goals": ["sleep", 7, "x" * 100],
            "past": [
                {"flow": "worry", "part": "night", "taken": True, "helped": "little"},
                {"flow": "worry", "part": "noon", "taken": True},
                {"flow": 3, "part": "night"},
                {"flow": "sleep", "part": "day", "taken": "yes", "helped": ["much"]},
                "nonsense",
            ],
            "safety_plan": 1,
        }
    )
    assert whole.goals == {"sleep"}
    assert whole.past == (Past("worry", "night", True, 0.5), Past("sleep", "day", False, None))
    assert whole.safety_plan
    assert Memory.of(None) == Memory() == Memory.of({"past": {"a": 1}, "goals": "sleep"})
    assert len(Memory.of({"past": [{"flow": "a", "part": "day"}] * 5000}).past) == 200
