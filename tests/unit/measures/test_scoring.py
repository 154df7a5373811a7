"""Scoring: from answers to scores, with missing items as the instrument's source says.

`tests/vectors/scoring.json` holds hand-checked cases over every pack; the client runs the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from holdfast.cli.score_lines import as_json
from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.instrument import parse_instrument
from holdfast.sense.measures.engine.scoring import AnswerError, score
from tests.unit.measures.packs import a_pack

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "scoring.json").read_text(encoding="utf-8")
)


def answers(prefix: str, codes: Sequence[object]) -> dict[str, object]:
    return {f"{prefix}_{number}": code for number, code in enumerate(codes, start=1)}


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: f"{case['instrument']}: {case['name']}")
def test_hand_checked_case(case: dict[str, Any]) -> None:
    pack = builtin().get(case["instrument"], case["version"])
    assert as_json(score(pack, case["answers"], sex=case.get("sex"))) == case["expected"]


def test_every_pack_and_every_alert_rule_has_a_hand_checked_case() -> None:
    assert {case["instrument"] for case in VECTORS} == {pack.id for pack in builtin()}
    seen = {
        (case["instrument"], alert["code"])
        for case in VECTORS
        for alert in case["expected"]["alerts"]
    }
    assert seen >= {(pack.id, rule.id) for pack in builtin() for rule in pack.alerts}


def test_every_band_of_a_main_scale_has_a_hand_checked_case() -> None:
    seen = {(case["instrument"], case["expected"]["band"]) for case in VECTORS}
    assert seen >= {(pack.id, band.id) for pack in builtin() for band in pack.scales[0].bands}


class TestAnswersThatAreRefused:
    pack = builtin().get("phq-9")

    @pytest.mark.parametrize(
        "code",
        [4, -1, 1.5, True, False, float("nan"), float("inf"), "x", "", "1_0", "1e0", "\u0661", []],
    )
    def test_a_code_that_is_not_in_the_option_set(self, code: object) -> None:
        with pytest.raises(AnswerError, match="phq9_3: expected 0, 1, 2, 3, got") as caught:
            score(self.pack, {"phq9_3": code})
        assert caught.value.item == "phq9_3"

    def test_an_unknown_item(self) -> None:
        with pytest.raises(AnswerError, match="phq9_11: no such item in phq-9"):
            score(self.pack, {"phq9_11": 1})

    def test_one_item_under_two_names(self) -> None:
        with pytest.raises(AnswerError, match="phq9_1: answered twice"):
            score(self.pack, {"phq9_1": 1, "44250-9": 1})

    def test_a_slider_between_two_steps(self) -> None:
        with pytest.raises(AnswerError, match=r"expected 0 to 24 in steps of 0\.5"):
            score(builtin().get("mood"), {"mood_sleep_hours": 6.25})

    def test_a_code_of_the_one_to_five_variant_of_k6(self) -> None:
        with pytest.raises(AnswerError, match="k6_1"):
            score(builtin().get("k6"), answers("k6", [5, 5, 5, 5, 5, 5]))


def test_an_unscored_item_still_has_its_code_checked() -> None:
    with pytest.raises(AnswerError, match="phq9_10"):
        score(builtin().get("phq-9"), {"phq9_10": 7})


def test_a_reversed_item_counts_from_the_other_end() -> None:
    pack = parse_instrument(a_pack(reverse=["q2"]), origin="test")
    assert score(pack, {"q1": 3, "q2": 0, "q3": 1}).scores == {"total": 7}


def test_a_mean_scale_averages_the_answered_items() -> None:
    pack = parse_instrument(
        a_pack(
            method="mean",
            range=[0, 3],
            missing={"rule": "prorate", "max_missing": 1},
            bands=[],
        ),
        origin="test",
    )
    assert score(pack, {"q1": 3, "q2": 0, "q3": 1}).scores["total"] == pytest.approx(4 / 3)
    assert score(pack, {"q1": 3, "q3": 1}).scores == {"total": 2}
    assert score(pack, {"q3": 1}).scores == {"total": None}


def test_prorating_without_rounding_keeps_the_fraction_and_its_lower_band() -> None:
    pack = parse_instrument(a_pack(missing={"rule": "prorate", "max_missing": 1}), origin="test")
    result = score(pack, {"q1": 1, "q2": 2})  # 3 * 3 / 2 = 4.5
    assert (result.scores, result.band) == ({"total": 4.5}, "low")


def test_an_optional_item_is_not_missing_in_the_report_but_still_in_its_scale() -> None:
    pack = parse_instrument(a_pack(optional="q3"), origin="test")
    result = score(pack, {"q1": 1, "q2": 2})
    assert (result.scores, result.missing) == ({"total": None}, ())
