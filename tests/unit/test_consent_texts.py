"""The words that people consent to: there in every language, plain, never changed afterwards."""

from __future__ import annotations

import pytest

from holdfast.core.consent import texts

LANGUAGES = {"en", "de", "es", "ar"}


def test_every_purpose_has_its_newest_words_in_every_language() -> None:
    for purpose in texts.PURPOSES:
        found = {one: texts.current(purpose, one).language for one in LANGUAGES}
        assert found == {one: one for one in LANGUAGES}


def test_what_was_published_never_changes() -> None:
    """Other words are another version: people agreed to these."""
    lock = (texts.CONTENT / "published.lock").read_text(encoding="utf-8").split("\n")
    now = [f"{one.purpose} {one.version} {one.language} {one.sha256}" for one in texts.every()]
    assert sorted(filter(None, lock)) == sorted(now)


def test_a_language_that_is_not_there_reads_english_and_a_variant_its_own() -> None:
    assert texts.current("research", "pt-BR").language == "en"
    assert texts.current("research", "de-AT").language == "de"
    assert texts.current("research", "../../de").language == "en"


def test_an_unknown_purpose_has_no_words() -> None:
    with pytest.raises(ValueError, match="no purpose"):
        texts.current("advertising", "en")


def test_each_says_what_taking_it_back_means_and_what_nobody_has_reviewed_is_a_draft() -> None:
    for one in texts.every():
        assert one.title
        assert one.text
        assert one.withdrawing
        assert one.status == "draft"
        assert "\n\n" not in "".join((one.title, *one.text, one.withdrawing))
