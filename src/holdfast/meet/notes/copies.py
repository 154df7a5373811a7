"""Released notes in the copy of a record that its person takes away; no others are in it.

Of a record that the law keeps, and that only the operator opens, every signed note is.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.meet.notes.models import NoteVersion

CHUNK = 200


def _shown(client: Client) -> Iterator[NoteVersion]:
    rows = NoteVersion.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    if client.left_at is None:
        rows = rows.filter(released_at__isnull=False)
    ordered = rows.select_related("note", "note__author").order_by("signed_at", "pk")
    yield from ordered.defer("note__draft_sealed").iterator(chunk_size=CHUNK)


def _text(version: NoteVersion) -> str:
    content: dict[str, str] = version.content or {}
    return "\n\n".join(f"{code}: {text}" for code, text in content.items() if text)


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each version as a DocumentReference. One statement."""
    for version in _shown(client):
        text = base64.b64encode(_text(version).encode()).decode()
        yield {
            "resourceType": "DocumentReference",
            "id": str(version.pk),
            "status": "current" if version.number == version.note.version else "superseded",
            # LOINC 11506-3: Progress note.
            "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]},
            "subject": subject(client),
            "date": instant(version.signed_at),
            "author": [{"display": version.note.author.display_name or "-"}],
            "content": [{"attachment": {"contentType": "text/plain", "data": text}}],
        }


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for version in _shown(client):
        author = version.note.author.display_name
        yield version.signed_at, author, version.number, _text(version)


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = ("signed_at", "author", "version", "text")
    copies.register("notes", resources, Table("notes.csv", header, rows))
