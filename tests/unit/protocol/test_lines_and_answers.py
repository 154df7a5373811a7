"""Which line comes first, and which is open now."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from holdfast.safety.engine.protocol.format import shipped
from holdfast.safety.engine.protocol.lines import Line, in_order
from holdfast.safety.engine.protocol.reading import WordLists, folded

pytestmark = pytest.mark.any_database
NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=ZoneInfo("Europe/Rome"))


@pytest.mark.parametrize(("hours", "is_open"), [
    ("24/7", True), (None, None), ("daily 09:00-24:00", False), ("daily 22:00-06:00", True),
    ("weekdays", None), ("Mon-Fri 01:00-05:00", None),
])  # fmt: skip
def test_a_line_is_open_only_where_that_is_known(hours: str | None, is_open: bool | None) -> None:
    assert Line("x", "X", hours=hours).open_at(NIGHT) is is_open


def test_open_in_the_own_language_and_free_comes_first_and_a_closed_one_stays_last() -> None:
    closed = Line("closed", "A", hours="daily 09:00-24:00", languages=("it",))
    unknown = Line("unknown", "B", languages=("it",))
    other = Line("other", "C", hours="24/7", languages=("de",))
    paid = Line("paid", "D", hours="24/7", languages=("it",))
    free = Line("free", "E", hours="24/7", languages=("it",))
    abroad = Line("abroad", "F", country="FR", hours="24/7")

    lines = in_order(
        [closed, unknown, other, paid, free, abroad],
        country="IT", language="it", now=NIGHT, free={"free"},
    )  # fmt: skip

    assert [one.id for one in lines] == ["free", "paid", "other", "unknown", "closed"]


def test_for_somebody_young_their_line_comes_first() -> None:
    general = Line("general", "A", hours="24/7")
    young = Line("young", "B", audience="young")

    lines = in_order([general, young], country=None, language="en", now=NIGHT, young=True)

    assert [one.id for one in lines] == ["young", "general"]


@pytest.mark.parametrize(("text", "answer"), [
    ("Yes!", "yes"), ("nope", "no"), ("I don’t know", "unsure"), ("Not yet.", "not_yet"),
    ("none of your business", "rather_not"), ("yes but not today", None), ("no idea why", None),
    ("yesterday", None), ("", None),
])  # fmt: skip
def test_only_a_whole_message_is_a_yes_or_a_no(text: str, answer: str | None) -> None:
    assert shipped().heard(text, "en").answer == answer


@pytest.mark.parametrize(("language", "text", "taken"), [
    ("en", "yes, I already took them", True), ("en", "I swallowed everything", True),
    ("en", "no, I haven't taken pills", False), ("en", "I almost took pills", False),
    ("de", "hab schon Tabletten genommen", True), ("de", "habe keine Tabletten genommen", False),
    ("es", "ya me las tomé", True), ("ar", "ابتلعت الحبوب", True), ("ar", "لم أبتلع الحبوب", False),
])  # fmt: skip
def test_something_taken_is_heard_inside_a_message_unless_denied(
    language: str, text: str, taken: bool
) -> None:
    assert shipped().heard(text, language).taken is taken


def test_an_answer_in_the_languages_of_the_text_counts_too() -> None:
    assert shipped().heard("nein", "en").answer is None
    assert shipped().heard("nein", "en", ("de",)).answer == "no"


def test_words_are_compared_without_accents_signs_and_letter_case() -> None:
    assert folded("  SÍ, ¡claro! ") == "si claro"
    assert folded("أَجَلْ") == folded("اجل")


def test_a_word_list_that_is_missing_is_an_error() -> None:
    with pytest.raises(ValueError, match="word lists are"):
        WordLists({"yes": ["yes"]})
