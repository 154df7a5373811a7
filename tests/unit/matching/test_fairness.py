"""A simulated year of a service: nobody is sent away or sent later for who they are.

Invented people of several groups ask one after the other; who is matched takes a place. Groups
that ask for the same things must fare alike; a group that the service has fewer people for (a
rarer language) fares as the supply lets it, and no worse. The same holds for clinicians: of those
who offer the same, none is chosen less often for their gender.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from holdfast.meet.matching.engine.directory import Directory
from holdfast.meet.matching.engine.shapes import Offer, Wishes
from tests.unit.matching.people import NOW, many, somebody

pytestmark = pytest.mark.any_database
PEOPLE = 600
#: Bounds of a difference of two shares that chance passes once in about 10,000 times:
#: 3.9 standard errors of two halves of PEOPLE at a share of one half.
CHANCE = 3.9 * (0.25 / (PEOPLE / 2) * 2) ** 0.5


def year(offers: list[Offer], people: list[Wishes], seed: int) -> list[Offer | None]:
    """Who each was matched with, in the order in which they asked."""
    dice = random.Random(seed)
    now = {one.id: one for one in offers}
    found: list[Offer | None] = []
    directory = Directory(now.values())
    for wish in people:
        best = directory.rank(wish, now=NOW, person=dice.randbytes(16), limit=1)
        chosen = now[best[0].id] if best else None
        found.append(chosen)
        if chosen is not None:
            now[chosen.id] = replace(chosen, caseload=chosen.caseload + 1)
            directory = Directory(now.values())
    return found


def service() -> list[Offer]:
    """Everybody speaks English and works by video, and there is room for about half of PEOPLE."""
    return [
        replace(
            one,
            caseload=0,
            capacity=20,
            fee=None,
            languages=one.languages | {"en"},
            media=frozenset({"video"}),
        )
        for one in many(60, seed=3)
    ]


def asking(seed: int) -> Wishes:
    return somebody(seed, jurisdiction="DE", languages=("en",), fee_at_most=None)


def test_people_who_ask_for_the_same_fare_alike_whatever_group_they_are_of() -> None:
    """Two groups, each second person of one, wishes drawn alike: shares differ by chance."""
    people = [asking(n) for n in range(PEOPLE)]
    found = year(service(), people, seed=4)
    shares = [sum(one is not None for one in found[group::2]) / (PEOPLE / 2) for group in (0, 1)]
    assert all(0.2 < share < 0.9 for share in shares)
    assert abs(shares[0] - shares[1]) < CHANCE


def test_wishing_for_somebody_who_knows_ones_life_never_sends_anybody_away() -> None:
    """A competence is no limit: who names one is matched as often as who does not."""
    plain = [replace(asking(n), competences=frozenset()) for n in range(PEOPLE)]
    naming = [replace(wish, competences=frozenset({"refugees"})) for wish in plain]
    first, second = (year(service(), people, seed=5) for people in (plain, naming))
    assert sum(one is None for one in first) == sum(one is None for one in second)


def test_a_rarer_language_is_limited_by_supply_alone() -> None:
    """Everybody who could be treated by somebody with a free place is offered somebody."""
    offers = service()
    rare = [somebody(n, jurisdiction="DE", languages=("pl",), fee_at_most=None) for n in range(30)]
    directory = Directory(offers)
    for wish in rare:
        can = directory.keeps_limits(wish, NOW).any()
        assert bool(directory.rank(wish, now=NOW, person=b"p", limit=1)) == bool(can)
    assert any(directory.keeps_limits(wish, NOW).any() for wish in rare)


def test_clinicians_who_offer_the_same_are_chosen_alike_whatever_their_gender() -> None:
    one = service()[0]
    alike = [
        replace(
            one,
            id=other.id,
            gender=("woman", "man")[index % 2],
            capacity=PEOPLE,
            languages=frozenset({"en"}),
            media=frozenset({"video"}),
            licences=many(1, seed=8)[0].licences,
        )
        for index, other in enumerate(many(40, seed=6))
    ]
    place = alike[0].licences[0].jurisdiction
    people = [replace(asking(n), jurisdiction=place) for n in range(PEOPLE)]
    found = Counter(chosen.gender for chosen in year(alike, people, seed=7) if chosen)
    assert sum(found.values()) == PEOPLE
    assert abs(found["woman"] - found["man"]) / PEOPLE < 2 * CHANCE


def test_load_is_spread_over_those_who_fit_equally_well() -> None:
    alike = [
        replace(one, languages=frozenset({"en"}), media=frozenset({"video"}), capacity=100,
                specialties=frozenset(), approaches=frozenset(), competences=frozenset(),
                parts=frozenset(), first_free=NOW, licences=many(1, seed=8)[0].licences)
        for one in service()[:20]
    ]  # fmt: skip
    place = alike[0].licences[0].jurisdiction
    people = [replace(asking(n), jurisdiction=place) for n in range(400)]
    counts = Counter(chosen.id for chosen in year(alike, people, seed=9) if chosen)
    assert len(counts) == 20
    assert max(counts.values()) - min(counts.values()) <= 20
