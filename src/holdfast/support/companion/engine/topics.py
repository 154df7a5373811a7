"""What somebody is stressed about, among nine topics: a list to offer, likeliest first.

The topics and the examples behind the weights are those of SAD (Mauriello et al. 2021, "SAD: A
Stress Annotated Dataset for Recognizing Everyday Stressors in SMS-like Conversational Systems",
CHI EA, doi 10.1145/3411763.3451799; MIT): English only. Features of a text: its words and pairs of
words, and spans of 2 to 5 letters within words, hashed; where an operator installed sentence
embeddings, a second linear model on these counts half. Nothing is asserted of a person: the
interpreter offers what a topic suggests, and the person picks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from holdfast.safety.engine.embedding import Embedder, installed
from holdfast.support.companion.engine.understanding import folded

TOPICS = (
    "work",
    "health",
    "family",
    "school",
    "emotional_turmoil",
    "money",
    "social_relationships",
    "everyday_decisions",
    "other",
)
LANGUAGES = frozenset({"en"})
CELLS = 1 << 15  # a half for words, a half for spans of letters
HALF = CELLS // 2
LETTERS = (2, 3, 4, 5)
WIDTH = 384
FORMAT = 1
LONGEST = 2_000  # characters that are read


class WeightsRefused(ValueError):
    """The weights are not those of the manifest."""


def features(text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Cells and their counts (1 + log of how often); words and letters each of length one."""
    words = folded(text[:LONGEST]).split()
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    spans = [
        padded[place : place + size]
        for padded in (f" {word} " for word in words)
        for size in LETTERS
        for place in range(len(padded) - size + 1)
    ]
    cells: list[int] = []
    values: list[float] = []
    for offset, grams in ((0, [*words, *pairs]), (HALF, spans)):
        counts = Counter(offset + crc32(gram.encode()) % HALF for gram in grams)
        cells += counts
        values += (1 + np.log(np.fromiter(counts.values(), float, len(counts)))).tolist()
    return np.array(cells, np.int64), np.array(values)


def scaled(
    cells: NDArray[np.int64], values: NDArray[np.float64], idf: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Values weighed by how rare a cell is, each half of length one."""
    weighed = values * idf[cells]
    for half in (cells < HALF, cells >= HALF):
        length = float(np.linalg.norm(weighed[half]))
        if length:
            weighed[half] /= length
    return weighed


@dataclass(frozen=True)
class Topics:
    """The models: `words` (CELLS x 9) and, for embeddings, `sentences` (384 x 9)."""

    idf: NDArray[np.float32]
    words: NDArray[np.float32]
    words_bias: NDArray[np.float32]
    sentences: NDArray[np.float32]
    sentences_bias: NDArray[np.float32]
    embedder: Embedder | None = None

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row of nine per text, in the order of `TOPICS`, adding up to 1."""
        rows = np.array([self._by_words(text) for text in texts]).reshape(len(texts), len(TOPICS))
        if self.embedder is None or not len(texts):
            return rows
        seen = self.embedder.embed(texts) @ self.sentences + self.sentences_bias
        return (rows + np.apply_along_axis(_softmax, 1, seen)) / 2

    def ranked(self, text: str) -> tuple[tuple[str, float], ...]:
        """The nine topics with their probabilities, likeliest first."""
        row = self.probabilities([text])[0]
        order = np.argsort(-row, kind="stable")
        return tuple((TOPICS[place], float(row[place])) for place in order)

    def _by_words(self, text: str) -> NDArray[np.float64]:
        cells, values = features(text)
        return _softmax(scaled(cells, values, self.idf) @ self.words[cells] + self.words_bias)


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers: NDArray[np.float64] = np.exp(scores - scores.max())
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares


def load(folder: Traversable, embedder: Embedder | None) -> Topics:
    """The models in a folder. Raises WeightsRefused."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    raw = (folder / manifest["file"]).read_bytes()
    if manifest["format"] != FORMAT or sha256(raw).hexdigest() != manifest["sha256"]:
        raise WeightsRefused("the weights are not those of the manifest")
    numbers = np.frombuffer(raw, "<f2").astype(np.float32)
    count = len(TOPICS)
    parts = np.split(numbers, np.cumsum([CELLS, CELLS * count, count, WIDTH * count]))
    return Topics(
        parts[0], parts[1].reshape(CELLS, count), parts[2],
        parts[3].reshape(WIDTH, count), parts[4], embedder,
    )  # fmt: skip


@cache
def shipped() -> Topics:
    """The models that ship, with embeddings where they are installed. Raises WeightsRefused."""
    return load(files("holdfast.support.companion") / "content" / "topics", installed())
