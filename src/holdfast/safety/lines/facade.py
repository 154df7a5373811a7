"""What other capabilities may ask of crisis lines."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import Practice
from holdfast.safety.lines import actions, engine, queries
from holdfast.safety.lines.queries import LineStatus


def confirm_all(practice: Practice, *, country: str, by: Actor) -> None:
    """Confirm every line of a country, as the demo's administrator would. Raises KeyError."""
    for line in engine.directory()[country].lines:
        actions.confirm(practice=practice, line_id=line.id, by=by)


def confirmed_countries(practice_id: uuid.UUID, today: date) -> set[str]:
    """Countries with at least one line whose confirmation holds. One statement."""
    return queries.confirmed_countries(practice_id, today)


def lines_in(practice_id: uuid.UUID, countries: Iterable[str], today: date) -> list[LineStatus]:
    """The lines of some countries, of each those first that the practice confirmed. Nothing of a
    country that we do not know. One statement.
    """
    known = [engine.directory()[one] for one in countries if one in engine.directory()]
    confirmed = queries.confirmations(practice_id)
    return [status for one in known for status in queries.statuses(one.lines, confirmed, today)]


def emergency_numbers(countries: Iterable[str]) -> dict[str, dict[str, str]]:
    """The emergency numbers of each country that we know, by kind: all, ambulance, police."""
    known = [engine.directory()[one] for one in countries if one in engine.directory()]
    return {one.code: {each.kind: each.number for each in one.emergency_numbers} for one in known}


def for_ticket(practice: Practice, here: Iterable[str], now: datetime) -> dict[str, Any]:
    """Lines and emergency numbers of where somebody is and of the practice's countries, as tickets
    for the live process hold them, which asks no database. One statement.
    """
    countries = list(dict.fromkeys([*filter(None, here), *practice.countries]))
    found = lines_in(practice.pk, countries, now.date())
    return {
        "lines": [
            {
                "id": one.line.id,
                "country": one.line.country,
                "name": one.line.name,
                "number": one.line.phone,
                "text_number": one.line.sms,
                "text_word": one.line.sms_text,
                "text_words": one.line.sms_text,
                "url": one.line.chat_url,
                "hours": one.line.hours,
                "languages": list(one.line.languages),
                "confirmed": one.confirmed_on is not None and not one.stale,
            }
            for one in found
        ],
        "emergency": emergency_numbers(countries),
    }
