"""Result tables that others printed, on data that we have.

Sources: [snap] the test snapshots of the R package clinicalsignificance 2.x (cs_combined,
cs_distribution, cs_percentage, clinical_significance), [vignette] its articles on the combined,
distribution-based, anchor-based and percentage approach, [readme] its README of version 2.0.0.
Method: Claus, Wager & Bonnet (2024), J Stat Softw 111(1), doi 10.18637/jss.v111.i01.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from holdfast.sense.measures.engine import change
from tests.unit.change.claus import courses, inpatients

FUNCTIONAL: dict[str, Any] = {"functional_mean": 8.0, "functional_sd": 8.0}


def numbers(result: change.Classification) -> list[int]:
    return [int(cell["n"]) for cell in result.counts().values()]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("JT", [26, 3, 10, 1, 0]),
        ("GLN", [26, 3, 10, 1, 0]),
        ("HLL", [12, 0, 16, 11, 1]),
        ("EN", [26, 6, 5, 3, 0]),
        ("HA", [23, 9, 7, 1, 0]),
    ],
)
def test_hamd_with_cutoff_c_is_as_printed(method: change.Method, expected: list[int]) -> None:
    """[snap] cs_combined(hamd, pre 1, post 4, reliability 0.8, m 8, sd 8, cutoff c)."""
    people = inpatients("hamd")
    result = change.classify(
        people.pre, people.post, method=method, reliability=0.8, cutoff="c", **FUNCTIONAL
    )
    assert result.figures.n == 40
    assert numbers(result) == expected


def test_hamd_by_nunnally_kotsch_with_its_own_later_reliability_is_as_printed() -> None:
    """[snap] as above with reliability_post = 0.5."""
    people = inpatients("hamd")
    result = change.classify(
        people.pre, people.post, method="NK", reliability=0.8, reliability_post=0.5, **FUNCTIONAL
    )
    assert numbers(result) == [26, 2, 11, 1, 0]


def test_hamd_group_level_of_hageman_and_arrindell_is_as_printed() -> None:
    """[snap] Changed 0.90, Functional 0.76."""
    people = inpatients("hamd")
    result = change.classify(people.pre, people.post, method="HA", reliability=0.8, **FUNCTIONAL)
    assert result.group_level is not None
    assert round(result.group_level["changed"], 2) == 0.90
    assert round(result.group_level["functional"], 2) == 0.76


def test_bdi_group_level_of_hageman_and_arrindell_is_as_printed() -> None:
    """[snap] cut-off c_true 21.57, Changed 0.841, Functional 0.374."""
    people = inpatients("bdi")
    result = change.classify(people.pre, people.post, method="HA", reliability=0.8, **FUNCTIONAL)
    assert round(result.cutoff, 2) == 21.57
    assert result.group_level is not None
    assert round(result.group_level["changed"], 3) == 0.841
    assert round(result.group_level["functional"], 3) == 0.374


def test_hamd_by_growth_model_is_as_printed() -> None:
    """[snap] cs_combined(hamd, m 8, sd 8, cutoff c, rci_method HLM)."""
    result = change.classify_growth(*courses("hamd"), cutoff="c", **FUNCTIONAL)
    assert numbers(result) == [10, 1, 20, 9, 0]


def test_bdi_by_growth_model_is_as_printed() -> None:
    """[vignette] distribution-based: improved 5, unchanged 32, deteriorated 3 of 40."""
    better = change.classify_growth(*courses("bdi"), cutoff="a")
    recovered, improved, unchanged, deteriorated, harmed = numbers(better)
    assert (recovered + improved, unchanged, deteriorated + harmed) == (5, 32, 3)


@pytest.mark.parametrize(
    ("cutoff", "line", "reliability", "expected"),
    [
        ("a", 19.16, 0.80, [10, 8, 22, 0, 0]),  # [snap] summary, cut-off a
        ("c", 21.60, 0.80, [10, 8, 22, 0, 0]),  # [snap] summary, cut-off c
        ("c", 21.60, 0.81, [10, 9, 21, 0, 0]),  # README of version 1.0
        ("a", 19.16, 0.801, [10, 8, 22, 0, 0]),  # [vignette] combined
    ],
)
def test_bdi_by_jacobson_truax_is_as_printed(
    cutoff: change.Cutoff, line: float, reliability: float, expected: list[int]
) -> None:
    people = inpatients("bdi")
    result = change.classify(
        people.pre, people.post, reliability=reliability, cutoff=cutoff, **FUNCTIONAL
    )
    assert round(result.cutoff, 2) == line
    assert (round(result.figures.mean_pre, 2), round(result.figures.sd_pre, 2)) == (35.48, 8.16)
    assert numbers(result) == expected


def test_bdi_by_arm_is_as_printed() -> None:
    """[snap] clinical_significance(bdi, group = treatment, cut-off a): figures of all, by arm."""
    people = inpatients("bdi")
    result = change.classify(people.pre, people.post, reliability=0.8, cutoff="a")
    by_arm = {arm: result.counts(people.arm == arm) for arm in ("TAU", "PA")}
    assert [cell["n"] for cell in by_arm["TAU"].values()] == [3, 2, 14, 0, 0]
    assert [cell["n"] for cell in by_arm["PA"].values()] == [7, 6, 8, 0, 0]
    assert by_arm["TAU"]["recovered"]["percent"] == pytest.approx(15.8, abs=0.05)
    assert by_arm["PA"]["improved"]["percent"] == pytest.approx(28.6, abs=0.05)


def test_bdi_by_hageman_and_arrindell_is_as_printed() -> None:
    """[vignette] distribution-based, reliability 0.801: improved 25, unchanged 15."""
    people = inpatients("bdi")
    result = change.classify(people.pre, people.post, method="HA", reliability=0.801, cutoff="a")
    recovered, improved, *others = numbers(result)
    assert (recovered + improved, others) == (25, [15, 0, 0])


@pytest.mark.parametrize(
    ("outcome", "thresholds", "expected"),
    [
        ("hamd", {"improvement": 50}, [16, 24, 0]),  # [snap]
        ("hamd", {"improvement": 50, "deterioration": 30}, [16, 24, 0]),  # [snap]
        ("bdi", {"improvement": 50}, [11, 29, 0]),  # [vignette]
        ("bdi", {"improvement": 50, "deterioration": 20}, [11, 26, 3]),  # [vignette]
    ],
)
def test_percentage_change_is_as_printed(
    outcome: str, thresholds: dict[str, Any], expected: list[int]
) -> None:
    people = inpatients(outcome)
    codes = change.by_percentage(people.pre, people.post, **thresholds)
    assert np.bincount(codes, minlength=3).tolist() == expected


def test_percentage_change_by_arm_is_as_printed() -> None:
    """[vignette] TAU 2, 17, 0; PA 9, 12, 0."""
    people = inpatients("bdi")
    codes = change.by_percentage(people.pre, people.post)
    for arm, expected in (("TAU", [2, 17, 0]), ("PA", [9, 12, 0])):
        assert np.bincount(codes[people.arm == arm], minlength=3).tolist() == expected


def test_anchor_based_change_is_as_printed() -> None:
    """[readme] MID 7 points of the BDI-II: 25, 11, 4; TAU 8, 7, 4; PA 17, 4, 0."""
    people = inpatients("bdi")
    codes = change.by_anchor(people.pre, people.post, improvement=7)
    assert np.bincount(codes, minlength=3).tolist() == [25, 11, 4]
    for arm, expected in (("TAU", [8, 7, 4]), ("PA", [17, 4, 0])):
        assert np.bincount(codes[people.arm == arm], minlength=3).tolist() == expected


def test_anchor_and_cutoff_together_are_as_printed() -> None:
    """[vignette] combined, MID 7, cut-off a: 13, 12, 11, 4, 0."""
    people = inpatients("bdi")
    codes = change.classify_by_anchor(people.pre, people.post, improvement=7, cutoff="a")
    assert np.bincount(codes, minlength=5).tolist() == [13, 12, 11, 4, 0]


def test_cutoffs_of_jacobson_and_truax_are_as_in_their_example() -> None:
    """[snap] clinical M 40, functional M 60, SDs 7.5: c is 50; a 55 and 25; b 45 and 75."""
    pre = np.array([32.5, 40.0, 47.5])
    figures = change.Descriptives.of(pre, pre)
    assert figures.sd_pre == 7.5
    lines = {
        (kind, sign): change.cutoff_value(kind, figures, 60.0, 7.5, sign)
        for kind in ("a", "b", "c")
        for sign in (1, -1)
    }
    assert lines == {
        ("a", 1): 55, ("a", -1): 25, ("b", 1): 45, ("b", -1): 75, ("c", 1): 50, ("c", -1): 50,
    }  # fmt: skip
