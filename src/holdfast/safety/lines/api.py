"""Endpoints: help for everybody, and the practice's confirmations."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from ninja import Schema, Status
from pydantic import Field

from holdfast.core import clock
from holdfast.core.api import PUBLIC, Access, Request, Router
from holdfast.core.faults import dispensable
from holdfast.core.tenancy.models import Practice
from holdfast.safety.lines import actions, engine, queries

router = Router(tags=["crisis lines"])


class EmergencyNumberOut(Schema):
    number: str
    kind: str


class LineOut(Schema):
    id: str
    country: str
    name: str
    phone: str | None
    sms: str | None
    sms_text: str | None
    chat_url: str | None
    hours: str | None
    languages: list[str]
    source_url: str
    verified_on: date
    confirmed_on: date | None
    stale: bool


class HelpOut(Schema):
    country: str
    emergency_numbers: list[EmergencyNumberOut]
    lines: list[LineOut]
    countries: list[str]


class CountryOut(Schema):
    country: str
    name: str
    enabled: bool
    confirmed: bool
    emergency_numbers: list[EmergencyNumberOut]
    lines: list[LineOut]


class CountryList(Schema):
    items: list[CountryOut]
    valid_days: int


class CountriesIn(Schema):
    countries: list[str] = Field(max_length=100)


class CountriesOut(Schema):
    countries: list[str]


def _line(status: queries.LineStatus) -> dict[str, Any]:
    line = status.line
    return {
        "id": line.id,
        "country": line.country,
        "name": line.name,
        "phone": line.phone,
        "sms": line.sms,
        "sms_text": line.sms_text,
        "chat_url": line.chat_url,
        "hours": line.hours,
        "languages": list(line.languages),
        "source_url": line.source_url,
        "verified_on": line.verified_on,
        "confirmed_on": status.confirmed_on,
        "stale": status.stale,
    }


def _numbers(numbers: tuple[engine.EmergencyNumber, ...]) -> list[dict[str, str]]:
    return [{"number": entry.number, "kind": entry.kind} for entry in numbers]


@router.get("/help", access=PUBLIC, response=HelpOut)
def get_help(request: Request, practice_id: uuid.UUID | None = None, country: str = "") -> Any:
    """Emergency numbers and crisis lines where someone is; needs no log-in.

    Without a country, the first of the practice's. A practice that does not exist is ignored, and
    so is a database that does not answer: then no line says when it was confirmed.
    """
    with dispensable():
        if not country and practice_id is not None:
            practice = Practice.objects.filter(pk=practice_id).only("countries").first()
            country = practice.countries[0] if practice and practice.countries else ""
    today = clock.now().date()
    found = queries.help_for(country, None, today)
    with dispensable():
        found = queries.help_for(country, practice_id, today)
    return {
        "country": found.country,
        "emergency_numbers": _numbers(found.emergency_numbers),
        "lines": [_line(status) for status in found.lines],
        "countries": list(found.countries),
    }


@router.get(
    "/practices/{practice_id}/crisis-lines",
    access=Access("crisis_line", "read"),
    response=CountryList,
)
def list_lines(request: Request, practice_id: uuid.UUID) -> Any:
    """Every country of the table, with what the practice confirmed; its own countries first."""
    today = clock.now().date()
    confirmed = queries.confirmations(practice_id)
    enabled = set(request.practice.countries)
    items = []
    for country in engine.directory().values():
        lines = queries.statuses(country.lines, confirmed, today)
        items.append(
            {
                "country": country.code,
                "name": country.name,
                "enabled": country.code in enabled,
                "confirmed": any(one.confirmed_on and not one.stale for one in lines),
                "emergency_numbers": _numbers(country.emergency_numbers),
                "lines": [_line(status) for status in lines],
            }
        )
    items.sort(key=lambda item: not item["enabled"])
    return {"items": items, "valid_days": queries.valid_for().days}


@router.post(
    "/practices/{practice_id}/crisis-lines/{line_id}/confirm",
    access=Access("crisis_line", "write"),
    response={204: None},
)
def confirm_line(request: Request, practice_id: uuid.UUID, line_id: str) -> Any:
    """Say that the practice called this line today and that it is right."""
    actions.confirm(practice=request.practice, line_id=line_id, by=request.actor)
    return Status(204, None)


@router.delete(
    "/practices/{practice_id}/crisis-lines/{line_id}/confirm",
    access=Access("crisis_line", "write"),
    response={204: None},
)
def withdraw_line(request: Request, practice_id: uuid.UUID, line_id: str) -> Any:
    """Take a confirmation back."""
    actions.withdraw(practice=request.practice, line_id=line_id, by=request.actor)
    return Status(204, None)


@router.put(
    "/practices/{practice_id}/countries",
    access=Access("crisis_line", "write"),
    response=CountriesOut,
)
def put_countries(request: Request, practice_id: uuid.UUID, data: CountriesIn) -> Any:
    """Switch countries on; each needs a line whose confirmation holds."""
    actions.set_countries(practice=request.practice, countries=data.countries, by=request.actor)
    return {"countries": request.practice.countries}
