"""What somebody offers, what somebody wishes, and who fits, with the reasons."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Medium = Literal["in_person", "video", "phone", "text"]
MEDIA: tuple[Medium, ...] = ("in_person", "video", "phone", "text")


@dataclass(frozen=True)
class Licence:
    """Where somebody may practise, and until which day (inclusive). Only verified ones count.

    `jurisdiction` is an ISO 3166-1 country or 3166-2 subdivision ("DE", "US-CA"). That of a country
    covers its subdivisions, and not the other way round.
    """

    jurisdiction: str
    until: date


@dataclass(frozen=True)
class Offer:
    """One clinician as the directory knows them.

    `parts` are the parts of the week (see `terms`) in which there is a free time; `first_free` is
    the next one. `fee` is the lowest, in minor units of `currency`, None where nothing is asked of
    the person. `caseload` of `capacity` people are treated now.
    """

    id: uuid.UUID
    licences: tuple[Licence, ...]
    languages: frozenset[str]
    media: frozenset[str]
    specialties: frozenset[str] = frozenset()
    approaches: frozenset[str] = frozenset()
    competences: frozenset[str] = frozenset()
    gender: str = ""
    parts: frozenset[int] = frozenset()
    first_free: datetime | None = None
    fee: int | None = None
    currency: str = ""
    caseload: int = 0
    capacity: int = 1
    accepting: bool = True


@dataclass(frozen=True)
class Wishes:
    """What a person needs, and what they would like.

    Limits hold always: `jurisdiction` (where the person is), `languages` and `media` (one of each
    must be offered; empty: any), `fee_at_most`, `gender` and `parts` where they are a must, and
    `not_with` (whom they left, without having to say why). The rest is wished for.
    """

    jurisdiction: str
    languages: tuple[str, ...]
    media: frozenset[str] = frozenset()
    specialties: frozenset[str] = frozenset()
    approaches: frozenset[str] = frozenset()
    competences: frozenset[str] = frozenset()
    gender: str = ""
    gender_must: bool = False
    parts: frozenset[int] = frozenset()
    parts_must: bool = False
    fee_at_most: int | None = None
    currency: str = ""
    not_with: frozenset[uuid.UUID] = field(default_factory=frozenset)


ReasonCode = Literal[
    "speaks", "works_with", "knows", "approach", "gender", "free", "soon", "fee", "medium"
]


@dataclass(frozen=True)
class Reason:
    """One thing for which somebody was put where they are: a code and what it is about."""

    code: ReasonCode
    value: str


@dataclass(frozen=True)
class Match:
    """Somebody who keeps every limit. `fit` is a share of what was wished for, 0 to 100; it orders
    and is not shown.
    """

    id: uuid.UUID
    fit: int
    first_free: datetime | None
    reasons: tuple[Reason, ...]
