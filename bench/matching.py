"""How long it takes to find who fits one person, and how that grows with the directory.

The peer is the plain way: look at each clinician in turn, keep who fits, and sort by how much of
the wishes they meet. That both keep the same people is asserted before anything is timed.
"""

from __future__ import annotations

from functools import partial

from bench.report import Promise, Report, Row, in_turn
from holdfast.meet.matching.engine.directory import Directory
from holdfast.meet.matching.engine.shapes import Offer, Wishes
from tests.unit.matching.people import NOW, many, slowly_keeps, somebody

SIZES = (500, 5_000, 50_000)
#: People whose search is one run: one alone would be too short to time.
PEOPLE = 20
REPEATS = 7
#: One person among fifty thousand clinicians.
LIMIT_MS = 50.0


def run() -> list[Report]:
    """One table: a directory, ten times and a hundred times as many in it."""
    wishes = [somebody(seed) for seed in range(PEOPLE)]
    rows = [_row(size, wishes) for size in SIZES]
    slowest = max(rows[-1].ours.seconds) / PEOPLE * 1000
    return [
        Report(
            name="matching",
            title=f"Who fits {PEOPLE} people, one after the other, by size of the directory",
            peer="each clinician in turn",
            rows=rows,
            packages=["numpy"],
            promises=[
                Promise(
                    f"one person among {SIZES[-1]:,} clinicians under {LIMIT_MS:g} ms",
                    LIMIT_MS,
                    slowest,
                )
            ],
        )
    ]


def _row(size: int, wishes: list[Wishes]) -> Row:
    offers = many(size)
    directory = Directory(offers)
    for wish in wishes[:3]:
        assert directory.keeps_limits(wish, NOW).tolist() == [
            slowly_keeps(one, wish) for one in offers
        ]
    ours, plain = in_turn(
        [partial(_ours, directory, wishes), partial(_plainly, offers, wishes)], REPEATS
    )
    return Row(f"{size:,} clinicians", size, ours, plain)


def _ours(directory: Directory, wishes: list[Wishes]) -> None:
    for number, wish in enumerate(wishes):
        directory.rank(wish, now=NOW, person=number.to_bytes(2, "big"))


def _plainly(offers: list[Offer], wishes: list[Wishes]) -> None:
    for wish in wishes:
        kept = [one for one in offers if slowly_keeps(one, wish)]
        kept.sort(key=lambda one: len(one.specialties & wish.specialties), reverse=True)
