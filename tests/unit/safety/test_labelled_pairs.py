"""The sentences written for the safety screen, as those who train and measure on them need them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from holdfast.safety.engine.screen.result import Category, Level
from training.safety.pairs import PHRASES, languages

pytestmark = pytest.mark.any_database

FIRST = {
    "explicit", "indirect", "preparation", "attempt", "self_harm", "slang", "other_categories",
}  # fmt: skip
SAFE = {
    "negated", "past", "academic", "idiom", "quotation", "third_person_fiction", "news",
    "everyday", "distressed",
}  # fmt: skip
ROWS = {
    language: [
        json.loads(line)
        for line in (PHRASES / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    for language in ("de", "es")
}


def test_spanish_and_german_have_pairs() -> None:
    assert {"de", "es"} <= set(languages())


@pytest.mark.parametrize("language", ROWS)
def test_a_pair_is_one_sentence_in_crisis_and_one_that_asks_for_nobody(language: str) -> None:
    pairs: dict[int, list[dict[str, Any]]] = {}
    for row in ROWS[language]:
        if not row.get("alone"):
            pairs.setdefault(row["pair"], []).append(row)
    assert len(pairs) >= 320
    for number, (first, second) in pairs.items():
        assert [first["id"], second["id"]] == [f"{language}-{number:04d}{x}" for x in "ab"]
        assert first["kind"] in FIRST
        assert second["kind"] in SAFE
        assert Level.of(first["level"]) > Level.of(second["level"])
        assert Level.of(second["level"]) < Level.CONCERN


@pytest.mark.parametrize("language", ROWS)
def test_every_fifth_pair_is_held_out_and_no_sentence_stands_twice(language: str) -> None:
    rows = ROWS[language]
    paired = [row for row in rows if not row.get("alone")]
    assert all((row["split"] == "dev") == (row["pair"] % 5 == 0) for row in paired)
    texts = Counter(row["text"].casefold() for row in rows)
    assert texts.most_common(1)[0][1] == 1


@pytest.mark.parametrize("language", ROWS)
def test_a_sentence_that_stands_alone_has_a_number_and_its_part_of_a_fifth_is_held_out(
    language: str,
) -> None:
    alone = [row for row in ROWS[language] if row.get("alone")]
    assert len({row["pair"] for row in alone}) == len(alone) > 100
    assert {row["kind"] for row in alone} <= FIRST | SAFE
    assert 0.1 < sum(row["split"] == "dev" for row in alone) / len(alone) < 0.3


@pytest.mark.parametrize("language", ROWS)
def test_what_is_not_none_has_a_category_and_what_is_none_has_not(language: str) -> None:
    for row in ROWS[language]:
        assert (row["category"] is None) == (row["level"] == "none"), row["id"]
        assert row["category"] is None or Category(row["category"])
