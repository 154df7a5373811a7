"""Training gives the same bytes twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.safety.engine.screen.classifier import load_classifier
from holdfast.safety.engine.screen.normalise import Normaliser
from training.safety.card import CARD, with_tables
from training.safety.train import Example, calibrated, features, fit, out_of_fold, write

pytestmark = pytest.mark.any_database


def _examples() -> list[Example]:
    words = ("tired", "alone", "gone", "over", "dark", "lost")
    calm = ("music", "coffee", "train", "garden", "football", "rain")
    found = []
    for number in range(120):
        alarm = number % 2 == 0
        pool = words if alarm else calm
        text = " ".join(pool[(number // step) % 6] for step in (1, 2, 3))
        found.append(Example(text, alarm, 1.0, f"g{number // 2}", "test", "everyday"))
    return found


def test_the_same_examples_give_the_same_weights(tmp_path: Path) -> None:
    data = _examples()
    hashes = []
    for run in ("one", "two"):
        matrix = features([one.text for one in data], Normaliser())
        classifier, promised = calibrated(fit(matrix, data), out_of_fold(matrix, data), data)
        hashes.append(write(classifier, promised, tmp_path / run))
    assert hashes[0] == hashes[1]
    read = load_classifier(tmp_path / "one")
    plain = Normaliser()
    crisis = read.score(plain.words("alone gone dark")).score
    assert crisis > read.score(plain.words("garden music train")).score


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    data = _examples()
    matrix = features([one.text for one in data], Normaliser())
    write(*calibrated(fit(matrix, data), out_of_fold(matrix, data), data), tmp_path)
    path = next(tmp_path.glob("*.f2"))
    path.write_bytes(path.read_bytes()[:-2] + b"\x00\x01")
    with pytest.raises(ValueError, match="not those of the manifest"):
        load_classifier(tmp_path)


def test_the_model_card_says_what_was_measured_and_which_weights_ship() -> None:
    written = CARD.read_text(encoding="utf-8")
    assert with_tables(written) == written
