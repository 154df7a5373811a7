"""What writing tricks are undone, and where the words stand in the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.safety.engine.screen.normalise import Normaliser, canonical

pytestmark = pytest.mark.any_database

WORDS = Normaliser(
    ["i", "want", "to", "die", "kil", "myself", "suicide", "self", "harm"], (), ["suicide"]
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I WANT to dieeeeee", "i want to die"),
        ("k1ll myself", "kil myself"),
        ("k!ll myself", "kil myself"),
        ("su1c1de", "suicide"),
        ("s*icide", "suicide"),
        ("sucide", "suicide"),
        ("k i l l myself", "kil myself"),
        ("d.i.e", "die"),
        ("#iwanttodie", "i want to die"),
        ("ｗａｎｔ ｔｏ ｄｉｅ", "want to die"),
        ("w\u0430nt to di\u0435", "want to die"),
        ("wa\u200bnt to d\u00adie", "want to die"),
        ("I don\u2019t", "i dont"),
        ("self-harm", "self harm"),
        ("j'ai envie", "j ai envie"),
        ("à la côte", "a la cote"),
        ("أُريدُ أنْ أمـــوت", "اريد ان اموت"),
        ("ज़िंदगी", "जिंदगी"),
        ("我想死", "我 想 死"),
        ("沒有藥", "没 有 药"),
        ("a 🔪 b", "a 🔪 b"),
    ],
)
def test_it_reads(written: str, read: str) -> None:
    assert " ".join(WORDS.words(written).words) == read


def test_ordinary_signs_and_numbers_stay_apart() -> None:
    assert WORDS.words("hello!you, 10mg at 3.5 is ok").words[:2] == ("helo", "you")
    assert "10mg" in WORDS.words("10mg").words


@given(st.text(max_size=200))
def test_every_word_stands_where_it_says(text: str) -> None:
    words = WORDS.words(text)
    assert len(words.words) == len(words.starts) == len(words.ends)
    for start, end in zip(words.starts, words.ends, strict=True):
        assert 0 <= start < end <= len(text)
    assert list(words.starts) == sorted(words.starts)


@given(st.text(alphabet="abcdelmnopt éÀß", max_size=60))
def test_reading_what_was_read_changes_nothing(text: str) -> None:
    once = Normaliser().words(text).words
    assert Normaliser().words(" ".join(once)).words == once


@given(st.text(max_size=40))
def test_a_canonical_word_stays_as_it_is(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


def test_a_slip_of_two_words_is_taken_for_the_same_one_whatever_their_order() -> None:
    words = ("suicida", "suicide")
    one, other = (Normaliser(misspelt=some).words("suicidx").words for some in (words, words[::-1]))
    assert one == other
    assert one[0] in words
