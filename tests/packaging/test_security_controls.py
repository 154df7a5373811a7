"""The page of security controls is whole: each requirement once, each claim with what shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.packaging.test_clinical_safety import _names_in

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/security-controls.md"
#: States that need a test, those that need a page, and those that need a reason or nothing.
TESTED, READ = {"met", "partly"}, {"documented", "operator"}
STATES = TESTED | READ | {"unshown", "not met", "none here"}
#: ASVS 5.0.0: in each section, the numbers of its requirements of levels 1 and 2.
ASVS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6
3.5:1-5 3.7:1-2 4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12
6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2
8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2
10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3 12.2:1-2 12.3:1-4 13.1:1
13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1 16.2:1-5
16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""
#: Standards and specifications of 45 CFR § 164.312.
HIPAA = ["a1", "a2i", "a2ii", "a2iii", "a2iv", "b", "c1", "c2", "d", "e1", "e2i", "e2ii"]


@dataclass(frozen=True)
class Row:
    """One row of either table."""

    requirement: str
    state: str
    shown_by: str

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`([\w./-]+\.(?:py::|tsx?: )[^`]+)`", self.shown_by)

    @property
    def pages(self) -> list[str]:
        return re.findall(r"\]\(([^)#]+)\)", self.shown_by)


@cache
def rows(part: str) -> tuple[Row, ...]:
    text = PAGE.read_text(encoding="utf-8")
    inside = text.split(f"<!-- {part}: begin -->")[1].split(f"<!-- {part}: end -->")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in inside.splitlines()
        if line.startswith(("| V", "| §"))
    ]
    return tuple(Row(requirement, state, shown) for requirement, _, state, shown in cells)


def spread(text: str) -> list[str]:
    """`V1.2.6-8` is V1.2.6, V1.2.7 and V1.2.8."""
    section, _, numbers = text.rpartition(".")
    first, _, last = numbers.partition("-")
    return [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]


def test_each_requirement_of_asvs_has_one_row() -> None:
    expected = [one for each in ASVS.split() for one in spread(f"V{each.replace(':', '.')}")]
    assert len(expected) == 253
    assert [one for row in rows("asvs") for one in spread(row.requirement)] == expected


def test_each_safeguard_of_hipaa_has_one_row() -> None:
    named = [re.sub(r"[()\s]", "", row.requirement.split("164.312")[1]) for row in rows("hipaa")]
    assert named == HIPAA


@pytest.mark.parametrize("part", ["asvs", "hipaa"])
def test_each_claim_names_what_shows_it(part: str) -> None:
    for row in rows(part):
        assert row.state in STATES, row.requirement
        assert bool(row.tests) == (row.state in TESTED), f"{row.requirement}: {row.state}"
        if row.state in READ:
            assert row.pages, row.requirement
        if row.state == "partly":
            assert row.shown_by.rpartition("`")[2].lstrip("; "), (
                f"{row.requirement}: what is missing?"
            )


@pytest.mark.parametrize("part", ["asvs", "hipaa"])
def test_every_test_and_page_it_names_exists(part: str) -> None:
    for row in rows(part):
        for named in row.tests:
            path, _, name = named.partition("::" if "::" in named else ": ")
            file = ROOT / (path if path.startswith("web/") else f"tests/{path}")
            assert file.is_file(), f"{row.requirement}: there is no {path}"
            assert name in _names_in(file), f"{row.requirement}: {path} has no {name}"
        for page in row.pages:
            assert (PAGE.parent / page).is_file(), f"{row.requirement}: there is no {page}"


def test_what_is_not_met_is_told_in_the_explanation_as_well() -> None:
    explained = (ROOT / "docs/explanation/security.md").read_text(encoding="utf-8")
    assert "(../reference/security-controls.md)" in explained
