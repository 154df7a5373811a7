"""A person's own threads in the copy of a record that they take away: sealed, as they lie here.

Their device opens them and puts what they say beside it. Threads about them are in no copy.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.meet.messages.models import Message, Thread
from holdfast.meet.messages.queries import names

CHUNK = 200


def _shown(client: Client) -> Iterator[tuple[Message, str]]:
    """Each message with its sender's name, in the order of the threads."""
    rows = Message.objects.filter(
        practice_id=client.practice_id,
        thread__client=client,
        thread__kind=Thread.Kind.CLIENT,
    )
    senders = rows.order_by().values_list("sender_id", flat=True).distinct()
    called = names(client.practice_id, list(senders))
    for row in rows.order_by("thread_id", "seq").iterator(chunk_size=CHUNK):
        name, _ = called.get(row.sender_id, ("", "")) if row.sender_id else ("", "")
        yield row, name


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each message as a Communication. Four statements."""
    for row, name in _shown(client):
        found: dict[str, Any] = {
            "resourceType": "Communication",
            "id": str(row.pk),
            "status": "entered-in-error" if row.retracted_at else "completed",
            "subject": subject(client),
            "sent": instant(row.received_at),
            "sender": {"display": name or "-"},
            "partOf": [
                {"identifier": {"system": "urn:holdfast:thread", "value": f"{row.thread_id}"}}
            ],
        }
        if row.ciphertext:
            sealed = base64.b64encode(bytes(row.ciphertext)).decode()
            kind = "application/vnd.holdfast.sealed"
            found["payload"] = [{"contentAttachment": {"contentType": kind, "data": sealed}}]
        yield found


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for row, name in _shown(client):
        sealed = base64.b64encode(bytes(row.ciphertext)).decode()
        yield row.thread_id, row.seq, row.received_at, name, row.retracted_at, sealed


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = ("thread", "seq", "received_at", "sender", "retracted_at", "sealed")
    copies.register("messages", resources, Table("messages.csv", header, rows))
