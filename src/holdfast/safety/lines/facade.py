"""What other capabilities may ask of crisis lines."""

from __future__ import annotations

import uuid
from datetime import date

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import Practice
from holdfast.safety.lines import actions, engine, queries


def confirm_all(practice: Practice, *, country: str, by: Actor) -> None:
    """Confirm every line of a country, as the demo's administrator would. Raises KeyError."""
    for line in engine.directory()[country].lines:
        actions.confirm(practice=practice, line_id=line.id, by=by)


def confirmed_countries(practice_id: uuid.UUID, today: date) -> set[str]:
    """Countries with at least one line whose confirmation holds. One statement."""
    return queries.confirmed_countries(practice_id, today)
