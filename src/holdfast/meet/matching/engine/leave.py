"""Whether somebody may treat a person on a day, by the licences that are kept of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal

from holdfast.meet.matching.engine.shapes import Licence

Gap = Literal["none", "elsewhere", "expired"]


def covers(licence: str, place: str) -> bool:
    """A country's licence covers its parts, a part's nothing else; where only the country of a
    person is known, a licence for any part of it is not held against who has it.
    """
    return licence in {place, place.partition("-")[0]} or (
        "-" not in place and licence.partition("-")[0] == place
    )


def gap(verified: Collection[Licence], places: Collection[str], on: date) -> Gap | None:
    """What is missing for treating somebody who is in one of these places, on a day.

    None where a licence covers it. `places` empty: nobody knows where, and any licence will do.
    "none": none was verified; "elsewhere": none is for there; "expired": one was, until earlier.
    """
    if not verified:
        return "none"
    here = [
        one
        for one in verified
        if not places or any(covers(one.jurisdiction, place) for place in places)
    ]
    if not here:
        return "elsewhere"
    return None if any(one.until >= on for one in here) else "expired"
