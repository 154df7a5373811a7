"""Trains the classifier: one thread, fixed seeds, the same bytes each time on one machine.

The sets that the bars are measured on (`peer_support_en_dev`, `everyday_requests_en_dev`,
`persona_conversations_en_dev`, `counselling_questions_en`, the held-out stressors, every
fifth pair) take no part in what ships. To measure a set that does, one trains anew without it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import holdfast.safety
from holdfast.safety.engine.embedding import Embedder, installed
from holdfast.safety.engine.screen.calibrate import for_false_alarms, for_recall
from holdfast.safety.engine.screen.classifier import BITS, FORMAT, Classifier, spans
from holdfast.safety.engine.screen.compiled import FILE as COMPILED
from holdfast.safety.engine.screen.compiled import compiled, shipped_rules
from holdfast.safety.engine.screen.matcher import Matcher
from holdfast.safety.engine.screen.normalise import Normaliser
from holdfast.safety.engine.screen.sentences import FILE as SENTENCES
from holdfast.safety.engine.screen.sentences import FORMAT as SENTENCES_FORMAT
from holdfast.safety.engine.screen.sentences import MAX_CHARACTERS, Sentences
from training.safety import sets
from training.safety.pairs import languages, sentences

WEIGHTS: Final = Path(holdfast.safety.__file__).parent / "content" / "screen" / "weights"
FILE: Final = "linear-1.f2"
SEED: Final = 20261123
C: Final = 10.0
FOLDS: Final = 5
# What context handles (a denial, an idiom ...), and what a sentence of it weighs in training.
CONTEXT_KINDS: Final = frozenset(
    {"negated", "past", "academic", "idiom", "quotation", "third_person_fiction", "news"}
)
CONTEXT_WEIGHT: Final = 1.0
FALSE_ALARMS: Final = 0.0025  # of real calm texts, by the classifier alone
HARD_FALSE_ALARMS: Final = 0.03  # of safe sentences written to share their words with a crisis
REAL_CALM: Final = frozenset({"stressors_en_train", "emotions_en_dev"})
ENGLISH: Final = frozenset(
    {"pairs_en", "moderation_self_harm_en_dev", "hazard_prompts_en_dev", *REAL_CALM}
)
SENTENCES_C: Final = 1.0
SENTENCES_FALSE_ALARMS: Final = 0.003  # of real calm texts, by sentence embeddings alone
_ROWS: Final[dict[str, NDArray[np.float32]]] = {}
DELTA: Final = 0.1
MISS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Example:
    """A text to train on. `group` keeps the two of a pair in one fold; `source` names the set."""

    text: str
    alarm: bool
    weight: float
    group: str
    source: str
    kind: str


def examples(without: Collection[str] = ()) -> list[Example]:
    """All that may train, but the sources in `without`. Raises sets.NoData."""
    found = [
        Example(
            one.text,
            one.alarm,
            CONTEXT_WEIGHT if one.kind in CONTEXT_KINDS and not one.alarm else 1.0,
            f"{language}-{one.id[:-1]}",
            f"pairs_{language}",
            one.kind,
        )
        for language in languages()
        for one in sentences(language)
        if one.split == "train"
    ]
    found += _of("psysuicide_zh_train", sets.texts("psysuicide_zh_train"), 1.0)
    found += _of("moderation_self_harm_en_dev", sets.texts("moderation_self_harm_en_dev"), 0.5)
    found += _of("stressors_en_train", sets.stressors(held_out=False), 0.5)
    emotions = [one for one in sets.texts("emotions_en_dev") if sets.share(one.id) < 0.4]
    found += _of("emotions_en_dev", emotions, 0.5)
    for name in ("hazard_prompts_en_dev", "hazard_prompts_fr_dev"):
        harmless = [
            one for one in sets.texts(name) if one.row["label"] not in {"ssh", "ipv", "vcr", "cse"}
        ]
        found += _of(name, harmless, 0.3)
    return [one for one in found if one.source not in without]


def _of(source: str, texts: Sequence[sets.Text], weight: float) -> list[Example]:
    return [
        Example(one.text, one.alarm, weight, one.id, source, "")
        for one in texts
        if one.alarm is not None
    ]


def features(texts: Sequence[str], normaliser: Normaliser) -> sp.csr_matrix:
    """A row a text: counts of its spans over the square root of their number."""
    rows, cells, values = [0], [], []
    for text in texts:
        found = spans(normaliser.words(text)).cells
        cell, count = np.unique(found, return_counts=True)
        cells.append(cell)
        values.append(count / np.sqrt(max(len(found), 1)))
        rows.append(rows[-1] + len(cell))
    return sp.csr_matrix(
        (np.concatenate(values), np.concatenate(cells), rows), shape=(len(texts), 1 << BITS)
    )


@dataclass(frozen=True)
class Linear:
    """Weights and bias before they are rounded."""

    weights: NDArray[np.float64]
    bias: float


def fit(matrix: sp.csr_matrix, data: Sequence[Example]) -> Linear:
    """L2-regularised logistic regression by dual coordinate descent; both classes weigh alike."""
    alarm = np.array([one.alarm for one in data])
    weight = np.array([one.weight for one in data])
    weight[alarm] *= weight[~alarm].sum() / weight[alarm].sum()
    model = LogisticRegression(
        solver="liblinear", dual=True, C=C, random_state=SEED, max_iter=200, tol=1e-3
    )
    model.fit(matrix, alarm, sample_weight=weight)
    return Linear(model.coef_[0], float(model.intercept_[0]))


def out_of_fold(matrix: sp.csr_matrix, data: Sequence[Example]) -> NDArray[np.float64]:
    """Each example's score by a model that saw neither it nor its pair."""
    fold = np.array([int(sets.share(one.group) * FOLDS) for one in data])
    scores = np.zeros(len(data))
    for number in range(FOLDS):
        inside = np.flatnonzero(fold != number)
        outside = np.flatnonzero(fold == number)
        if len(outside):
            model = fit(matrix[inside], [data[int(place)] for place in inside])
            scores[outside] = matrix[outside] @ model.weights + model.bias
    return scores


def calibrated(
    model: Linear, scores: NDArray[np.float64], data: Sequence[Example]
) -> tuple[Classifier, dict[str, float]]:
    """The classifier, calibrated on out-of-fold scores, and what its threshold promises."""
    alarm = np.array([one.alarm for one in data])
    platt = LogisticRegression(C=1e6, solver="lbfgs", random_state=SEED)
    platt.fit(scores[:, None], alarm)
    pairs = list(zip(scores, data, strict=True))
    calm = [float(score) for score, one in pairs if not one.alarm and one.source in REAL_CALM]
    hard = [
        float(score) for score, one in pairs if not one.alarm and one.source.startswith("pairs_")
    ]
    positives = [float(score) for score in scores[alarm]]
    threshold = max(
        for_false_alarms(calm, FALSE_ALARMS, DELTA),
        for_false_alarms(hard, HARD_FALSE_ALARMS, DELTA),
    )
    promised = {
        "false_alarms": FALSE_ALARMS,
        "hard_false_alarms": HARD_FALSE_ALARMS,
        "delta": DELTA,
        "calibration_negatives": len(calm),
        "calibration_hard_negatives": len(hard),
        "calibration_positives": len(positives),
        "recall_at_threshold": float(np.mean(np.array(positives) >= threshold)),
        "threshold_for_recall_0.95": for_recall(positives, MISS),
    }
    rounded = model.weights.astype("<f2").astype(np.float32)
    return (
        Classifier(
            rounded,
            round(model.bias, 6),
            round(float(platt.coef_[0][0]), 4),
            round(float(platt.intercept_[0]), 4),
            round(threshold, 4),
        ),
        {name: round(value, 4) for name, value in promised.items()},
    )


def train(without: Collection[str] = ()) -> tuple[Classifier, dict[str, float]]:
    """A classifier that saw nothing of `without`, and what its threshold promises."""
    data = examples(without)
    normaliser = Matcher(shipped_rules()).normaliser
    matrix = features([one.text for one in data], normaliser)
    return calibrated(fit(matrix, data), out_of_fold(matrix, data), data)


def train_sentences(
    embedder: Embedder, without: Collection[str] = ()
) -> tuple[Sentences, dict[str, float]]:
    """A linear model on the embeddings of the English texts, and what its threshold promises."""
    data = [one for one in examples(without) if one.source in ENGLISH]
    rows = _embedded(embedder, [one.text[:MAX_CHARACTERS] for one in data])
    alarm = np.array([one.alarm for one in data])
    weight = np.array([one.weight for one in data])
    weight[alarm] *= weight[~alarm].sum() / weight[alarm].sum()
    fold = np.array([int(sets.share(one.group) * FOLDS) for one in data])

    def fitted(inside: NDArray[np.bool_]) -> LogisticRegression:
        model = LogisticRegression(C=SENTENCES_C, max_iter=2000)
        return model.fit(rows[inside], alarm[inside], sample_weight=weight[inside])

    scores = np.zeros(len(data))
    for number in range(FOLDS):
        scores[fold == number] = fitted(fold != number).decision_function(rows[fold == number])
    calm = [
        float(score)
        for score, one in zip(scores, data, strict=True)
        if not one.alarm and one.source in REAL_CALM
    ]
    threshold = for_false_alarms(calm, SENTENCES_FALSE_ALARMS, DELTA)
    model = fitted(np.ones(len(data), bool))
    weights = model.coef_[0].astype(np.float32)
    promised = {
        "false_alarms": SENTENCES_FALSE_ALARMS,
        "delta": DELTA,
        "calibration_negatives": len(calm),
        "recall_at_threshold": round(float(np.mean(scores[alarm] >= threshold)), 4),
    }
    bias = round(float(model.intercept_[0]), 6)
    return Sentences(weights, bias, round(threshold, 4), embedder), promised


def _embedded(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    """A row a text. Kept by text: a benchmark trains on nearly the same texts again and again."""
    new = [text for text in dict.fromkeys(texts) if text not in _ROWS]
    _ROWS.update(zip(new, embedder.embed(new), strict=True))
    return np.array([_ROWS[text] for text in texts])


def write_sentences(layer: Sentences, promised: dict[str, float], directory: Path) -> str:
    """Writes the weights and, under the hash of their model, a manifest; returns their hash."""
    raw = layer.weights.astype("<f4").tobytes()
    entry = {
        "file": f"sentences-{layer.embedder.digest[:12]}.f4",
        "sha256": sha256(raw).hexdigest(),
        "model": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0); its weights do not ship",
        "bias": layer.bias,
        "threshold": layer.threshold,
        "promised": promised,
    }
    (directory / str(entry["file"])).write_bytes(raw)
    manifest = {"format": SENTENCES_FORMAT, "models": {layer.embedder.digest: entry}}
    (directory / SENTENCES).write_text(json.dumps(manifest, indent=2) + "\n")
    return str(entry["sha256"])


def write(classifier: Classifier, promised: dict[str, float], directory: Path) -> str:
    """Writes the weights and their manifest; returns the hash of the weights."""
    directory.mkdir(parents=True, exist_ok=True)
    raw = classifier.weights.astype("<f2").tobytes()
    digest = sha256(raw).hexdigest()
    (directory / FILE).write_bytes(raw)
    manifest = {
        "format": FORMAT,
        "file": FILE,
        "sha256": digest,
        "bias": classifier.bias,
        "slope": classifier.slope,
        "intercept": classifier.intercept,
        "threshold": classifier.threshold,
        "seed": SEED,
        "promised": promised,
    }
    (directory / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return digest


def compile_rules() -> str:
    """Writes the copy of the rules that loads fast; returns where."""
    sources = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted((WEIGHTS.parent / "rules").glob("*.yaml"))
    }
    (WEIGHTS / COMPILED).write_text(compiled(sources), encoding="utf-8")
    return COMPILED


def main() -> str:
    """`make train-safety`."""
    compile_rules()
    classifier, promised = train()
    digest = write(classifier, promised, WEIGHTS)
    said = f"{digest} {FILE}\n{json.dumps(promised, indent=2)}"
    embedder = installed()
    if embedder is None:
        return (
            f"{said}\nno embedder installed: the weights for sentence embeddings stay as they are"
        )
    layer, promised = train_sentences(embedder)
    digest = write_sentences(layer, promised, WEIGHTS)
    return f"{said}\n{digest} {SENTENCES}\n{json.dumps(promised, indent=2)}"
