"""Invented clinicians and wishes, from a seed."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from holdfast.meet.matching.engine import terms
from holdfast.meet.matching.engine.shapes import Licence, Offer, Wishes

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG = date(2030, 1, 1)
LANGUAGES = ("en", "es", "de", "ar", "tr", "fr", "pl", "ru")
GENDERS = ("woman", "man", "nonbinary")


def offer(number: int = 1, **changes: Any) -> Offer:
    """Somebody who speaks English, works by video in Germany and is free tomorrow."""
    usual: dict[str, Any] = {
        "id": uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 & ((1 << 128) - 1)),
        "licences": (Licence("DE", LONG),),
        "languages": frozenset({"en"}),
        "media": frozenset({"video"}),
        "first_free": NOW + timedelta(days=1),
        "caseload": 5,
        "capacity": 10,
    }
    return Offer(**(usual | changes))


def wishes(**changes: Any) -> Wishes:
    usual: dict[str, Any] = {"jurisdiction": "DE", "languages": ("en",)}
    return Wishes(**(usual | changes))


def _some(dice: random.Random, codes: tuple[str, ...], most: int) -> frozenset[str]:
    return frozenset(dice.sample(codes, dice.randint(1, most)))


def many(count: int, seed: int = 1) -> list[Offer]:
    """Clinicians of a large service."""
    dice, known = random.Random(seed), terms.load()
    places = ("DE", "AT", "US-CA", "US-NY", "GB", "ES")
    return [
        Offer(
            id=uuid.UUID(int=dice.getrandbits(128)),
            licences=tuple(
                Licence(place, NOW.date() + timedelta(days=dice.randint(-60, 900)))
                for place in dice.sample(places, dice.randint(1, 2))
            ),
            languages=_some(dice, LANGUAGES, 3),
            media=_some(dice, ("in_person", "video", "phone", "text"), 3),
            specialties=_some(dice, known.specialties, 8),
            approaches=_some(dice, known.approaches, 3),
            competences=_some(dice, known.competences, 3),
            gender=dice.choice(GENDERS),
            parts=frozenset(dice.sample(range(terms.PARTS_OF_WEEK), dice.randint(0, 8))),
            first_free=None if dice.random() < 0.1 else NOW + timedelta(hours=dice.randint(1, 900)),
            fee=dice.choice((None, 0, 4000, 8000, 12000)),
            currency="EUR",
            caseload=dice.randint(0, 30),
            capacity=30,
        )
        for _ in range(count)
    ]


def somebody(seed: int, **changes: Any) -> Wishes:
    """The wishes of one invented person."""
    dice, known = random.Random(seed), terms.load()
    return wishes(
        **{
            "jurisdiction": dice.choice(("DE", "US-CA", "GB")),
            "languages": tuple(sorted(_some(dice, LANGUAGES, 2))),
            "media": frozenset({"video"}),
            "specialties": _some(dice, known.specialties, 3),
            "approaches": _some(dice, known.approaches, 2),
            "competences": _some(dice, known.competences, 1),
            "parts": frozenset(dice.sample(range(terms.PARTS_OF_WEEK), 4)),
            "fee_at_most": dice.choice((None, 4000, 8000)),
            "currency": "EUR",
        }
        | changes
    )


def slowly_keeps(one: Offer, wish: Wishes) -> bool:
    """The limits once more, one clinician at a time, as the how-to tells them."""
    day = max(NOW, one.first_free).date() if one.first_free else NOW.date()
    places = {wish.jurisdiction, wish.jurisdiction.split("-")[0]}
    return (
        one.accepting
        and one.caseload < one.capacity
        and any(own.jurisdiction in places and own.until >= day for own in one.licences)
        and (not wish.languages or bool(set(wish.languages) & one.languages))
        and (not wish.media or bool(wish.media & one.media))
        and (
            wish.fee_at_most is None
            or not one.fee
            or (one.fee <= wish.fee_at_most and one.currency == wish.currency)
        )
        and not (wish.gender_must and wish.gender and one.gender != wish.gender)
        and not (wish.parts_must and wish.parts and not wish.parts & one.parts)
        and one.id not in wish.not_with
    )
