"""Scoring: from answers to scores, with missing items as the source says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.scoring import AnswerError, score


def answers(prefix: str, codes: Sequence[int | None]) -> dict[str, object]:
    return {f"{prefix}_{number}": code for number, code in enumerate(codes, start=1)}


class TestPhq9:
    pack = builtin().get("PHQ9")

    def test_complete_answers_are_summed_without_the_difficulty_item(self) -> None:
        result = score(self.pack, answers("phq9", [2, 1, 3, 1, 2, 1, 2, 2, 0, 3]))
        assert result.scores == {"total": 14}
        assert result.band == "moderate"
        assert result.missing == ()
        assert result.alerts == ()

    def test_two_missing_items_take_the_mean_of_the_others_rounded_half_up(self) -> None:
        result = score(self.pack, answers("phq9", [None, None, 1, 1, 1, 1, 1, 1, 0]))
        assert result.scores == {"total": 8}  # 6 * 9 / 7 = 7.71
        assert result.missing == ("phq9_1", "phq9_2")

    def test_three_missing_items_give_no_total(self) -> None:
        result = score(self.pack, answers("phq9", [None, None, None, 1, 1, 1, 1, 1, 0]))
        assert (result.scores, result.band) == ({"total": None}, None)

    def test_item_nine_above_zero_alerts_at_any_total(self) -> None:
        result = score(self.pack, answers("phq9", [0] * 8 + [1]))
        [alert] = result.alerts
        assert (alert.code, alert.level, alert.item) == ("self-harm-item", "concern", "phq9_9")
        assert alert.follow_up == "asq"

    def test_a_skipped_item_nine_is_asked_about(self) -> None:
        result = score(self.pack, answers("phq9", [0] * 8 + [None]))
        [alert] = result.alerts
        assert (alert.code, alert.level) == ("self-harm-item-skipped", "watch")
        assert result.missing == ("phq9_9",)

    def test_no_answers_give_neither_scores_nor_alerts(self) -> None:
        result = score(self.pack, {})
        assert (result.scores, result.band, result.alerts) == ({"total": None}, None, ())

    def test_an_unknown_item_is_refused(self) -> None:
        with pytest.raises(AnswerError, match="no such item"):
            score(self.pack, {"phq9_11": 1})
