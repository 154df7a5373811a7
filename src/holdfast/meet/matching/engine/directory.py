"""A practice's clinicians as columns, so that fifty thousand are searched in milliseconds.

Limits are looked at first and always hold. Among those who keep them, what was wished for is
counted; those who fit about equally well are ordered by who has most room, and then by a keyed hash
of person and clinician, so that nobody is always first by name or by age of their row. Neither a
person's nor a clinician's other properties enter: a property test swaps them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.meet.matching.engine.shapes import Match, Offer, Reason, Wishes

#: What each kind of wish counts for when all of it is met. Ours, not from a study; the how-to says
#: so. What somebody works with counts most; how soon there is a time counts as much as the rest of
#: the person's taste together.
WEIGHTS: Final = {
    "specialties": 40,
    "competences": 15,
    "approaches": 10,
    "gender": 10,
    "parts": 15,
    "soon": 10,
}
#: Fits that differ by less than this many points are equal: room decides between them.
BAND: Final = 10
#: A time within a week counts in full, one after four weeks not at all.
SOON_DAYS, LATE_DAYS = 7, 28
_NEVER: Final = np.iinfo(np.int64).max

Bools = NDArray[np.bool_]


class _Codes:
    """One boolean column per code that anybody names."""

    def __init__(self, sets: Sequence[Iterable[object]]) -> None:
        self._size = len(sets)
        rows: dict[object, list[int]] = {}
        for index, codes in enumerate(sets):
            for code in codes:
                rows.setdefault(code, []).append(index)
        self._columns: dict[object, Bools] = {}
        for code, indices in rows.items():
            column = np.zeros(self._size, dtype=np.bool_)
            column[indices] = True
            self._columns[code] = column

    def names(self) -> set[object]:
        return set(self._columns)

    def any_of(self, codes: Iterable[object]) -> Bools:
        found = np.zeros(self._size, dtype=np.bool_)
        for code in codes:
            column = self._columns.get(code)
            if column is not None:
                found |= column
        return found

    def share(self, codes: frozenset[str]) -> NDArray[np.float64]:
        """How much of what was asked for each one has, 0 to 1."""
        count = np.zeros(self._size, dtype=np.float64)
        for code in codes:
            column = self._columns.get(code)
            if column is not None:
                count += column
        return count / len(codes)


@dataclass(frozen=True)
class _Licences:
    """Per jurisdiction: who has one, and until which day (ordinals)."""

    until: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]

    @staticmethod
    def of(offers: Sequence[Offer]) -> _Licences:
        rows: dict[str, list[tuple[int, int]]] = {}
        for index, offer in enumerate(offers):
            for one in offer.licences:
                rows.setdefault(one.jurisdiction, []).append((index, one.until.toordinal()))
        return _Licences(
            {
                place: (
                    np.array([index for index, _ in found], dtype=np.int64),
                    np.array([day for _, day in found], dtype=np.int64),
                )
                for place, found in rows.items()
            }
        )

    def cover(self, jurisdiction: str, days: NDArray[np.int64]) -> Bools:
        """Who holds one for this place, or for its country, on the day that is theirs."""
        found = np.zeros(len(days), dtype=np.bool_)
        for place in {jurisdiction, jurisdiction.partition("-")[0]}:
            if place in self.until:
                indices, until = self.until[place]
                found[indices] |= until >= days[indices]
        return found


class Directory:
    """Whom a practice offers. Immutable; made anew when profiles or free times change."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._offers = tuple(offers)
        listed = self._offers
        self._licences = _Licences.of(listed)
        self._languages = _Codes([one.languages for one in listed])
        self._media = _Codes([one.media for one in listed])
        self._specialties = _Codes([one.specialties for one in listed])
        self._approaches = _Codes([one.approaches for one in listed])
        self._competences = _Codes([one.competences for one in listed])
        self._genders = _Codes([[one.gender] if one.gender else [] for one in listed])
        self._parts = _Codes([one.parts for one in listed])
        self._free = np.array([_minutes(one.first_free) for one in listed], dtype=np.int64)
        self._fee = np.array([one.fee or 0 for one in listed], dtype=np.int64)
        self._currencies = _Codes([[one.currency] for one in listed])
        self._open = np.array(
            [one.accepting and one.caseload < one.capacity for one in listed], dtype=np.bool_
        )
        self._load = np.array(
            [one.caseload / max(one.capacity, 1) for one in listed], dtype=np.float64
        )
        low = (1 << 64) - 1
        self._ids = np.array([one.id.int & low for one in listed], dtype=np.uint64)
        self._places = {one.id: index for index, one in enumerate(listed)}

    def __len__(self) -> int:
        return len(self._offers)

    @property
    def languages(self) -> list[str]:
        """Those that somebody speaks."""
        return sorted(str(one) for one in self._languages.names())

    @property
    def jurisdictions(self) -> list[str]:
        """Those for which somebody has a licence, expired ones too."""
        return sorted(self._licences.until)

    def keeps_limits(self, wishes: Wishes, now: datetime) -> Bools:
        """Who keeps every limit, as a boolean per offer in their order."""
        found: Bools = self._open & self._licences.cover(
            wishes.jurisdiction, self._days(now.date())
        )
        if wishes.languages:
            found &= self._languages.any_of(wishes.languages)
        if wishes.media:
            found &= self._media.any_of(wishes.media)
        if wishes.fee_at_most is not None:
            payable = (self._fee <= wishes.fee_at_most) & self._currencies.any_of([wishes.currency])
            found &= payable | (self._fee == 0)
        if wishes.gender and wishes.gender_must:
            found &= self._genders.any_of([wishes.gender])
        if wishes.parts and wishes.parts_must:
            found &= self._parts.any_of(wishes.parts)
        for id_ in wishes.not_with:
            if id_ in self._places:
                found[self._places[id_]] = False
        return found

    def fits(self, id_: uuid.UUID, wishes: Wishes, now: datetime) -> bool:
        """Whether one clinician keeps every limit."""
        index = self._places.get(id_)
        return index is not None and bool(self.keeps_limits(wishes, now)[index])

    def rank(self, wishes: Wishes, *, now: datetime, person: bytes, limit: int = 10) -> list[Match]:
        """The best `limit` of those who keep every limit, best first.

        `person` is an opaque key of the person: it decides between equals, alike each time for one
        person and differently for each.
        """
        indices = np.flatnonzero(self.keeps_limits(wishes, now))
        if not len(indices):
            return []
        fit = self._fit(wishes, now)[indices]
        chosen = self._best(indices, fit, person, limit)
        return [self._match(int(indices[at]), int(fit[at]), wishes, now) for at in chosen]

    def _best(
        self, indices: NDArray[np.int64], fit: NDArray[np.int64], person: bytes, limit: int
    ) -> NDArray[np.int64]:
        """Positions in `indices`: by band of fit, then room, then lot."""
        load = np.floor(self._load[indices] * 10)
        return np.lexsort((_lots(person, self._ids[indices]), load, -(fit // BAND)))[:limit]

    def _days(self, today: date) -> NDArray[np.int64]:
        """Per offer the day of the first meeting: that of the first free time, or today."""
        days = np.full(len(self._offers), today.toordinal(), dtype=np.int64)
        known = self._free != _NEVER
        days[known] = np.maximum(days[known], self._free[known] // (24 * 60) + _EPOCH.toordinal())
        return days

    def _fit(self, wishes: Wishes, now: datetime) -> NDArray[np.int64]:
        """What is met of what was wished for, 0 to 100. What was not wished for counts nothing."""
        total = np.zeros(len(self._offers), dtype=np.float64)
        asked = WEIGHTS["soon"]
        for name, codes, wished in (
            ("specialties", self._specialties, wishes.specialties),
            ("competences", self._competences, wishes.competences),
            ("approaches", self._approaches, wishes.approaches),
        ):
            if wished:
                asked += WEIGHTS[name]
                total += WEIGHTS[name] * codes.share(wished)
        if wishes.gender:
            asked += WEIGHTS["gender"]
            total += WEIGHTS["gender"] * self._genders.any_of([wishes.gender])
        if wishes.parts:
            asked += WEIGHTS["parts"]
            total += WEIGHTS["parts"] * self._parts.any_of(wishes.parts)
        known = self._free != _NEVER
        days = np.where(known, (self._free - _minutes(now)) / (24 * 60), LATE_DAYS)
        total += WEIGHTS["soon"] * np.clip((LATE_DAYS - days) / (LATE_DAYS - SOON_DAYS), 0, 1)
        fits: NDArray[np.int64] = np.rint(100 * total / asked).astype(np.int64)
        return fits

    def _match(self, index: int, fit: int, wishes: Wishes, now: datetime) -> Match:
        offer = self._offers[index]
        return Match(offer.id, fit, offer.first_free, tuple(reasons(offer, wishes, now)))


_EPOCH: Final = date(1970, 1, 1)


def _minutes(at: datetime | None) -> int:
    """Since 1970, in UTC."""
    return _NEVER if at is None else int(at.astimezone(UTC).timestamp()) // 60


def _lots(person: bytes, ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number per clinician that depends on the person (multiplicative hashing of the random half
    of their identifiers: Knuth, The Art of Computer Programming 3, 6.4).
    """
    digest = hashlib.blake2b(person, digest_size=16).digest()
    mask, factor = (int.from_bytes(digest[half : half + 8], "big") for half in (0, 8))
    mixed = (ids ^ np.uint64(mask)) * np.uint64(factor | 1)
    return np.asarray((mixed ^ (mixed >> np.uint64(29))) * np.uint64(_GOLDEN), dtype=np.uint64)


#: 2**64 divided by the golden ratio, odd.
_GOLDEN: Final = 0x9E3779B97F4A7C15


def reasons(offer: Offer, wishes: Wishes, now: datetime) -> Iterable[Reason]:
    """What of the wishes somebody meets, in the order in which the person would read it."""
    for language in wishes.languages:
        if language in offer.languages:
            yield Reason("speaks", language)
    for code in sorted(wishes.specialties & offer.specialties):
        yield Reason("works_with", code)
    for code in sorted(wishes.competences & offer.competences):
        yield Reason("knows", code)
    for code in sorted(wishes.approaches & offer.approaches):
        yield Reason("approach", code)
    if wishes.gender and wishes.gender == offer.gender:
        yield Reason("gender", offer.gender)
    for medium in sorted(wishes.media & offer.media):
        yield Reason("medium", medium)
    if wishes.fee_at_most is not None:
        yield Reason("fee", "free" if not offer.fee else str(offer.fee))
    for part in sorted(wishes.parts & offer.parts):
        yield Reason("free", str(part))
    if offer.first_free is not None and offer.first_free - now <= timedelta(days=SOON_DAYS):
        yield Reason("soon", offer.first_free.astimezone(UTC).isoformat())
