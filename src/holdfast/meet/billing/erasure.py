"""Forget what was charged to a person who leaves, or keep what the law asks for."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Max

from holdfast.core.identity.erasure import Subject
from holdfast.meet.billing.models import Charge, Document, FeeAgreement


def forget(subject: Subject) -> None:
    """Agreements and what was not billed go; documents lose their person and all that they say, and
    stay as numbers and sums of the practice's books. Where the law keeps the record, documents and
    what stands on them stay as they are. Safe to run twice.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    FeeAgreement.objects.filter(**of_client).delete()
    charges = Charge.objects.filter(**of_client)
    if subject.keep:
        charges = charges.exclude(status=Charge.Status.BILLED)
    charges.update(item_sealed=b"")
    charges.delete()
    if not subject.keep:
        Document.objects.filter(**of_client).update(client=None, content_sealed=b"", pdf_sealed=b"")


def last_issued(practice_id: uuid.UUID, client_id: uuid.UUID) -> datetime | None:
    """When the last document was issued: as long as the record is kept, counted from then, so is
    what was charged. One statement.
    """
    rows = Document.objects.filter(practice_id=practice_id, client_id=client_id)
    at: datetime | None = rows.aggregate(at=Max("issued_at"))["at"]
    return at
