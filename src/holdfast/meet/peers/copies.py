"""Peer support in the copy that a person takes away: their chats, and what they shared.

Of a chat the copy holds that it was, and what they wrote themself as it lies here, sealed: the
other side agreed to no copy of theirs.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.meet.peers.models import Chat, ChatMessage, HandOver

CHUNK = 200


def _own(client: Client) -> Iterator[ChatMessage]:
    rows = ChatMessage.objects.filter(practice_id=client.practice_id, side__client=client)
    yield from rows.order_by("chat_id", "seq").iterator(chunk_size=CHUNK)


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each message of one's own as a Communication, each hand-over as a ServiceRequest. Two
    statements.
    """
    for row in _own(client):
        sealed = base64.b64encode(bytes(row.ciphertext)).decode()
        kind = "application/vnd.holdfast.sealed"
        yield {
            "resourceType": "Communication",
            "id": str(row.pk),
            "status": "completed",
            "subject": subject(client),
            "sent": instant(row.received_at),
            "partOf": [
                {"identifier": {"system": "urn:holdfast:peer-chat", "value": f"{row.chat_id}"}}
            ],
            "payload": [{"contentAttachment": {"contentType": kind, "data": sealed}}],
        }
    found = HandOver.objects.filter(practice_id=client.practice_id, client=client, agreed=True)
    for one in found.order_by("asked_at"):
        yield {
            "resourceType": "ServiceRequest",
            "id": str(one.pk),
            "status": "completed",
            "intent": "proposal",
            "subject": subject(client),
            "authoredOn": instant(one.asked_at),
            "note": [{"text": one.words or "-"}],
        }


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    """Each chat with one's part in it, as codes and times."""
    mine = Q(asker=client) | Q(listener=client)
    found = Chat.objects.filter(mine, practice_id=client.practice_id).order_by("asked_at", "pk")
    for chat in found:
        role = "asker" if chat.asker_id == client.pk else "listener"
        yield chat.asked_at, role, chat.topic, chat.language, chat.status, chat.ended_at


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = ("asked_at", "role", "topic", "language", "status", "ended_at")
    copies.register("peers", resources, Table("peer_chats.csv", header, rows))
