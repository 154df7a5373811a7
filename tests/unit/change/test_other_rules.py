"""Percentage, anchor, NHS Talking Therapies, early tracks and instruments' own figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from holdfast.sense.measures.engine import change
from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.change.person import VERDICTS, change_of
from holdfast.sense.measures.engine.instrument import parse_instrument
from tests.unit.measures.packs import a_pack

NAN = float("nan")


def changes(codes: Any) -> list[str]:
    return [change.CHANGES[code] for code in codes]


def test_half_the_symptoms_counts_as_response_and_a_little_more_does_not() -> None:
    assert changes(change.by_percentage([20, 20, 20], [10, 10.5, 31])) == [
        "improved",
        "unchanged",
        "deteriorated",
    ]


def test_thresholds_for_better_and_worse_may_differ() -> None:
    codes = change.by_percentage([20, 20], [10, 25], improvement=60, deterioration=20)
    assert changes(codes) == ["unchanged", "deteriorated"]


def test_from_zero_any_rise_is_a_deterioration_and_no_change_is_none() -> None:
    assert changes(change.by_percentage([0, 0], [3, 0])) == ["deteriorated", "unchanged"]
    assert changes(change.by_percentage([0], [3], direction="higher")) == ["improved"]


def test_percentages_refuse_a_scale_that_goes_below_zero() -> None:
    with pytest.raises(change.ChangeError, match="starts at 0"):
        change.by_percentage([-2.0], [1.0])


def test_reaching_the_minimal_important_difference_is_enough() -> None:
    codes = change.by_anchor([30, 30, 30], [23, 24, 37], improvement=7)
    assert changes(codes) == ["improved", "unchanged", "deteriorated"]


def test_thresholds_of_change_must_be_above_zero() -> None:
    with pytest.raises(change.ChangeError, match="above 0"):
        change.by_anchor([30.0], [20.0], improvement=0)


def therapy(*people: tuple[float, float, float, float], **options: Any) -> Any:
    """(PHQ-9 before, after, anxiety before, after) of each person."""
    return change.talking_therapies(*np.array(people).T, **options)


def test_recovery_needs_both_measures_below_caseness_afterwards() -> None:
    outcome = therapy((15, 9, 12, 7), (15, 10, 12, 7), (15, 9, 12, 8))
    assert outcome.recovered.tolist() == [True, False, False]


def test_someone_below_both_cutoffs_before_cannot_recover() -> None:
    outcome = therapy((9, 2, 7, 1))
    assert not outcome.case_before[0]
    assert not outcome.recovered[0]
    assert outcome.reliably_improved[0]
    assert np.isnan(outcome.rates()["recovery"])


def test_one_measure_at_caseness_is_enough_to_be_a_case() -> None:
    assert therapy((10, 0, 0, 0), (0, 0, 8, 0)).case_before.tolist() == [True, True]


def test_reliable_improvement_is_six_points_of_phq_9_or_four_of_gad_7() -> None:
    outcome = therapy((16, 10, 9, 9), (16, 11, 9, 9), (16, 16, 9, 5), (16, 16, 9, 6))
    assert outcome.reliably_improved.tolist() == [True, False, True, False]


def test_reliable_deterioration_on_the_other_measure_undoes_both() -> None:
    outcome = therapy((16, 8, 9, 13))
    assert not outcome.reliably_improved[0]
    assert not outcome.reliably_deteriorated[0]


def test_recovery_without_reliable_improvement_is_no_reliable_recovery() -> None:
    outcome = therapy((10, 9, 7, 7), (10, 4, 7, 7))
    assert outcome.recovered.tolist() == [True, True]
    assert outcome.reliably_recovered.tolist() == [False, True]


def test_a_measure_for_the_disorder_replaces_gad_7() -> None:
    example = change.Measure("example", caseness=30, reliable_change=10)
    outcome = therapy((8, 8, 40, 29), (8, 8, 40, 31), anxiety=example)
    assert outcome.case_before.all()
    assert outcome.recovered.tolist() == [True, False]
    assert outcome.reliably_improved.tolist() == [True, False]


def test_only_finished_courses_with_two_contacts_and_all_scores_count() -> None:
    outcome = therapy(
        (15, 5, 12, 5), (15, 5, 12, 5), (15, 5, 12, 5), (15, NAN, 12, 5),
        contacts=[2, 1, 5, 5], finished=[True, True, False, True],
    )  # fmt: skip
    assert outcome.counted.tolist() == [True, False, False, False]
    assert outcome.rates() == {
        "recovery": 100.0,
        "reliable_recovery": 100.0,
        "reliable_improvement": 100.0,
        "reliable_deterioration": 0.0,
    }


def tracks(sessions: Any, **options: Any) -> list[str]:
    codes = change.not_on_track(sessions, **{"reliable_points": 6, "baseline": [20.0], **options})
    return [change.TRACKS[code] for code in codes]


def test_before_the_fourth_session_it_is_too_early_to_say() -> None:
    assert tracks([[20.0, 21, 22]]) == ["too-early"]
    assert tracks([[20.0, 21, 22, NAN]]) == ["too-early"]


def test_without_reliable_improvement_at_the_fourth_session_a_person_is_not_on_track() -> None:
    assert tracks([[20.0, 18, 17, 15]]) == ["not-on-track"]
    assert tracks([[20.0, 18, 17, 14]]) == ["on-track"]


def test_the_latest_score_of_sessions_four_to_six_decides() -> None:
    assert tracks([[20.0, 18, 17, 17, 12, NAN]]) == ["on-track"]
    assert tracks([[20.0, 18, 17, 12, 17, 18]]) == ["not-on-track"]
    assert tracks([[20.0, 18, 17, 18, 18, 18, 2]]) == ["not-on-track"]


def test_the_sessions_are_configurable_and_higher_may_be_better() -> None:
    assert tracks([[20.0, 27]], first=2, last=3, direction="higher") == ["on-track"]


def test_without_a_baseline_nothing_is_said() -> None:
    assert tracks([[20.0, 18, 17, 15]], baseline=[NAN]) == ["too-early"]


def test_it_refuses_sessions_that_are_no_range() -> None:
    with pytest.raises(change.ChangeError, match="no range"):
        tracks([[1.0]], first=6, last=4)


def verdicts(instrument: Any, before: Any, after: Any, scale: str = "total") -> list[str]:
    return [VERDICTS[code] for code in change_of(instrument, scale, before, after).verdict]


def test_the_published_points_of_phq_9_decide() -> None:
    phq_9 = builtin().get("PHQ-9")
    result = change_of(phq_9, "total", [16.0, 16, 16, NAN], [10.0, 11, 22, 3])
    assert [VERDICTS[code] for code in result.verdict] == [
        "improved", "unchanged", "deteriorated", "insufficient",
    ]  # fmt: skip
    assert (result.reliable_points, result.basis) == (6, "published-points")
    assert result.source in phq_9.references
    assert result.case_after is not None
    assert result.case_after.tolist() == [True, True, True, False]


def with_norm(direction: str = "lower", **scale: Any) -> Any:
    pack = a_pack(
        reliability={"value": 0.68, "kind": "test-retest", "source": "made"},
        norms={"clinical": {"mean": 6, "sd": 2.5, "source": "made"}},
        **scale,
    )
    pack["references"]["made"] = "made up"
    return parse_instrument(pack | {"direction": direction}, origin="test")


def test_without_published_points_the_index_from_the_packs_own_figures_decides() -> None:
    # SD 2.5, r 0.68: standard error of difference 2, so 3.92 points are reliable.
    result = change_of(with_norm(), "total", [9.0, 9.0, 1.0], [5.0, 6.0, 5.0])
    assert result.index == pytest.approx([-2, -1.5, 2])
    assert result.reliable_points == pytest.approx(3.92, abs=0.001)
    assert [VERDICTS[c] for c in result.verdict] == ["improved", "unchanged", "deteriorated"]
    assert result.basis == "index"


def test_where_higher_is_better_a_rise_is_an_improvement() -> None:
    assert verdicts(with_norm("higher"), 1.0, 5.0) == ["improved"]


def test_a_scale_without_a_better_side_gets_no_verdict() -> None:
    assert verdicts(with_norm("none"), 1.0, 5.0) == ["insufficient"]


def test_without_any_figures_nothing_is_said() -> None:
    result = change_of(parse_instrument(a_pack(), origin="test"), "total", 1.0, 9.0)
    assert VERDICTS[result.verdict[0]] == "insufficient"
    assert (result.basis, result.index, result.reliable_points) == ("no-figures", None, None)


def test_a_cutoff_that_differs_for_women_needs_to_know_who_is_one() -> None:
    audit_c = builtin().get("AUDIT-C")
    assert change_of(audit_c, "total", [3.0], [3.0]).case_before is None
    known = change_of(audit_c, "total", [3.0, 3.0], [4.0, 2.0], women=[True, False])
    assert known.case_before is not None
    assert known.case_after is not None
    assert known.case_before.tolist() == [True, False]
    assert known.case_after.tolist() == [True, False]


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(change.ChangeError, match="no scale"):
        change_of(builtin().get("PHQ-9"), "nope", 1.0, 2.0)
