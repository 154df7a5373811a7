"""Whether a licence covers a place on a day."""

from __future__ import annotations

from datetime import date

import pytest

from holdfast.meet.matching.engine.leave import gap
from holdfast.meet.matching.engine.shapes import Licence

pytestmark = pytest.mark.any_database

LAST = date(2026, 6, 30)


def missing(jurisdiction: str, *places: str, on: date = LAST) -> str | None:
    return gap([Licence(jurisdiction, LAST)], frozenset(places), on)


def test_it_covers_its_last_day_and_not_the_next() -> None:
    assert missing("DE", "DE") is None
    assert missing("DE", "DE", on=date(2026, 7, 1)) == "expired"


def test_a_countrys_covers_its_parts_and_a_parts_no_other_part() -> None:
    assert missing("US", "US-CA") is None
    assert missing("US-CA", "US-CA") is None
    assert missing("US-CA", "US-NY") == "elsewhere"
    assert missing("DE", "AT") == "elsewhere"


def test_where_only_the_country_is_known_a_part_of_it_is_enough() -> None:
    assert missing("US-CA", "US") is None


def test_one_of_several_places_is_enough_and_an_unknown_place_takes_any() -> None:
    assert missing("DE", "FR", "DE") is None
    assert missing("DE") is None
    assert missing("DE", on=date(2026, 7, 1)) == "expired"


def test_without_a_verified_one_there_is_none() -> None:
    assert gap([], frozenset({"DE"}), LAST) == "none"


def test_a_second_licence_goes_on_where_the_first_ends() -> None:
    both = [Licence("DE", LAST), Licence("DE", date(2027, 6, 30))]
    assert gap(both, frozenset({"DE"}), date(2026, 7, 1)) is None
