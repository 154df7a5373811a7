"""Endpoints: what was agreed with a person, what is charged, and the documents."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from django.http import HttpResponse
from ninja import Status

from holdfast.core.api import Access, Request, Router
from holdfast.meet.billing import charging, issuing
from holdfast.meet.billing.schemas import (
    AgreementIn,
    AgreementOut,
    ChargeIn,
    ChargesOut,
    DocumentCancelIn,
    DocumentIn,
    DocumentOut,
    DocumentsOut,
    agreement_out,
    charge_out,
    document_out,
)

router = Router(tags=["billing"])
CLIENT = "/practices/{practice_id}/clients/{client_id}"
INVOICES = CLIENT + "/invoices"
ONE = INVOICES + "/{invoice_id}"


@router.get(
    CLIENT + "/fee-agreement", access=Access("fee_agreement", "read"), response=AgreementOut
)
def fee_agreement(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Which step of the scale holds for a person, and with whom they agreed on it."""
    return agreement_out(charging.agreement(request.client))


@router.put(
    CLIENT + "/fee-agreement", access=Access("fee_agreement", "write"), response=AgreementOut
)
def agree(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: AgreementIn) -> Any:
    """From now on; what was charged stays as it is."""
    charging.agree(request.client, body.step_id, by=request.actor)
    return agreement_out(charging.agreement(request.client))


def _charges(request: Request) -> dict[str, Any]:
    return {
        "charges": [charge_out(one) for one in charging.charges(request.client)],
        "chargeable": charging.chargeable(request.client),
    }


@router.get(CLIENT + "/charges", access=Access("charge", "read"), response=ChargesOut)
def charges(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What is charged, and what could be: visits that took place, times that were held for nothing.
    Four SQL statements.
    """
    return _charges(request)


@router.post(CLIENT + "/charges", access=Access("charge", "write"), response={201: ChargesOut})
def charge(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: ChargeIn
) -> Status[Any]:
    """A fee for one visit, or for a time that was held: somebody's decision each time."""
    charging.charge(
        request.client,
        body.id,
        encounter_id=body.encounter_id,
        fee_id=body.fee_id,
        units=body.units,
        by=request.actor,
    )
    return Status(201, _charges(request))


@router.post(
    CLIENT + "/charges/{charge_id}/drop", access=Access("charge", "write"), response=ChargesOut
)
def drop(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, charge_id: uuid.UUID
) -> Any:
    """It was a mistake, or is let go. What is on an invoice is taken back by cancelling that."""
    charging.drop(request.client, charge_id, by=request.actor)
    return _charges(request)


@router.get(INVOICES, access=Access("invoice", "read"), response=DocumentsOut)
def invoices(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Invoices, cancellations and superbills, newest first. One SQL statement."""
    return {"items": [document_out(one) for one in issuing.documents(request.client)]}


@router.post(INVOICES, access=Access("invoice", "write"), response={201: DocumentOut})
def issue(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: DocumentIn
) -> Status[Any]:
    """Issue one; it is never changed afterwards. Sent again it is the same one."""
    issuing.issue(
        request.client,
        body.id,
        kind=body.kind,
        charge_ids=body.charge_ids,
        recipient=body.recipient,
        diagnoses=body.diagnoses,
        language=body.language,
        by=request.actor,
    )
    return Status(201, document_out(issuing.document(request.client, body.id)))


@router.post(ONE + "/cancel", access=Access("invoice", "write"), response={201: DocumentOut})
def cancel(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    invoice_id: uuid.UUID,
    body: DocumentCancelIn,
) -> Status[Any]:
    """Take an invoice back by a new document; what stood on it can be billed anew."""
    issuing.cancel(request.client, invoice_id, body.id, by=request.actor)
    return Status(201, document_out(issuing.document(request.client, body.id)))


@router.get(ONE + "/document.pdf", access=Access("invoice", "read"))
def invoice_pdf(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, invoice_id: uuid.UUID
) -> Any:
    """The PDF (A4, tagged) as it was issued. The file's name says a number and nobody's name."""
    found = issuing.document(request.client, invoice_id)
    return HttpResponse(
        base64.b64decode(found.pdf),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{found.kind}-{found.number:05d}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
