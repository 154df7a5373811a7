"""Sentence embeddings as a layer: there for the model its weights are for, and only where asked."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from holdfast.safety.engine.embedding import Embedder
from holdfast.safety.engine.screen import Level, Screener
from holdfast.safety.engine.screen.rules import parse_rules
from holdfast.safety.engine.screen.sentences import FILE, Sentences, load_sentences
from training.safety.train import write_sentences

pytestmark = pytest.mark.any_database

RULES = """
language: en
version: 1
reviewed_by: null
phrases:
  - {id: en-die, category: passive_ideation, level: concern, any: ["want to die"]}
context:
  negation_before: ["not"]
"""


class Counting:
    """Stands in for an embedder: one number a text, how often "dark" stands in it."""

    digest = "a" * 64

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[text.count("dark")] for text in texts], np.float32)


def _layer() -> tuple[Sentences, Counting]:
    counting = Counting()
    weights = np.array([1.0], np.float32)
    return Sentences(weights, -1.0, 1.0, cast(Embedder, counting)), counting


@pytest.fixture
def layer() -> tuple[Sentences, Counting]:
    return _layer()


@pytest.mark.parametrize(
    ("text", "level", "asked"),
    [
        ("it is dark and so dark in here", Level.CONCERN, 1),
        ("it is dark and so bright in here", Level.NONE, 1),
        ("dark dark dark", Level.NONE, 0),  # too short
        ("i want to die in the dark, the dark", Level.CONCERN, 0),  # a rule alarms already
        ("i do not want to die in the dark dark", Level.NONE, 0),  # context dropped a match
        ("es ist dunkel und ich bin nicht dark dark", Level.NONE, 0),  # not English
    ],
)
def test_it_listens_to_english_where_no_other_layer_alarms(
    layer: tuple[Sentences, Counting], text: str, level: Level, asked: int
) -> None:
    sentences, counting = layer
    screener = Screener({"en": parse_rules(RULES, "test.yaml")}, sentences=sentences)
    assert screener.screen(text).level is level
    assert len(counting.asked) == asked


def test_turns_before_are_not_embedded(layer: tuple[Sentences, Counting]) -> None:
    sentences, counting = layer
    screener = Screener({"en": parse_rules(RULES, "test.yaml")}, sentences=sentences)
    said = screener.screen("it is dark and so dark in here", ["the dark of the dark night is here"])
    assert said.alarm
    assert counting.asked == ["it is dark and so dark in here"]


def test_its_weights_are_kept_by_the_hash_of_the_model(
    layer: tuple[Sentences, Counting], tmp_path: Path
) -> None:
    sentences, counting = layer
    write_sentences(sentences, {"false_alarms": 0.003}, tmp_path)
    read = load_sentences(tmp_path, cast(Embedder, counting))
    assert read is not None
    assert read.alarms("dark dark")
    counting.digest = "b" * 64
    assert load_sentences(tmp_path, cast(Embedder, counting)) is None
    assert load_sentences(tmp_path, None) is None


def test_weights_that_were_changed_are_refused(
    layer: tuple[Sentences, Counting], tmp_path: Path
) -> None:
    sentences, counting = layer
    write_sentences(sentences, {}, tmp_path)
    path = next(tmp_path.glob("*.f4"))
    path.write_bytes(b"\x00" * 4)
    with pytest.raises(ValueError, match="not those of the manifest"):
        load_sentences(tmp_path, cast(Embedder, counting))


def test_weights_ship_for_the_model_that_the_how_to_names() -> None:
    assert (files("holdfast.safety") / "content" / "screen" / "weights" / FILE).is_file()
