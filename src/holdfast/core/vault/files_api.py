"""Endpoints of sealed files: announced, sent in pieces, fetched with Range, removed."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpResponseBase
from ninja import Schema, Status
from pydantic import Field

from holdfast.core.api import Access, Request, Router
from holdfast.core.problems import NotFound
from holdfast.core.vault import arriving, files
from holdfast.core.vault.models import SealedFile
from holdfast.core.vault.schemas import Base64, Hash
from holdfast.core.vault.sharing_queries import may_read_item

router = Router(tags=["vault"])

BASE = "/practices/{practice_id}/clients/{client_id}/vault"

Piece = Annotated[bytes, Base64(1, arriving.MOST_PIECE_BYTES)]


class FileIn(Schema):
    """`item` is the entry that the file belongs to; `sha256` is of the ciphertext."""

    id: uuid.UUID
    item: uuid.UUID
    size: Annotated[int, Field(ge=1, le=arriving.MOST_FILE_BYTES)]
    sha256: Hash


class PieceIn(Schema):
    offset: Annotated[int, Field(ge=0, le=arriving.MOST_FILE_BYTES)]
    data: Piece


class FileOut(Schema):
    """`received` is where to go on."""

    id: uuid.UUID
    size: int
    received: int
    complete: bool


def _shown(file: SealedFile) -> dict[str, Any]:
    return {
        "id": file.pk,
        "size": file.size,
        "received": files.received(file),
        "complete": file.complete,
    }


@router.post(
    BASE + "/files", access=Access("vault_item", "write"), response={200: FileOut, 201: FileOut}
)
def begin(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: FileIn
) -> Status[Any]:
    """Announce a file; 200 where it was announced before, with how much of it is there."""
    file, is_new = files.begin(
        request.client,
        body.id,
        item=body.item,
        size=body.size,
        sha256=body.sha256,
        by=request.actor,
    )
    return Status(201 if is_new else 200, _shown(file))


@router.get(BASE + "/files/{file_id}", access=Access("vault_item", "read"), response=FileOut)
def state(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, file_id: uuid.UUID
) -> dict[str, Any]:
    """How much of a file is there."""
    return _shown(files.find(request.client, file_id))


@router.post(
    BASE + "/files/{file_id}/pieces", access=Access("vault_item", "write"), response=FileOut
)
def append(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    file_id: uuid.UUID,
    body: PieceIn,
) -> dict[str, Any]:
    """Keep one piece. Pieces come in order; one that came before may come again."""
    return _shown(files.append(files.find(request.client, file_id), body.offset, body.data))


@router.delete(
    BASE + "/files/{file_id}", access=Access("vault_item", "write"), response={204: None}
)
def remove(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, file_id: uuid.UUID
) -> Status[None]:
    """Take a file away, finished or not."""
    files.remove(request.client, file_id, by=request.actor)
    return Status(204, None)


@router.get(BASE + "/files/{file_id}/content", access=Access("vault_item", "read"))
def content(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, file_id: uuid.UUID
) -> HttpResponseBase:
    """The ciphertext, or the part of it that a Range header asks for."""
    file = files.find(request.client, file_id)
    return arriving.served(request, file, files.path_of(file))


@router.get(BASE + "/shared/files/{file_id}/content", access=Access("vault_shared", "read"))
def shared_content(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, file_id: uuid.UUID
) -> HttpResponseBase:
    """The same, for whoever was granted the entry that the file belongs to."""
    file = files.find(request.client, file_id)
    if not may_read_item(request.client, request.actor.account, file.item):
        raise NotFound
    return arriving.served(request, file, files.path_of(file))
