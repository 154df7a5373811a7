"""Charges and documents in the copy of a record that its person takes away."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.meet.billing.engine.money import currencies
from holdfast.meet.billing.models import Charge, Document


def _money(amount: int, currency: str) -> dict[str, Any]:
    value = Decimal(amount).scaleb(-currencies()[currency])
    return {"value": float(value), "currency": currency}


def _documents(client: Client) -> Iterator[Document]:
    rows = Document.objects.filter(practice_id=client.practice_id, client=client)
    loaded = rows.select_related("cancelled_by").defer(
        "cancelled_by__content_sealed", "cancelled_by__pdf_sealed"
    )
    yield from loaded.order_by("issued_at", "number")


def _charges(client: Client) -> Iterator[Charge]:
    rows = Charge.objects.filter(practice_id=client.practice_id, client=client)
    yield from rows.select_related("membership").order_by("served_on", "pk")


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each charge as a ChargeItem, each invoice and cancellation as an Invoice, each superbill as a
    DocumentReference with its PDF. Two statements.
    """
    for row in _charges(client):
        item: dict[str, str] = row.item or {}
        yield {
            "resourceType": "ChargeItem",
            "id": str(row.pk),
            "status": row.status.replace("_", "-"),
            "code": {
                "coding": [{"system": item.get("system", ""), "code": item.get("code", "")}],
                "text": item.get("description", "-"),
            },
            "subject": subject(client),
            "context": {"reference": f"urn:uuid:{row.encounter_id}"},
            "occurrenceDateTime": row.served_on.isoformat(),
            "performer": [{"actor": {"display": row.membership.display_name or "-"}}],
            "quantity": {"value": row.units},
            "priceOverride": _money(row.amount, row.currency),
        }
    for paper in _documents(client):
        if paper.kind == Document.Kind.SUPERBILL:
            yield _reference(client, paper)
            continue
        cancelled = hasattr(paper, "cancelled_by")
        yield {
            "resourceType": "Invoice",
            "id": str(paper.pk),
            "status": "cancelled" if cancelled else "issued",
            "identifier": [{"value": paper.label}],
            "subject": subject(client),
            "date": instant(paper.issued_at),
            "totalGross": _money(paper.total, paper.currency),
        }


def _reference(client: Client, paper: Document) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": str(paper.pk),
        "status": "current",
        "identifier": [{"value": paper.label}],
        "subject": subject(client),
        "date": instant(paper.issued_at),
        "content": [{"attachment": {"contentType": "application/pdf", "data": paper.pdf}}],
    }


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for paper in _documents(client):
        yield paper.issued_at, paper.kind, paper.label, paper.total, paper.currency


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = ("issued_at", "kind", "number", "total_in_minor_units", "currency")
    copies.register("invoices", resources, Table("invoices.csv", header, rows))
