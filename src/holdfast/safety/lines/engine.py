"""The table of emergency numbers and crisis lines that ships, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from holdfast.safety.engine import clinicians_yaml

KINDS = ("all", "ambulance", "police")


class LineError(ValueError):
    """A content file that cannot be used; the message names the file and the entry."""


@dataclass(frozen=True)
class EmergencyNumber:
    """A number for emergencies. `kind`: all, or ambulance and police where they differ."""

    number: str
    kind: str


@dataclass(frozen=True)
class Line:
    """One crisis line. `hours` is "24/7", or words, or None where sources disagree.

    `checked` are pages that were read for this entry on `verified_on`; where it is empty the entry
    rests on the operator's own published number.
    """

    id: str
    country: str
    name: str
    phone: str | None
    sms: str | None
    sms_text: str | None
    chat_url: str | None
    hours: str | None
    languages: tuple[str, ...]
    source_url: str
    verified_on: date
    checked: tuple[str, ...]


@dataclass(frozen=True)
class Country:
    """What we know of one country (ISO 3166-1 alpha-2)."""

    code: str
    name: str
    emergency_numbers: tuple[EmergencyNumber, ...]
    lines: tuple[Line, ...]


def parse_country(data: Mapping[str, Any], *, origin: str) -> Country:
    """Build and check one file's content. Raises LineError."""
    code = str(data["country"])
    if len(code) != 2 or code != code.upper():
        raise LineError(f"{origin}: country must be two capital letters, not {code!r}")
    numbers = tuple(EmergencyNumber(**entry) for entry in data["emergency_numbers"])
    if not numbers or any(number.kind not in KINDS for number in numbers):
        raise LineError(f"{origin}: needs emergency numbers of the kinds {', '.join(KINDS)}")
    return Country(
        code=code,
        name=str(data["name"]),
        emergency_numbers=numbers,
        lines=tuple(_line(code, entry, origin) for entry in data["lines"]),
    )


def _line(country: str, entry: Mapping[str, Any], origin: str) -> Line:
    reachable = [entry.get(way) for way in ("phone", "sms", "chat_url")]
    if not any(reachable):
        raise LineError(f"{origin}: {entry.get('id')} has neither phone nor sms nor chat")
    if not str(entry["id"]).startswith(country.lower() + "-"):
        raise LineError(f"{origin}: {entry['id']} must begin with {country.lower()}-")
    try:
        verified_on = date.fromisoformat(str(entry["verified_on"]))
    except ValueError:
        raise LineError(f"{origin}: {entry['id']}: verified_on must be a date") from None
    return Line(
        id=entry["id"],
        country=country,
        name=entry["name"],
        phone=entry.get("phone"),
        sms=entry.get("sms"),
        sms_text=entry.get("sms_text"),
        chat_url=entry.get("chat_url"),
        hours=entry.get("hours"),
        languages=tuple(entry["languages"]),
        source_url=entry["source_url"],
        verified_on=verified_on,
        checked=tuple(entry["checked"]),
    )


@cache
def directory() -> Mapping[str, Country]:
    """Every country that ships, by code, read once."""
    folder = files("holdfast.safety.lines") / "content" / "lines"
    found: dict[str, Country] = {}
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".yaml"):
            try:
                data = clinicians_yaml.load(path.read_text(encoding="utf-8"))
            except yaml.YAMLError as fault:
                raise LineError(f"{path.name}: {clinicians_yaml.fault_of(fault)}") from fault
            country = parse_country(data, origin=path.name)
            if path.name != f"{country.code.lower()}.yaml":
                raise LineError(f"{path.name}: is about {country.code}")
            found[country.code] = country
    return found


def line(line_id: str) -> Line | None:
    """The line of this id."""
    country = directory().get(line_id.partition("-")[0].upper())
    lines = country.lines if country else ()
    return next((entry for entry in lines if entry.id == line_id), None)


def is_stale(confirmed_on: date, today: date, valid_for: timedelta) -> bool:
    """Whether a confirmation has run out. It still shows, with its date."""
    return today - confirmed_on > valid_for
