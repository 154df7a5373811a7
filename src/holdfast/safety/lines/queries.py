"""Reads of crisis lines."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from holdfast.core import clock
from holdfast.core.tenancy.models import Practice
from holdfast.core.tenancy.readiness import Requirement
from holdfast.safety.lines import engine
from holdfast.safety.lines.engine import EmergencyNumber, Line
from holdfast.safety.lines.models import CrisisLineConfirmation

DEFAULT_VALID_DAYS = 180


@dataclass(frozen=True)
class LineStatus:
    """A line and what a practice said of it. `stale`: it was confirmed too long ago."""

    line: Line
    confirmed_on: date | None
    stale: bool


@dataclass(frozen=True)
class Help:
    """What someone in need sees. `country` is empty when we do not know where they are."""

    country: str
    emergency_numbers: tuple[EmergencyNumber, ...]
    lines: tuple[LineStatus, ...]
    countries: tuple[str, ...]


def valid_for() -> timedelta:
    """How long a confirmation holds: `HOLDFAST_LINE_VALID_DAYS`, 180 days by default."""
    return timedelta(days=int(os.environ.get("HOLDFAST_LINE_VALID_DAYS", DEFAULT_VALID_DAYS)))


def confirmations(practice_id: uuid.UUID) -> dict[str, date]:
    """When each line was last confirmed by the practice. One statement."""
    rows = CrisisLineConfirmation.objects.filter(practice_id=practice_id, withdrawn_at__isnull=True)
    return dict(rows.values_list("line_id", "confirmed_on"))


def statuses(lines: Iterable[Line], confirmed: dict[str, date], today: date) -> list[LineStatus]:
    """The lines, confirmed ones first and else in the order of the table."""
    found = []
    for line in lines:
        on = confirmed.get(line.id)
        stale = on is not None and engine.is_stale(on, today, valid_for())
        found.append(LineStatus(line, on, stale))
    return sorted(found, key=lambda status: (status.confirmed_on is None, status.stale))


def help_for(country: str, practice_id: uuid.UUID | None, today: date) -> Help:
    """Emergency numbers and lines of a country, with the practice's confirmations.

    At most one statement. A country we know nothing of has none: nothing is guessed.
    """
    known = engine.directory().get(country.upper())
    confirmed = confirmations(practice_id) if practice_id else {}
    return Help(
        country=known.code if known else "",
        emergency_numbers=known.emergency_numbers if known else (),
        lines=tuple(statuses(known.lines, confirmed, today)) if known else (),
        countries=tuple(engine.directory()),
    )


def confirmed_countries(practice_id: uuid.UUID, today: date) -> set[str]:
    """Countries with at least one line whose confirmation holds today. One statement."""
    holds = {
        line_id
        for line_id, on in confirmations(practice_id).items()
        if not engine.is_stale(on, today, valid_for())
    }
    return {line.country for line_id in holds if (line := engine.line(line_id)) is not None}


def requirement(practice: Practice) -> Requirement:
    """Whether every country of the practice has a confirmed line; asked before it goes live."""
    confirmed = confirmed_countries(practice.pk, clock.now().date())
    missing = sorted(set(practice.countries) - confirmed)
    detail = (
        f"Without a confirmed crisis line: {', '.join(missing)}."
        if missing
        else "A confirmed crisis line for each country."
    )
    return Requirement("crisis-line", bool(practice.countries) and not missing, detail)
