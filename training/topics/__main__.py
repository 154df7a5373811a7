"""`python -m training.topics train | measure`: fixed folds; one thread gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import scipy.sparse as sp
import typer
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import holdfast.support.companion
from holdfast.safety.engine.embedding import Embedder, installed
from holdfast.support.companion.engine.topics import CELLS, FORMAT, TOPICS, Topics, features, scaled
from training.safety import sets

app = typer.Typer(add_completion=False, help=__doc__)

FOLDER: Final = Path(holdfast.support.companion.__file__).parent / "content" / "topics"
FILE: Final = "topics-1.f2"
FOLDS: Final = 5
WORDS_C, SENTENCES_C = 3.0, 2.0
NAMES: Final = {
    "Work": "work",
    "Health, Fatigue, or Physical Pain": "health",
    "Family Issues": "family",
    "School": "school",
    "Emotional Turmoil": "emotional_turmoil",
    "Financial Problem": "money",
    "Social Relationships": "social_relationships",
    "Everyday Decision Making": "everyday_decisions",
    "Other": "other",
}


@dataclass(frozen=True)
class Example:
    text: str
    topic: int
    fold: int


def examples() -> list[Example]:
    """All of SAD; the same text is in one fold however often it comes. Raises sets.NoData."""
    return [
        Example(
            row["text"],
            TOPICS.index(NAMES[row["label"]]),
            int(sets.share(row["text"].strip().lower()) * FOLDS),
        )
        for row in sets.rows("stressors_en_train")
    ]


def _matrix(texts: Sequence[str]) -> tuple[sp.csr_matrix, NDArray[np.float32]]:
    """Raw counts, and the inverse document frequency of each cell among these texts."""
    found = [features(text) for text in texts]
    rows = np.cumsum([0, *(len(cells) for cells, _ in found)])
    counts = sp.csr_matrix(
        (
            np.concatenate([values for _, values in found]),
            np.concatenate([cells for cells, _ in found]),
            rows,
        ),
        shape=(len(texts), CELLS),
    )
    documents = np.bincount(counts.indices, minlength=CELLS)
    idf = np.log((1 + len(texts)) / (1 + documents)) + 1
    return counts, idf.astype("<f2").astype(np.float32)


def _weighed(counts: sp.csr_matrix, idf: NDArray[np.float32]) -> sp.csr_matrix:
    rows = np.split(counts.indices.astype(np.int64), counts.indptr[1:-1])
    values = np.split(counts.data, counts.indptr[1:-1])
    data = [scaled(cells, one, idf) for cells, one in zip(rows, values, strict=True)]
    return sp.csr_matrix((np.concatenate(data), counts.indices, counts.indptr), counts.shape)


def _fit(matrix: sp.csr_matrix | NDArray[np.float32], topics: NDArray[np.int64], c: float) -> tuple[
    NDArray[np.float32], NDArray[np.float32]
]:  # fmt: skip
    model = LogisticRegression(C=c, max_iter=1000, tol=1e-6).fit(matrix, topics)
    return (
        model.coef_.T.astype("<f2").astype(np.float32),
        model.intercept_.astype("<f2").astype(np.float32),
    )


def fit(data: Sequence[Example], embedder: Embedder | None, rows: NDArray[np.float32]) -> Topics:
    """The models on these examples; `rows` are their embeddings (none without an embedder)."""
    topics = np.array([one.topic for one in data])
    counts, idf = _matrix([one.text for one in data])
    words, words_bias = _fit(_weighed(counts, idf), topics, WORDS_C)
    if embedder is None:
        sentences, bias = (
            np.zeros((384, len(TOPICS)), np.float32),
            np.zeros(len(TOPICS), np.float32),
        )
    else:
        sentences, bias = _fit(rows, topics, SENTENCES_C)
    return Topics(idf, words, words_bias, sentences, bias, embedder)


def _embeddings(data: Sequence[Example], embedder: Embedder | None) -> NDArray[np.float32]:
    if embedder is None:
        return np.zeros((len(data), 0), np.float32)
    return embedder.embed([one.text for one in data])


@app.command("measure")
def measure() -> None:
    """Top-1 and top-3 by cross-validation, with the half-width of a 95 % interval."""
    data, embedder = examples(), installed()
    rows = _embeddings(data, embedder)
    table: dict[str, list[NDArray[np.int64]]] = {}
    for fold in range(FOLDS):
        inside = [place for place, one in enumerate(data) if one.fold != fold]
        outside = [place for place, one in enumerate(data) if one.fold == fold]
        model = fit([data[place] for place in inside], embedder, rows[inside])
        texts = [data[place].text for place in outside]
        right = np.array([data[place].topic for place in outside])
        without = Topics(
            model.idf, model.words, model.words_bias, model.sentences, model.sentences_bias
        )
        ways = {"words alone": without} | ({"with sentences": model} if embedder else {})
        for name, way in ways.items():
            order = np.argsort(-way.probabilities(texts), axis=1)
            table.setdefault(name, []).append(np.argmax(order == right[:, None], axis=1))
    for name, places in table.items():
        place = np.concatenate(places)
        for top in (1, 3):
            share = float((place < top).mean())
            half = 1.96 * (share * (1 - share) / len(place)) ** 0.5
            typer.echo(f"{name:15} top-{top} {share:.3f} ± {half:.3f}  (n = {len(place)})")


@app.command("train")
def train() -> None:
    """Write the weights that ship anew."""
    data, embedder = examples(), installed()
    if embedder is None:
        raise typer.BadParameter("the sentence model needs an embedder: docs/how-to/embeddings.md")
    model = fit(data, embedder, _embeddings(data, embedder))
    parts = (model.idf, model.words, model.words_bias, model.sentences, model.sentences_bias)
    raw = b"".join(part.astype("<f2").tobytes() for part in parts)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / FILE).write_bytes(raw)
    digest = sha256(raw).hexdigest()
    manifest = {
        "format": FORMAT,
        "file": FILE,
        "sha256": digest,
        "data": "stressors_en_train (SAD, MIT), all 3,411 rows",
        "embedder": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0); its weights do not ship",
    }
    (FOLDER / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    typer.echo(f"{len(raw):,} bytes, {digest[:12]}")


if __name__ == "__main__":
    app()
