"""The gate on its labelled pairs: a sentence to hold back, and one near it that is fine."""

from __future__ import annotations

from collections import Counter

import pytest

from holdfast.safety.engine.gate import FAMILIES, shipped
from training.gate import pairs

#: What was measured on 2026-11-23, held-out pairs with the others: a change may not fall below.
MOST_FALSE = {"ar": 0.03, "de": 0.03, "en": 0.05, "es": 0.04}


def test_every_language_with_rules_has_pairs_of_every_family() -> None:
    assert set(pairs.LANGUAGES) == set(shipped().policies)
    for language in pairs.LANGUAGES:
        counts = Counter(pair.family for pair in pairs.read(language))
        assert set(counts) == set(FAMILIES)
        assert min(counts.values()) >= (40 if language == "en" else 15), (language, counts)


@pytest.mark.parametrize("language", pairs.LANGUAGES)
def test_what_must_be_held_back_is(language: str) -> None:
    gate = shipped()
    missed = [
        pair.bad
        for pair in pairs.read(language)
        if gate.check(pair.bad, said=pair.fine, language=language).allowed
    ]
    assert missed == []


@pytest.mark.parametrize("language", pairs.LANGUAGES)
def test_what_is_fine_mostly_passes(language: str) -> None:
    gate = shipped()
    read = list(pairs.read(language))
    held = [
        pair.fine
        for pair in read
        if not gate.check(pair.fine, said=pair.fine, language=language).allowed
    ]
    assert len(held) <= MOST_FALSE[language] * len(read), held
