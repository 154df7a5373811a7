"""Billing as JSON. Amounts are integers in minor units of an ISO 4217 currency."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from holdfast.meet.billing.charging import ChargeKind
from holdfast.meet.billing.models import Charge, Document, FeeAgreement

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Uri = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^(https?://|urn:)\S+$")
]
#: Letters, digits and a mark: ICD-10, ICD-11 and DSM codes look so. No words of a diagnosis.
DiagnosisCode = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9./&-]{0,19}$")
]
DocumentKind = Literal["invoice", "superbill"]


class IssuerShape(Schema):
    """The letterhead: who issues, their address, tax number, and what stands at the foot."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    address: Text = ""
    tax_id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    foot: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class IssuerIn(IssuerShape):
    """`prefix` stands before every number, such as `2026-`."""

    name: Line
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9./-]{0,12}$")] = ""


class FeeListIn(Schema):
    """`csv`: a header and rows of code, description, amount, currency. `licence` says by what right
    the practice uses the codes.
    """

    id: uuid.UUID
    name: Line
    system: Uri
    licence: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
    csv: Annotated[str, StringConstraints(max_length=3_000_000)]


class FeeListOut(Schema):
    id: uuid.UUID
    name: str
    system: str
    licence: str
    imported_at: datetime
    codes: int


class StepShape(Schema):
    id: uuid.UUID
    name: Line
    percent: Annotated[int, Field(ge=0, le=100)]


class ScaleIn(Schema):
    steps: Annotated[list[StepShape], Field(max_length=20)]


class BillingTermsOut(Schema):
    issuer: IssuerShape
    prefix: str
    lists: list[FeeListOut]
    scale: list[StepShape]


class FeeOut(Schema):
    id: uuid.UUID
    list: str
    code: str
    description: str
    amount: int
    currency: str


class FeesOut(Schema):
    items: list[FeeOut]


class JournalRow(Schema):
    """A number of the books; whose it is, is not told."""

    kind: str
    number: str
    issued_at: datetime
    total: int
    currency: str
    cancels: str | None


class JournalOut(Schema):
    items: list[JournalRow]


class AgreementIn(Schema):
    step_id: uuid.UUID | None


class AgreementOut(Schema):
    """Without a step the whole fee is asked; without anybody nothing was agreed yet."""

    step_id: uuid.UUID | None = None
    name: str | None = None
    percent: int = 100
    agreed_with: str | None = None
    agreed_at: datetime | None = None


class ChargeIn(Schema):
    id: uuid.UUID
    encounter_id: uuid.UUID
    fee_id: uuid.UUID
    units: Annotated[int, Field(ge=1, le=100)] = 1


class ChargeOut(Schema):
    id: uuid.UUID
    encounter_id: uuid.UUID
    kind: ChargeKind
    served_on: date
    with_name: str
    system: str
    code: str
    description: str
    units: int
    listed: int
    percent: int
    amount: int
    currency: str
    status: Literal["billable", "billed", "entered_in_error"]
    decided_by: str
    decided_at: datetime
    number: str | None


class ChargeableOut(Schema):
    encounter_id: uuid.UUID
    kind: ChargeKind
    starts_at: datetime
    with_name: str


class ChargesOut(Schema):
    charges: list[ChargeOut]
    chargeable: list[ChargeableOut]


class DocumentIn(Schema):
    """`diagnoses`: codes that the clinician writes for this superbill; kept on it alone."""

    id: uuid.UUID
    kind: DocumentKind
    charge_ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=100)]
    recipient: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)
    ]
    diagnoses: Annotated[list[DiagnosisCode], Field(max_length=12)] = []
    language: Literal["en", "es", "de", "ar"] = "en"


class DocumentCancelIn(Schema):
    id: uuid.UUID


class DocumentOut(Schema):
    id: uuid.UUID
    kind: Literal["invoice", "cancellation", "superbill"]
    number: str
    issued_at: datetime
    issued_by: str
    total: int
    currency: str
    cancels: str | None
    cancelled_by: str | None


class DocumentsOut(Schema):
    items: list[DocumentOut]


def charge_out(row: Charge) -> dict[str, Any]:
    """Of a row whose members and document are loaded."""
    return {
        "id": row.pk,
        "encounter_id": row.encounter_id,
        "kind": row.kind,
        "served_on": row.served_on,
        "with_name": row.membership.display_name,
        **(row.item or {"system": "", "code": "", "description": ""}),
        "units": row.units,
        "listed": row.listed,
        "percent": row.percent,
        "amount": row.amount,
        "currency": row.currency,
        "status": row.status,
        "decided_by": row.decided_by.display_name,
        "decided_at": row.decided_at,
        "number": row.document.label if row.document else None,
    }


def document_out(row: Document) -> dict[str, Any]:
    cancelled: Document | None = getattr(row, "cancelled_by", None)
    return {
        "id": row.pk,
        "kind": row.kind,
        "number": row.label,
        "issued_at": row.issued_at,
        "issued_by": row.issued_by.display_name,
        "total": row.total,
        "currency": row.currency,
        "cancels": row.cancels.label if row.cancels else None,
        "cancelled_by": cancelled.label if cancelled else None,
    }


def agreement_out(row: FeeAgreement | None) -> dict[str, Any]:
    if row is None:
        return {}
    step = row.step
    return {
        "step_id": row.step_id,
        "name": step.name if step else None,
        "percent": step.percent if step else 100,
        "agreed_with": row.agreed_by.display_name,
        "agreed_at": row.agreed_at,
    }
