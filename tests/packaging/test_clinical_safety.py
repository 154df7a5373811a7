"""The hazard log is whole, its ratings follow from its matrix, and every test it names exists."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "clinical-safety"
PARTS = ("Cause", "Effect", "Before", "Control", "Shown by", "After", "Residual", "Owner")
OWNERS = {"project", "operator", "practice"}
HEADING = re.compile(r"^### (H\d\d) · (.+)$", re.MULTILINE)
RATING = re.compile(r"^(\w+) × ([\w ]+) = (\d)$")


@dataclass(frozen=True)
class Hazard:
    """One entry of the log: its identifier, title and the text of each of its parts."""

    id: str
    title: str
    parts: dict[str, str]

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.parts.get("Shown by", ""))


@cache
def hazards() -> tuple[Hazard, ...]:
    pieces = HEADING.split((FOLDER / "hazard-log.md").read_text(encoding="utf-8"))[1:]
    found = []
    for identifier, title, body in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        lines = re.findall(r"^\* \*\*(.+?):\*\* (.+)$", body, re.MULTILINE)
        found.append(Hazard(identifier, title, dict(lines)))
    return tuple(found)


@cache
def matrix() -> dict[tuple[str, str], int]:
    """(severity, likelihood) -> rating, read from the page that defines it."""
    text = (FOLDER / "risk-management.md").read_text(encoding="utf-8")
    section = text.split("## The matrix")[1].split("\n\n")[1]
    rows = [
        [cell.strip(" *") for cell in line.strip("|").split("|")] for line in section.split("\n")
    ]
    severities = rows[0][1:]
    return {
        (severity, row[0]): int(value)
        for row in rows[2:]
        for severity, value in zip(severities, row[1:], strict=True)
    }


every = pytest.mark.parametrize("hazard", hazards(), ids=lambda hazard: hazard.id)


def _rated(hazard: Hazard, part: str) -> int:
    match = RATING.match(hazard.parts[part])
    assert match is not None, f"{hazard.id}: {part} is {hazard.parts[part]!r}"
    severity, likelihood, stated = match.groups()
    assert matrix()[severity, likelihood] == int(stated), (
        f"{hazard.id}: {part} is not by the matrix"
    )
    return int(stated)


def _names_in(path: Path) -> set[str]:
    """The tests that a file defines."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return {
            node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)
        }
    return set(re.findall(r"\b(?:it|test)\(\s*\"([^\"]+)\"", text))


def test_the_matrix_is_whole_and_grows_both_ways() -> None:
    severities = ("Minor", "Significant", "Considerable", "Major", "Catastrophic")
    likelihoods = ("Very low", "Low", "Medium", "High", "Very high")
    table = [[matrix()[severity, one] for severity in severities] for one in likelihoods]
    assert all(row == sorted(row) for row in table)
    assert all(list(column) == sorted(column) for column in zip(*table, strict=True))


def test_there_are_thirty_hazards_or_more_in_order() -> None:
    identifiers = [hazard.id for hazard in hazards()]
    assert len(identifiers) >= 30
    assert identifiers == [f"H{number:02d}" for number in range(1, len(identifiers) + 1)]


@every
def test_a_hazard_has_every_part(hazard: Hazard) -> None:
    assert tuple(hazard.parts) == PARTS
    assert set(hazard.parts["Owner"].split(", ")) <= OWNERS


@every
def test_its_ratings_follow_from_the_matrix_and_its_control_lowers_them(hazard: Hazard) -> None:
    before, after = _rated(hazard, "Before"), _rated(hazard, "After")
    order = ["Very low", "Low", "Medium", "High", "Very high"]
    severity_before, likelihood_before = hazard.parts["Before"].split(" = ")[0].split(" × ")
    severity_after, likelihood_after = hazard.parts["After"].split(" = ")[0].split(" × ")
    assert severity_before == severity_after, "a control makes harm rarer, and not smaller"
    assert order.index(likelihood_after) < order.index(likelihood_before)
    assert after <= before
    assert after <= 3


@every
def test_every_test_it_names_exists(hazard: Hazard) -> None:
    assert hazard.tests
    for named in hazard.tests:
        path, _, name = named.partition("::" if "::" in named else ": ")
        assert (ROOT / path).is_file(), f"{hazard.id}: there is no {path}"
        assert name in _names_in(ROOT / path), f"{hazard.id}: {path} has no {name}"


def test_the_summary_lists_what_is_left_at_three() -> None:
    text = (FOLDER / "risk-management.md").read_text(encoding="utf-8")
    told = set(re.findall(r"\((H\d\d)\)", text.split("## Summary")[1].split("\n## ")[0]))
    assert told == {hazard.id for hazard in hazards() if _rated(hazard, "After") == 3}


def test_every_page_is_in_the_index_and_every_link_leads_somewhere() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for page in sorted(FOLDER.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert page.name == "README.md" or f"]({page.name})" in index
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_it_claims_no_approval() -> None:
    status = (FOLDER / "device-status.md").read_text(encoding="utf-8")
    assert "not CE-marked, not UKCA-marked, not cleared, approved or listed by the FDA" in status
    assert "not legal advice" in status.replace("\n", " ")
