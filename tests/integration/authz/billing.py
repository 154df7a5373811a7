"""Examples of billing for the authorisation tests."""

from __future__ import annotations

import uuid
from typing import Any

from holdfast.core import clock
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice
from holdfast.meet.billing.models import Charge, Document, FeeList


def fee_list(practice: Practice) -> uuid.UUID:
    return FeeList.objects.create(
        id=uuid7(),
        practice=practice,
        name="Own",
        system=f"urn:x:{uuid7()}",
        licence="Own",
        imported_at=clock.now(),
    ).pk


def charge(person: Client, member: Membership) -> uuid.UUID:
    row = Charge(
        id=uuid7(), practice_id=person.practice_id, client=person, encounter_id=uuid7(),
        membership=member, kind="visit", served_on=clock.now().date(), units=1, listed=100,
        percent=100, amount=100, currency="EUR", decided_by=member, decided_at=clock.now(),
    )  # fmt: skip
    row.item = {"system": "urn:x:own", "code": "T50", "description": "Talk"}
    row.save()
    return row.pk


def invoice(person: Client, member: Membership) -> uuid.UUID:
    """One whose number is far from those that are issued."""
    number = 900_001 + Document.objects.filter(practice=person.practice).count()
    row = Document(
        id=uuid7(), practice_id=person.practice_id, client=person, kind="superbill",
        series="superbills", number=number, label=f"S{number}", total=100, currency="EUR",
        issued_at=clock.now(), issued_by=member, digest="0" * 64,
    )  # fmt: skip
    row.pdf = ""
    row.save()
    return row.pk


BODIES: dict[str, Any] = {
    "POST /practices/{practice_id}/clients/{client_id}/invoices/{invoice_id}/cancel": {
        "id": str(uuid.UUID(int=9))
    },
}
