"""Endpoints: a practice's letterhead, fee lists, scale and books."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from ninja import Status
from pydantic import StringConstraints

from holdfast.core.api import Access, Request, Router
from holdfast.core.problems import FieldError, Invalid
from holdfast.meet.billing import issuing, terms
from holdfast.meet.billing.models import Document
from holdfast.meet.billing.schemas import (
    BillingTermsOut,
    FeeListIn,
    FeesOut,
    IssuerIn,
    JournalOut,
    ScaleIn,
)

router = Router(tags=["billing"])
BASE = "/practices/{practice_id}/billing"
_read, _write = Access("billing_terms", "read"), Access("billing_terms", "write")
_journal = Access("invoice_journal", "read")
WIDEST = timedelta(days=731)
Word = Annotated[str, StringConstraints(max_length=100)]


def _terms(practice_id: uuid.UUID) -> dict[str, Any]:
    books = terms.books(practice_id)
    return {
        "issuer": books.issuer or {},
        "prefix": books.prefix,
        "lists": [{**vars(one), "codes": one.many} for one in _lists(practice_id)],
        "scale": terms.scale(practice_id),
    }


def _lists(practice_id: uuid.UUID) -> list[Any]:
    return list(terms.lists(practice_id))


@router.get(BASE, access=_read, response=BillingTermsOut)
def billing_terms(request: Request, practice_id: uuid.UUID) -> Any:
    """Three SQL statements."""
    return _terms(practice_id)


@router.put(BASE + "/issuer", access=_write, response=BillingTermsOut)
def put_issuer(request: Request, practice_id: uuid.UUID, body: IssuerIn) -> Any:
    """What stands on documents that are issued from now on; those that were are not changed."""
    issuer = body.dict()
    prefix = issuer.pop("prefix")
    terms.put_issuer(practice_id, issuer, prefix, by=request.actor)
    return _terms(practice_id)


@router.put(BASE + "/scale", access=_write, response=BillingTermsOut)
def put_scale(request: Request, practice_id: uuid.UUID, body: ScaleIn) -> Any:
    """The steps of the sliding scale, in their order."""
    steps = [terms.Step(one.id, one.name, one.percent) for one in body.steps]
    terms.put_scale(practice_id, steps, by=request.actor)
    return _terms(practice_id)


@router.post(BASE + "/fee-lists", access=_write, response={201: BillingTermsOut})
def import_fees(request: Request, practice_id: uuid.UUID, body: FeeListIn) -> Status[Any]:
    """Fee codes from CSV, under the practice's own licence, in the place of those of the same code
    system: all of them, or 422 with each line that cannot be taken.
    """
    terms.import_fees(
        practice_id,
        body.id,
        name=body.name,
        system=body.system,
        licence=body.licence,
        text=body.csv,
        by=request.actor,
    )
    return Status(201, _terms(practice_id))


@router.delete(BASE + "/fee-lists/{fee_list_id}", access=_write, response=BillingTermsOut)
def remove_fees(request: Request, practice_id: uuid.UUID, fee_list_id: uuid.UUID) -> Any:
    """The list goes with its codes. What was charged by them keeps its words."""
    terms.remove_fees(practice_id, fee_list_id, by=request.actor)
    return _terms(practice_id)


@router.get(BASE + "/fees", access=_read, response=FeesOut)
def fees(
    request: Request,
    practice_id: uuid.UUID,
    q: Word = "",
) -> Any:
    """Codes that begin with `q`, or whose description holds it; at most 100. One SQL statement."""
    found = terms.find_fees(practice_id, q)
    return {"items": [{**vars(one), "list": one.list.name} for one in found]}


@router.get(BASE + "/journal", access=_journal, response=JournalOut)
def journal(request: Request, practice_id: uuid.UUID, since: date, until: date) -> Any:
    """Every number of a time, for the books: sums, and nobody's name. One SQL statement."""
    return {
        "items": [
            {
                "kind": one.kind,
                "number": one.label,
                "issued_at": one.issued_at,
                "total": one.total,
                "currency": one.currency,
                "cancels": one.cancels.label if one.cancels else None,
            }
            for one in _issued(request, since, until)
        ]
    }


@router.get(BASE + "/journal.csv", access=_journal)
def journal_csv(request: Request, practice_id: uuid.UUID, since: date, until: date) -> Any:
    """The same as a file; amounts in minor units."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(["number", "kind", "issued_at", "total_in_minor_units", "currency", "cancels"])
    for one in _issued(request, since, until):
        cancels = one.cancels.label if one.cancels else ""
        out.writerow(
            [one.label, one.kind, one.issued_at.isoformat(), one.total, one.currency, cancels]
        )
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="journal-{since}-{until}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def _issued(request: Request, since: date, until: date) -> list[Document]:
    if not timedelta(0) <= until - since < WIDEST:
        detail = f"From `since` to `until` at most {WIDEST.days} days."
        raise Invalid(errors=(FieldError("until", "window", detail),))
    zone = ZoneInfo(request.practice.time_zone)
    begin = datetime.combine(since, time(), zone)
    end = datetime.combine(until + timedelta(days=1), time(), zone)
    return issuing.journal(request.practice.pk, begin, end)
