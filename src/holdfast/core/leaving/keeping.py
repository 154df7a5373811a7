"""What the law makes a practice keep of somebody who leaves, and until when."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from holdfast.core.crypto.sealing import open_for_installation, seal_for_installation
from holdfast.core.leaving import engine
from holdfast.core.leaving.models import Departure, KeptRecord, RetentionSetting
from holdfast.core.tenancy.models import Client, Practice

#: When somebody of the practice was last in contact with a client, as one capability knows it.
Contact = Callable[[uuid.UUID, uuid.UUID], datetime | None]

_contacts: dict[str, Contact] = {}


@dataclass(frozen=True)
class Keeping:
    """The rule that applies to one record."""

    rule: engine.LegalRule
    last_contact_on: date
    until: date


def register_contact(name: str, find: Contact) -> None:
    """Let a capability say when it last knew of a contact; called from `AppConfig.ready`."""
    _contacts[name] = find


def last_contact(practice_id: uuid.UUID, client_id: uuid.UUID) -> datetime | None:
    """The latest of all, or None where no treatment ever began. One statement per capability."""
    found = [find(practice_id, client_id) for find in _contacts.values()]
    return max((at for at in found if at is not None), default=None)


def rule_of(practice: Practice) -> engine.LegalRule | None:
    """The practice's rule, its own years before its country's. One statement."""
    setting = RetentionSetting.objects.filter(practice=practice).first()
    return engine.rule_for(practice.country, setting.legal_years if setting else None)


def decide(client: Client, now: datetime) -> Keeping | None:
    """What must be kept if this person leaves now; None where everything goes.

    Whoever was never met and never spoken to has no record of treatment: everything goes.
    """
    rule = rule_of(client.practice)
    last = last_contact(client.practice_id, client.pk)
    if rule is None or last is None:
        return None
    zone = ZoneInfo(client.practice.time_zone)
    contact_on = last.astimezone(zone).date()
    until = engine.keep_until(contact_on, rule.years)
    return Keeping(rule, contact_on, until) if until >= now.astimezone(zone).date() else None


def put_aside(departure: Departure, client: Client, now: datetime) -> bool:
    """Write down what must be kept of a record that loses its person, and put the name aside.

    Whether anything must be; in the caller's transaction, before the record is touched.
    """
    keeping = decide(client, now)
    if keeping is None:
        return False
    record = KeptRecord(
        practice_id=client.practice_id,
        departure=departure,
        client=client,
        years=keeping.rule.years,
        basis=keeping.rule.basis,
        url=keeping.rule.url,
        last_contact_on=keeping.last_contact_on,
        kept_until=keeping.until,
    )
    seal_identity(record, client)
    record.save()
    return True


def _context(record: KeptRecord) -> bytes:
    return b"kept-identity|" + record.practice_id.bytes + record.pk.bytes


def seal_identity(record: KeptRecord, client: Client) -> None:
    """Put the name aside, under the installation's key and bound to this record.

    Neither the practice's key nor the record itself opens it.
    """
    identity = {"name": client.display_name, "external_id": client.external_id}
    record.identity_sealed = seal_for_installation(_context(record), orjson.dumps(identity))


def identity_of(record: KeptRecord) -> dict[str, Any]:
    """The name that was put aside: {"name", "external_id"}; empty once the record is gone."""
    if not record.identity_sealed:
        return {}
    found: dict[str, Any] = orjson.loads(
        open_for_installation(_context(record), bytes(record.identity_sealed))
    )
    return found
