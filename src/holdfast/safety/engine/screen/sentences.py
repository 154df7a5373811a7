"""Sentence embeddings as a layer of the screen: optional, English only.

A linear model on what an installed embedder gives for a text (docs/how-to/embeddings.md). Its
weights ship, kept by the hash of the model that they were trained on; the model does not. Without a
model, or with one that no weights are for, the layer is not there and the levels are those of the
other layers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.safety.engine.embedding import Embedder

FILE: Final = "sentences.json"
LANGUAGE: Final = "en"
LEAST_WORDS: Final = 6  # as for the classifier: a shorter text says too little
MAX_CHARACTERS: Final = 2_000  # the embedder reads the first 128 pieces of words
FORMAT: Final = 1


@dataclass(frozen=True)
class Sentences:
    """Weights (float32, one per dimension of the embedder), bias and threshold."""

    weights: NDArray[np.float32]
    bias: float
    threshold: float
    embedder: Embedder

    def alarms(self, text: str) -> bool:
        """Whether a text scores at the threshold or above. Never raises on any text."""
        (row,) = self.embedder.embed([text[:MAX_CHARACTERS]])
        return float(row @ self.weights) + self.bias >= self.threshold


def load_sentences(directory: Traversable, embedder: Embedder | None) -> Sentences | None:
    """The layer for this embedder, or None. ValueError: the weights are not the manifest's."""
    path = directory / FILE
    if embedder is None or not path.is_file():
        return None
    manifest = json.loads(path.read_text(encoding="utf-8"))
    entry = manifest["models"].get(embedder.digest) if manifest["format"] == FORMAT else None
    if entry is None:
        return None
    raw = (directory / entry["file"]).read_bytes()
    if sha256(raw).hexdigest() != entry["sha256"]:
        raise ValueError("the weights are not those of the manifest")
    return Sentences(
        np.frombuffer(raw, "<f4").astype(np.float32), entry["bias"], entry["threshold"], embedder
    )


def shipped_sentences(embedder: Embedder | None) -> Sentences | None:
    """The layer that ships for this embedder, if any."""
    return load_sentences(files("holdfast.safety") / "content" / "screen" / "weights", embedder)
