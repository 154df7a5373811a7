"""Issue documents and cancel them: numbered without a gap, and never changed."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import Conflict, FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import Client
from holdfast.meet.billing import pdf
from holdfast.meet.billing.charging import own_member
from holdfast.meet.billing.engine.paper import Line, Paper, Provider, cancelling, total
from holdfast.meet.billing.models import Books, Charge, Document
from holdfast.meet.billing.problems import ChargeTaken, DocumentCancelled, NoLetterhead
from holdfast.meet.matching import facade as matching

_Kind, _Series = Document.Kind, Document.Series


def issue(
    client: Client,
    document_id: uuid.UUID,
    *,
    kind: str,
    charge_ids: Sequence[uuid.UUID],
    recipient: str,
    diagnoses: Sequence[str] = (),
    language: str,
    by: Actor,
) -> Document:
    """An invoice over charges that are on none, or a superbill over charges that are billed.

    Diagnosis codes stand on a superbill where the clinician wrote them for it, and are kept nowhere
    else. Sent again it is the same document. Raises NoLetterhead, ChargeTaken, Invalid, Conflict.
    """
    with transaction.atomic():
        if (there := _there(client, document_id)) is not None:
            return there
        books = _locked(client.practice_id)
        charges = _charges(client, charge_ids, billed=kind == _Kind.SUPERBILL)
        if len({one.currency for one in charges}) != 1:
            raise Invalid(errors=(FieldError("charge_ids", "currency", "One currency each."),))
        if diagnoses and kind != _Kind.SUPERBILL:
            raise Invalid(errors=(FieldError("diagnoses", "superbill", "On superbills only."),))
        now = clock.now()
        paper = Paper(
            kind=kind,
            language=language,
            issuer=books.issuer,
            recipient=recipient,
            person=client.display_name,
            lines=[_line(one) for one in charges],
            providers=_providers(client.practice_id, charges) if kind == _Kind.SUPERBILL else [],
            diagnoses=list(diagnoses),
            currency=charges[0].currency,
            cancels="",
        )
        made = _write(client, document_id, paper, books, now, cancels=None, by=by)
        if kind == _Kind.INVOICE:
            Charge.objects.filter(pk__in=[one.pk for one in charges]).update(
                status=Charge.Status.BILLED, document=made
            )
    return made


def cancel(client: Client, document_id: uuid.UUID, new_id: uuid.UUID, *, by: Actor) -> Document:
    """A document that takes an invoice back; what was charged on it can be billed anew.

    Raises DocumentCancelled for what was, and for anything but an invoice; NotFound, Conflict.
    """
    with transaction.atomic():
        if (there := _there(client, new_id)) is not None:
            return there
        document(client, document_id)
        books = _locked(client.practice_id)
        # Read once nobody else can take it back meanwhile.
        before = document(client, document_id)
        if before.kind != _Kind.INVOICE or hasattr(before, "cancelled_by"):
            raise DocumentCancelled
        paper = cancelling(Paper.read(before.content), before.label)
        made = _write(client, new_id, paper, books, clock.now(), cancels=before, by=by)
        Charge.objects.filter(document=before).update(status=Charge.Status.BILLABLE, document=None)
    return made


def document(client: Client, document_id: uuid.UUID) -> Document:
    """Raises NotFound. One statement."""
    rows = Document.objects.filter(practice_id=client.practice_id, client=client, pk=document_id)
    found = rows.select_related("cancelled_by", "cancels", "issued_by").first()
    if found is None:
        raise NotFound
    return found


def documents(client: Client) -> list[Document]:
    """Newest first, without what they say. One statement."""
    rows = Document.objects.filter(practice_id=client.practice_id, client=client)
    loaded = rows.select_related("cancelled_by", "cancels", "issued_by").defer(
        "content_sealed", "pdf_sealed", "cancelled_by__content_sealed",
        "cancelled_by__pdf_sealed", "cancels__content_sealed", "cancels__pdf_sealed",
    )  # fmt: skip
    return list(loaded.order_by("-issued_at", "-number"))


def journal(practice_id: uuid.UUID, begin: datetime, end: datetime) -> list[Document]:
    """Every number of a time in its order: sums, and nobody's name. One statement."""
    rows = Document.objects.filter(practice_id=practice_id, issued_at__gte=begin, issued_at__lt=end)
    loaded = rows.select_related("cancels").only(
        "id", "kind", "series", "number", "label", "total", "currency", "issued_at",
        "cancels__label",
    )  # fmt: skip
    return list(loaded.order_by("series", "number"))


def _there(client: Client, document_id: uuid.UUID) -> Document | None:
    found = Document.objects.filter(pk=document_id).first()
    if found is not None and found.client_id != client.pk:
        raise Conflict
    return found


def _locked(practice_id: uuid.UUID) -> Books:
    """Whoever issues next waits for this transaction, so that no number is given twice and one that
    was not used is given again.
    """
    books = Books.objects.select_for_update().filter(practice_id=practice_id).first()
    if books is None or not (books.issuer or {}).get("name"):
        raise NoLetterhead
    return books


def _charges(client: Client, ids: Sequence[uuid.UUID], *, billed: bool) -> list[Charge]:
    """In the order of their days, locked."""
    status = Charge.Status.BILLED if billed else Charge.Status.BILLABLE
    rows = Charge.objects.select_for_update(of=("self",)).select_related("membership")
    found = rows.filter(practice_id=client.practice_id, client=client, pk__in=ids, status=status)
    charges = list(found.order_by("served_on", "pk"))
    if not charges or len(charges) < len(set(ids)):
        raise ChargeTaken
    return charges


def _line(row: Charge) -> Line:
    return Line(
        on=row.served_on,
        kind=row.kind,
        system=row.item["system"],
        code=row.item["code"],
        description=row.item["description"],
        units=row.units,
        listed=row.listed,
        percent=row.percent,
        amount=row.amount,
        provider=row.membership.display_name,
    )


def _providers(practice_id: uuid.UUID, charges: Sequence[Charge]) -> list[Provider]:
    names = {one.membership_id: one.membership.display_name for one in charges}
    licences = matching.licences_of(practice_id, set(names))
    return [Provider(name, licences.get(pk, [])) for pk, name in names.items()]


def _write(
    client: Client,
    document_id: uuid.UUID,
    paper: Paper,
    books: Books,
    now: datetime,
    *,
    cancels: Document | None,
    by: Actor,
) -> Document:
    series = _Series.SUPERBILLS if paper.kind == _Kind.SUPERBILL else _Series.INVOICES
    number = getattr(books, series) + 1
    setattr(books, series, number)
    books.save(update_fields=[series.value])
    mark = "S" if series == _Series.SUPERBILLS else ""
    label = f"{books.prefix}{mark}{number:05d}"
    content = pdf.render(paper, label=label, issued_at=now, zone=client.practice.time_zone)
    made = Document(
        id=document_id,
        practice_id=client.practice_id,
        client=client,
        kind=paper.kind,
        series=series,
        number=number,
        label=label,
        total=total(paper),
        currency=paper.currency,
        cancels=cancels,
        issued_at=now,
        issued_by_id=own_member(by),
        digest=hashlib.sha256(content).hexdigest(),
    )
    made.content = asdict(paper)
    made.pdf = base64.b64encode(content).decode()
    made.save(force_insert=True)
    action = "cancel" if cancels else "issue"
    record(action, "invoice", by=by, resource_id=made.pk, client_id=client.pk,
           detail={"number": label, "digest": made.digest})  # fmt: skip
    return made
