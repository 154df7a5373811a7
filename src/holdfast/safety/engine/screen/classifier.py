"""A linear model on hashed n-grams of words and letters, in NumPy.

Features of a text: all spans of 1, 2 and 3 words and of 3, 4 and 5 letters (spaces between words
count as letters) of the normalised words, each hashed into one of 2**`bits` cells; the score is the
sum of the cells' weights over the square root of the number of spans, plus the bias. Long texts are
scored in windows of `WINDOW` words, and the highest counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import exp
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.safety.engine.screen.normalise import Words

BITS: Final = 18
WORD_SPANS: Final = (1, 2, 3)
LETTER_SPANS: Final = (3, 4, 5)
WINDOW: Final = 40
STRIDE: Final = 20
LEAST_WORDS: Final = 6  # a shorter text has too few spans for its score to mean much
MAX_LETTERS: Final = 65_536
_BASE: Final = 0x100000001B3  # odd, so it has an inverse modulo 2**64
_INVERSE: Final = pow(_BASE, -1, 2**64)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_DOWN: Final = np.uint64(29)
_TOP: Final = np.uint64(64 - BITS)
_SALTS: Final = tuple(np.uint64(size) for size in range(max(WORD_SPANS) + 1))
FORMAT: Final = 1


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        return np.cumprod(
            np.concatenate([[np.uint64(1)], np.full(count, base, np.uint64)]), dtype=np.uint64
        )


@cache
def _tables() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    return _powers(_BASE, MAX_LETTERS), _powers(_INVERSE, MAX_LETTERS)


@dataclass(frozen=True, slots=True)
class Spans:
    """The hashed spans of a text: for each its cell, and its first word (index); `words` in all."""

    cells: NDArray[np.int64]
    word: NDArray[np.int64]
    words: int


def spans(words: Words) -> Spans:
    """All spans of a text. A text beyond 65,536 letters counts as far as that."""
    cells, space = _cells(words.joined)
    gaps = np.flatnonzero(space)
    words_in = max(len(gaps) - 1, 0)
    word_of = np.cumsum(space) - 1
    firsts = [word_of[: max(len(space) - size + 1, 0)] for size in LETTER_SPANS]
    firsts += [word_of[gaps[:-size] + 1] for size in WORD_SPANS]
    first = np.minimum(np.maximum(np.concatenate(firsts), 0), max(words_in - 1, 0))
    return Spans(cells, first, words_in if len(cells) else 0)


def _cells(joined: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The cell of each span of some joined words, and where their spaces are."""
    letters = np.frombuffer(joined[:MAX_LETTERS].encode("utf-32-le", "replace"), dtype=np.uint32)
    powers, inverses = _tables()
    length = len(letters)
    prefix = np.zeros(length + 1, np.uint64)
    (letters * powers[:length]).cumsum(out=prefix[1:])
    space = letters == 32
    gaps = space.nonzero()[0]
    hashes = [
        (prefix[size:] - prefix[:-size]) * inverses[: length - size + 1]
        for size in LETTER_SPANS
        if length >= size
    ]
    starts = gaps + 1
    upto, after, back = prefix[gaps], prefix[starts], inverses[starts]
    hashes += [
        (upto[size:] - after[:-size]) * back[:-size] + _SALTS[size]
        for size in WORD_SPANS
        if len(gaps) > size
    ]
    if not hashes:
        return np.zeros(0, np.int64), space
    hashed = np.concatenate(hashes)
    hashed ^= hashed >> _DOWN
    hashed *= _MIX
    hashed >>= _TOP
    return hashed.view(np.int64), space


@dataclass(frozen=True, slots=True)
class Scored:
    """The highest score of a text's windows, and where: words `first` to `last`, end excluded."""

    score: float
    probability: float
    alarm: bool
    first: int
    last: int


@dataclass(frozen=True)
class Classifier:
    """Weights (float32, 2**BITS), bias, the calibration (slope, intercept) and the threshold."""

    weights: NDArray[np.float32]
    bias: float
    slope: float
    intercept: float
    threshold: float

    def score(self, words: Words) -> Scored:
        """The text's score. Never raises on any text."""
        best, first = self._best(words)
        last = min(first + WINDOW, len(words.words))
        z = max(-60.0, min(60.0, self.slope * best + self.intercept))
        probability = 1 / (1 + exp(-z))
        alarm = best >= self.threshold and len(words.words) >= LEAST_WORDS
        return Scored(best, probability, alarm, first, max(last, first + 1))

    def _best(self, words: Words) -> tuple[float, int]:
        """The highest score of a window, and the window's first word."""
        if len(words.words) <= WINDOW + STRIDE // 2:
            values = self.weights[_cells(words.joined)[0]]
            if not len(values):
                return self.bias, 0
            return float(values.sum(dtype=np.float64)) / len(values) ** 0.5 + self.bias, 0
        found = spans(words)
        values = self.weights[found.cells]
        sums = np.bincount(found.word, values, found.words)
        counts = np.bincount(found.word, minlength=found.words)
        sums, counts = np.concatenate([[0], sums.cumsum()]), np.concatenate([[0], counts.cumsum()])
        begin = np.arange(0, found.words - WINDOW + STRIDE, STRIDE)
        stop = np.minimum(begin + WINDOW, found.words)
        scores = (sums[stop] - sums[begin]) / np.sqrt(np.maximum(counts[stop] - counts[begin], 1))
        place = int(np.argmax(scores))
        return float(scores[place]) + self.bias, int(begin[place])


def load_classifier(directory: Traversable) -> Classifier:
    """The classifier in a folder of weights. ValueError: its hash is not the manifest's."""
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    raw = (directory / manifest["file"]).read_bytes()
    if manifest["format"] != FORMAT or sha256(raw).hexdigest() != manifest["sha256"]:
        raise ValueError("the weights are not those of the manifest")
    weights = np.frombuffer(raw, dtype="<f2").astype(np.float32)
    if weights.shape != (1 << BITS,):
        raise ValueError("the weights have another size than the features")
    return Classifier(
        weights, manifest["bias"], manifest["slope"], manifest["intercept"], manifest["threshold"]
    )


def shipped_classifier() -> Classifier:
    """The classifier that ships."""
    return load_classifier(files("holdfast.safety") / "content" / "screen" / "weights")
