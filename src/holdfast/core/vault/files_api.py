"""Endpoints of sealed files: announced, sent in pieces, fetched with Range, removed."""

from __future__ import annotations

import re
import uuid
from typing import Annotated, Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Schema, Status
from pydantic import Field

from holdfast.core.api import Access, Request, Router
from holdfast.core.problems import NotFound
from holdfast.core.vault import files, files_folder
from holdfast.core.vault.models import SealedFile
from holdfast.core.vault.problems import FileGone
from holdfast.core.vault.schemas import Base64, Hash
from holdfast.core.vault.sharing_queries import may_read_item

router = Router(tags=["vault"])

BASE = "/practices/{practice_id}/clients/{client_id}/vault"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")

Piece = Annotated[bytes, Base64(1, files.MOST_PIECE_BYTES)]


class FileIn(Schema):
    """`item` is the entry that the file belongs to; `sha256` is of the ciphertext."""

    id: uuid.UUID
    item: uuid.UUID
    size: Annotated[int, Field(ge=1, le=files.MOST_FILE_BYTES)]
    sha256: Hash


class PieceIn(Schema):
    offset: Annotated[int, Field(ge=0, le=files.MOST_FILE_BYTES)]
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
    return _served(request, files.find(request.client, file_id))


@router.get(BASE + "/shared/files/{file_id}/content", access=Access("vault_shared", "read"))
def shared_content(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, file_id: uuid.UUID
) -> HttpResponseBase:
    """The same, for whoever was granted the entry that the file belongs to."""
    file = files.find(request.client, file_id)
    if not may_read_item(request.client, request.actor.account, file.item):
        raise NotFound
    return _served(request, file)


def _served(request: Request, file: SealedFile) -> HttpResponseBase:
    path = files.path_of(file)
    if not file.complete or not path.exists():
        raise FileGone
    asked = _range(request.headers.get("Range", ""), file.size)
    if asked is None:
        answer = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{file.size}"
        return answer
    first, last, partial = asked
    served = StreamingHttpResponse(
        files_folder.blocks(path, first, last),
        status=206 if partial else 200,
        content_type="application/octet-stream",
    )
    served["Content-Length"] = str(last - first + 1)
    served["Accept-Ranges"] = "bytes"
    served["Content-Disposition"] = "attachment"
    served["Cache-Control"] = "no-store"
    if partial:
        served["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    return served


def _range(asked: str, size: int) -> tuple[int, int, bool] | None:
    """First and last byte, and whether that is a part; None where there is no such byte.

    One range; anything else is answered with the whole, as RFC 9110 allows.
    """
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found.group(0) == "bytes=-":
        return 0, size - 1, False
    begin, end = found.groups()
    if begin == "":
        length = min(int(end), size)
        return (size - length, size - 1, True) if length else None
    first = int(begin)
    last = min(int(end), size - 1) if end else size - 1
    if first >= size:
        return None
    return (first, last, True) if first <= last else (0, size - 1, False)
