"""What scheduling asks before anything is booked: whether a licence holds there on that day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.matching.engine.leave import gap
from holdfast.meet.matching.engine.shapes import Licence as Leave
from holdfast.meet.matching.models import Intake, Licence
from holdfast.meet.matching.problems import NotLicensed
from holdfast.meet.scheduling.facade import Hindered, Look


def hindrance(who: Membership, clients: Sequence[Client]) -> Look:
    """Who never kept a licence here is asked for none: a practice may keep none at all.

    One statement, and one more where there are licences and clients.
    """
    rows = Licence.objects.filter(practice_id=who.practice_id, membership=who)
    kept = list(rows.values_list("jurisdiction", "expires_on", "status"))
    if not kept:
        return lambda on, medium: None
    verified = [
        Leave(place, until) for place, until, status in kept if status == Licence.Status.VERIFIED
    ]
    where = list(_places(who, clients)) or [frozenset[str]()]

    def look(on: date, medium: str) -> Hindered | None:
        # In person both sit where the practice is, wherever the person lives.
        more = frozenset(who.practice.countries) if medium == "in_person" else frozenset[str]()
        for places in where:
            missing = gap(verified, places | more if places else places, on)
            if missing is not None:
                return NotLicensed(missing=missing)
        return None

    return look


def _places(who: Membership, clients: Sequence[Client]) -> Iterable[frozenset[str]]:
    """Where each is: by their country, and more precisely by their search where it agrees."""
    if not clients:
        return
    rows = Intake.objects.filter(practice_id=who.practice_id, client__in=clients)
    sought = {row.client_id: _jurisdiction(row.wishes) for row in rows}
    for client in clients:
        place = sought.get(client.pk, "")
        if client.country and place.partition("-")[0] != client.country:
            place = client.country
        yield frozenset({place} if place else who.practice.countries)


def _jurisdiction(wishes: dict[str, Any] | None) -> str:
    return str((wishes or {}).get("jurisdiction", ""))
