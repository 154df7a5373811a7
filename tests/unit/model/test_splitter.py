"""Sentences out of a stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.support.companion.model.splitter import LONGEST, Splitter


def split(text: str, language: str, size: int = 1) -> list[str]:
    """The sentences of a text that comes in pieces of `size` characters."""
    splitter = Splitter(language)
    found = []
    for start in range(0, len(text), size):
        found += splitter.feed(text[start : start + size])
    return found + splitter.rest()


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["You were tired.", "It sounds like too much!", "You went home"]),
        ("en", ["You saw Dr. Hill at 5.30 p.m. again.", "It helped, e.g. with sleep."]),
        ("en", ["It was you and I.", "You left."]),
        ("en", ["You said: \u201cenough.\u201d", "You left\u2026", "You slept."]),
        ("de", ["Du warst z. B. müde, d. h. erschöpft.", "Es war am 3. Mai.", "Das war viel."]),
        ("de", ["Du hast bzw. hattest Angst.", "Es war viel."]),
        ("es", ["Hablaste con la Sra. López.", "¡Fue mucho!", "Te fuiste."]),
        ("ar", ["هل كان اليوم طويلا؟", "كنت متعبا.", "ذهبت إلى البيت"]),
        ("hi", ["आप थक गए थे।", "यह बहुत था।"]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_sentences_come_whole(language: str, sentences: list[str], size: int) -> None:
    assert split(" ".join(sentences), language, size) == sentences


def test_chinese_sentences_need_no_space() -> None:
    assert split("你很累。你想回家！“够了。”你走了", "zh") == [
        "你很累。",
        "你想回家！",
        "“够了。”",
        "你走了",
    ]


def test_a_line_end_ends_a_sentence() -> None:
    assert split("You were tired\n\nYou left", "en") == ["You were tired", "You left"]


def test_a_sentence_without_end_comes_out_for_the_gate_to_refuse() -> None:
    found = Splitter("en").feed("and " * LONGEST)
    assert len(found) == 1
    assert len(found[0]) > LONGEST


@given(st.text(max_size=300), st.integers(1, 7), st.sampled_from(["en", "de", "ar", "zh"]))
def test_no_letter_is_lost(text: str, size: int, language: str) -> None:
    joined = "".join("".join(split(text, language, size)).split())
    assert joined == "".join(text.split())
