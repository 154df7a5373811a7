"""A visit by ordinary phone: the clinician's browser calls the number that the person gave.

The visit's record is the same as any other's. That a phone rings, is answered or goes dead is no
state of it: answering begins it, and only a decision ends it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from django.conf import settings

from holdfast.core import clock, tickets
from holdfast.core.actor import Actor
from holdfast.core.fanout import phone_wire
from holdfast.core.notify.phone import spelt
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.encounters.engine import OVER, Side
from holdfast.meet.rooms import joining, sfu
from holdfast.meet.rooms.problems import NotByPhone, OfAnother

LIFETIME: Final = timedelta(minutes=2)
Why = Literal["not-set-up", "no-number", "not-international"]


@dataclass(frozen=True)
class Reachable:
    """Whether the person can be called, or why not; the number's last two digits, to be sure."""

    why: Why | None
    ending: str


def is_there() -> bool:
    """Whether this installation can call phones: it needs the SFU and a provider."""
    return sfu.is_there() and settings.SIP


def _visit(client: Client, encounter_id: uuid.UUID, by: Actor) -> Any:
    """The clinician's own visit by phone, not over yet. Raises like `joining.found`, NotByPhone."""
    row, side = joining.found(client, encounter_id, by)
    if side != Side.CLINICIAN:
        raise OfAnother
    if row.medium != "phone" or row.status in OVER:
        raise NotByPhone
    return row


def _number(client: Client) -> tuple[str, Why | None]:
    given = str((client.contact or {}).get("phone") or "").strip()
    if not given:
        return "", "no-number"
    try:
        return spelt(given), None
    except ValueError:
        return "", "not-international"


def reachable(client: Client, encounter_id: uuid.UUID, *, by: Actor) -> Reachable:
    """Whether this visit can be held by phone. Raises like `_visit`."""
    _visit(client, encounter_id, by)
    number, why = _number(client)
    return Reachable(why if is_there() else "not-set-up", number[-2:])


def call(client: Client, encounter_id: uuid.UUID, *, by: Actor) -> sfu.RoomTicket:
    """A ticket to have the person's phone called once: the number is sealed in it.

    The access log of the person says that they were called. Raises like `_visit`, NotByPhone.
    """
    row = _visit(client, encounter_id, by)
    number, why = _number(client)
    if why is not None or not is_there():
        raise NotByPhone
    joining.note(client, row, "call", {}, by=by)
    expires = clock.now() + LIFETIME
    claims = {"number": number, "visit": encounter_id.hex, "exp": int(expires.timestamp())}
    sealed = tickets.seal(phone_wire.TICKET, claims, settings.TOPICS_SECRET)
    parts = urlsplit(settings.TOPICS_ORIGIN)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return sfu.RoomTicket(sealed, f"{scheme}://{parts.netloc}{parts.path}/phone", expires)


def answered(client: Client, encounter_id: uuid.UUID, *, by: Actor) -> Any:
    """The person picked up: they are there, and the visit begins; again changes nothing."""
    _visit(client, encounter_id, by)
    row = encounters.answered(client, encounter_id, by=by)
    joining.note(client, row, "connect", {"way": "phone"}, by=by)
    return row
