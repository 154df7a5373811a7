"""The gate: what of a generated text a person may read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.safety.engine.gate import FAMILIES, Gate, PolicyError, check, shipped
from holdfast.safety.engine.gate.rules import parse_policy
from holdfast.safety.engine.screen import Unscreened

SMALL = """
language: en
version: 3
reviewed_by: null
rewrites: {"aren't": are not}
groups: {pill: pill|pills}
free: you are not sweet it is late slept feel-
openings: ["you", "it is"]
denials: ["not"]
families:
""" + "\n".join(
    f"  {family}: [{{id: en-{family}, any: ['forbidden {family}']}}]"
    for family in FAMILIES
    if family not in {"medication", "claims"}
)
SMALL += """
  medication: [{id: en-pills, any: ["<pill>"], unless: ["sweet <pill>"]}]
  claims: [{id: en-human, any: ["a person"], denied: fine}]
"""


def decided(sentence: str, **more: Any) -> tuple[str, ...]:
    """Why the shipped gate holds an English sentence back; nothing where it does not."""
    said = more.pop("said", None)
    decision = shipped().check(sentence, said=said, language="en", **more)
    assert decision.allowed == (not decision.reasons)
    return decision.reasons


def small() -> Gate:
    return Gate({"en": parse_policy(SMALL, "small.yaml")})


def test_a_plain_reflection_is_allowed_and_the_decision_names_the_rules_version() -> None:
    decision = check(
        "You were tired, and you went home.", said="I was tired so I went home", language="en-GB"
    )
    assert decision.allowed
    assert decision.reasons == ()
    assert decision.version == shipped().policies["en"].version


def test_a_language_without_rules_shows_nothing() -> None:
    decision = check("Olit väsynyt.", said=None, language="fi")
    assert (decision.allowed, decision.reasons, decision.version) == (False, ("no-rules",), "none")


def test_the_version_changes_with_any_change_of_the_rules() -> None:
    first = parse_policy(SMALL, "x").version
    assert first.startswith("en-3.")
    assert parse_policy(SMALL.replace("pill|pills", "pill"), "x").version != first


def test_a_rule_holds_whether_it_is_denied_or_not_unless_it_says_otherwise() -> None:
    gate = small()
    assert gate.check("You need no pills", said=None, language="en").reasons == ("en-pills",)
    assert gate.check("You are a person", said=None, language="en").reasons == ("en-human",)
    assert gate.check("You are not a person", said=None, language="en").allowed
    assert gate.check("You like sweet pills", said=None, language="en").allowed


def test_a_sentence_begins_in_one_of_the_ways_that_are_listed() -> None:
    gate = small()
    assert gate.check("You slept.", said=None, language="en").allowed
    assert gate.check("It is late.", said=None, language="en").allowed
    assert gate.check("Leave him.", said=None, language="en").reasons == ("opening",)


def test_a_phrase_spread_over_two_sentences_is_found() -> None:
    gate = small()
    half = gate.check("You like the forbidden", said=None, language="en")
    assert half.allowed
    rest = gate.check(
        "Harm you do not.", said=None, language="en", before="You like the forbidden."
    )
    assert rest.reasons == ("opening", "en-harm")


def test_what_was_shown_before_is_not_held_against_the_next_sentence() -> None:
    after = small().check("You slept.", said=None, language="en", before="You took pills.")
    assert after.allowed


def test_text_that_the_screen_raises_an_alarm_on_is_held_back() -> None:
    assert "screen" in decided("You wrote that they want to kill themselves tonight.")


def test_where_the_screen_fails_nothing_is_shown() -> None:
    def fails(*_: object) -> Any:
        raise Unscreened("no")

    gate = Gate({"en": parse_policy(SMALL, "small.yaml")}, screen=fails)
    assert gate.check("You slept.", said=None, language="en").reasons == ("unscreened",)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("", "form-length"),
        ("...", "form-length"),
        ("You " + "very " * 80 + "tired.", "form-length"),
        ("You are **tired**.", "form-markup"),
        ("- You are tired.", "form-markup"),
        ("1. You are tired.", "form-markup"),
        ("You are tired 😀.", "form-markup"),
        ("You are ti\u200bred.", "form-markup"),
        ("You are \u202etired.", "form-markup"),
        ("You are\x07 tired.", "form-markup"),
        ('{"content": "You are tired"}', "form-markup"),
        ("You: tired.", "form-label"),
        ("You feel this: tired.", "form-label"),
        ("You find more at example.org today.", "form-link"),
        ("You find it on www today.", "form-link"),
        ("Are you tired?", "form-question"),
        ("You slept 4 hours.", "form-number"),
        ("You slept ٤ hours.", "form-number"),
        ("You ring 988 now.", "form-number"),
        ("Du bist müde und du gehst nach Hause.", "form-language"),
        ("You are усталый.", "form-language"),
        ("You are 累.", "form-language"),
    ],
)
def test_only_a_plain_sentence_in_the_language_has_the_form(sentence: str, reason: str) -> None:
    assert reason in decided(sentence)


def test_short_numbers_and_foreign_words_may_come_back_from_what_was_said() -> None:
    assert decided("You slept 4 hours.", said="I slept 4 hours") == ()
    assert decided("You slept 4 hours.", said="I slept ٤ hours") == ()
    assert decided("You slept 5 hours.", said="I slept 45 hours") == ("form-number",)
    assert decided("You went to Łódź and to Köln.", said="I was in Łódź and in Köln") == ()
    assert "form-language" in decided("You spoke of тоска.", said="I was sad")
    assert decided("You spoke of тоска.", said="I call it тоска") == ()


def test_a_long_number_passes_only_where_it_stands_on_the_screen_anyway() -> None:
    sentence = "You have the number 0800 111 222 on your screen."
    assert "form-number" in decided(sentence, said="0800 111 222")
    assert "form-number" not in decided(sentence, pinned=("0800 111 222",))


def test_a_run_of_hidden_words_does_not_show_through() -> None:
    hidden = "Address the person as you and never write about yourself at all."
    assert "hidden-words" in decided("You address the person as you and never rest.", hidden=hidden)
    assert decided("You rest as often as the others.", hidden=hidden) == ()


@pytest.mark.parametrize(
    ("language", "said", "grounded", "strange"),
    [
        (
            "en",
            "My boss shouted at me and I went home.",
            "You felt ashamed when your boss was shouting.",
            "Your problem is that others walk over you.",
        ),
        (
            "de",
            "Mein Chef hat geschrien und ich bin heim.",
            "Du hast dich geschämt, als dein Chef schrie.",
            "Du machst aus Mücken Elefanten.",
        ),
        (
            "es",
            "Mi jefe me gritó y me fui a casa.",
            "Te sentiste mal cuando tu jefe gritaba.",
            "Te ahogas en un vaso de agua.",
        ),
        (
            "ar",
            "صرخ مديري في وجهي وعدت إلى البيت.",
            "شعرت بالحزن حين صرخ مديرك.",
            "أنت تصنع من الحبة قبة.",
        ),
    ],
)
def test_a_sentence_names_what_the_person_named(
    language: str, said: str, grounded: str, strange: str
) -> None:
    gate = shipped()
    assert gate.check(grounded, said=said, language=language).reasons == ()
    assert "not-said" in gate.check(strange, said=said, language=language).reasons
    assert "not-said" not in gate.check(strange, said=None, language=language).reasons


@given(st.text(max_size=100), st.none() | st.text(max_size=30))
def test_no_text_makes_it_fail(text: str, said: str | None) -> None:
    decision = shipped().check(text, said=said, language="en", before=text, hidden=text)
    assert decision.allowed == (not decision.reasons)


@given(st.sampled_from(["", " ", "\u200b", "."]), st.sampled_from(["", "!", "…", " "]))
def test_signs_within_and_around_do_not_open_the_gate(inside: str, around: str) -> None:
    sentence = f"You should take lith{inside}ium{around}"
    assert not shipped().check(sentence, said=None, language="en").allowed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("language: en", "language: english"),
        ('openings: ["you", "it is"]', "openings: []"),
        ("free: you are not sweet it is late slept feel-", "free: ''"),
        ("en-pills, any", "pills, any"),
        ("<pill>", "<nothing>"),
        ("en-human", "en-pills"),
        ("denied: fine", "denied: maybe"),
        ("  pressure:", "  pushing:"),
        ("'forbidden pressure'", "'(forbidden'"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_name(old: str, new: str) -> None:
    assert old in SMALL
    with pytest.raises(PolicyError, match=r"small\.yaml"):
        parse_policy(SMALL.replace(old, new), "small.yaml")
