"""The inpatients of Claus et al. (2020), doi 10.3389/fpsyt.2020.00712, as paired scores."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.shared import shared_path


@dataclass(frozen=True)
class Inpatients:
    pre: NDArray[np.float64]
    post: NDArray[np.float64]
    arm: NDArray[np.str_]


def path() -> Path:
    return shared_path("data", "real", "claus_2020_inpatients.csv")


def rows(outcome: str) -> list[tuple[int, float, float]]:
    """(person, time, score) of every score that was taken."""
    with path().open(newline="") as file:
        return [
            (int(float(row["id"])), float(row["time"]), float(row[outcome]))
            for row in csv.DictReader(file)
            if row[outcome]
        ]


def inpatients(outcome: str) -> Inpatients:
    """Complete cases at the first and the fourth measurement."""
    with path().open(newline="") as file:
        arms = {int(float(row["id"])): row["treatment"] for row in csv.DictReader(file)}
    first = {person: score for person, time, score in rows(outcome) if time == 1}
    last = {person: score for person, time, score in rows(outcome) if time == 4}
    both = [person for person in first if person in last]
    return Inpatients(
        pre=np.array([first[person] for person in both]),
        post=np.array([last[person] for person in both]),
        arm=np.array([arms[person] for person in both]),
    )


def courses(outcome: str) -> tuple[list[int], list[float], list[float]]:
    """(codes, times, scores) of people with three or more scores."""
    taken = rows(outcome)
    people = sorted({person for person, _, _ in taken})
    often = [p for p in people if sum(person == p for person, _, _ in taken) >= 3]
    kept = [row for row in taken if row[0] in often]
    return (
        [often.index(person) for person, _, _ in kept],
        [time for _, time, _ in kept],
        [score for _, _, score in kept],
    )
