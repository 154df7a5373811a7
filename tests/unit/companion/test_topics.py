"""Topics of stress: weights that are whole, a list likeliest first, offers and no guesses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest

from holdfast.safety.engine.embedding import Embedder, EmbeddingsRefused
from holdfast.safety.engine.embedding.wordpiece import Pieces, words
from holdfast.support.companion.engine.library import shipped
from holdfast.support.companion.engine.routing import by_words_and_topics
from holdfast.support.companion.engine.topics import TOPICS, WeightsRefused, features, load

CONTENT = files("holdfast.support.companion") / "content" / "topics"
MODELS = load(CONTENT, None)
KNOWN = ("[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "cafe", ",", "中")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("my boss keeps giving me more shifts and my coworkers never help", "work"),
        ("I can't pay rent this month and the loan is due", "money"),
        ("finals are next week and I have two essays to write", "school"),
        ("my mother and my brother stopped talking to each other", "family"),
        ("I have a migraine again and I am so tired all the time", "health"),
    ],
)
def test_what_plainly_speaks_of_a_topic_has_it_among_the_first_three(text: str, topic: str) -> None:
    ranked = MODELS.ranked(text)
    assert topic in [name for name, _ in ranked[:3]]
    assert [name for name, _ in ranked] != list(TOPICS)
    assert sum(chance for _, chance in ranked) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "  ", "🙂", "\0", "工作压力很大", "a" * 100_000])
def test_any_text_has_a_ranking(text: str) -> None:
    assert len(MODELS.ranked(text)) == len(TOPICS)
    cells, values = features(text)
    assert len(cells) == len(values)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    with as_file(CONTENT) as folder:
        shutil.copytree(folder, tmp_path / "topics")
    manifest = json.loads((tmp_path / "topics/manifest.json").read_text())
    weights = tmp_path / "topics" / manifest["file"]
    raw = bytearray(weights.read_bytes())
    raw[1000] ^= 1
    weights.write_bytes(raw)
    with pytest.raises(WeightsRefused):
        load(tmp_path / "topics", None)


def test_a_topic_offers_flows_and_keywords_go_before_it() -> None:
    route, library = by_words_and_topics(MODELS), shipped().with_drafts()
    found = route(library, "en", "my boss keeps giving me more shifts and coworkers never help")
    assert "problem-solving" in found
    assert len(found) <= 3
    assert route(library, "en", "I want to breathe with you for a while")[0] == "grounding"
    assert route(library, "en", "boss") == ()
    # Only what a clinician turned on is offered.
    assert route(shipped(), "en", "my boss gives me more shifts and nobody helps") == ()
    assert route(library, "de", "mein Chef gibt mir immer mehr Schichten im Büro") == ()


def test_word_pieces_are_those_of_the_published_tokenizer() -> None:
    vocabulary = {word: n for n, word in enumerate(KNOWN)}
    pieces = Pieces(vocabulary)
    assert pieces.of("Unaffable, CAFÉ 中x", 128) == [1, 3, 4, 5, 7, 6, 8, 0, 2]
    assert pieces.of("unaffable " * 50, 4) == [1, 3, 4, 2]
    assert pieces.of("a" * 101, 128) == [1, 0, 2]
    assert list(words("Don’t $5\u200b!")) == ["don", "’", "t", "$", "5", "!"]


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingsRefused):
        Embedder(tmp_path)
    (tmp_path / "vocab.txt").write_text("[UNK]\n[CLS]\n[SEP]\n")
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(EmbeddingsRefused):
        Embedder(tmp_path)


def _shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    """A model as the published one, but for a vocabulary of nine and a narrower inner layer."""
    yield "embeddings.word_embeddings.weight", (9, 384)
    yield "embeddings.position_embeddings.weight", (16, 384)
    yield "embeddings.token_type_embeddings.weight", (2, 384)
    parts = {"intermediate.dense": (64, 384), "output.dense": (384, 64)}
    attention = ("self.query", "self.key", "self.value", "output.dense")
    parts |= {f"attention.{part}": (384, 384) for part in attention}
    norms = ["embeddings.LayerNorm"]
    for layer in range(6):
        base = f"encoder.layer.{layer}."
        norms += [f"{base}attention.output.LayerNorm", f"{base}output.LayerNorm"]
        for part, shape in parts.items():
            yield f"{base}{part}.weight", shape
            yield f"{base}{part}.bias", shape[:1]
    for norm in norms:
        yield f"{norm}.weight", (384,)
        yield f"{norm}.bias", (384,)


def test_a_sentence_is_embedded_as_the_definition_says(tmp_path: Path) -> None:
    """A model of the right shape with random weights: alone or in a batch the row is the same."""
    rng = np.random.default_rng(0)
    shapes = dict(_shapes())
    tensors = {
        # Norms that keep what comes in, as trained ones do.
        name: (np.ones(shape) if "Norm.weight" in name else rng.normal(0, 0.05, shape)).astype(
            "<f4"
        )
        for name, shape in shapes.items()
    }
    header, offset = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": tensor.shape,
                        "data_offsets": [offset, offset + tensor.nbytes]}  # fmt: skip
        offset += tensor.nbytes
    raw = json.dumps(header).encode()
    (tmp_path / "model.safetensors").write_bytes(
        len(raw).to_bytes(8, "little") + raw + b"".join(t.tobytes() for t in tensors.values())
    )
    (tmp_path / "vocab.txt").write_text("[UNK]\n[CLS]\n[SEP]\na\nb\nc\nd\ne\nf\n")
    embedder = Embedder(tmp_path)
    together = embedder.embed(["a b c d", "f", "e e"])
    alone = np.concatenate([embedder.embed([text]) for text in ("a b c d", "f", "e e")])
    assert together.shape == (3, 384)
    np.testing.assert_allclose(together, alone, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert not np.allclose(together[0], together[1], atol=1e-2)
