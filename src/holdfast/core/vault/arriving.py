"""Sealed files that arrive in pieces: what a person's own and those of a thread have in common.

The server cannot look into them and does not try: no type is guessed, no picture opened.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from holdfast.core.problems import NotFound
from holdfast.core.vault import files_folder
from holdfast.core.vault.problems import FileGone, PieceOutOfPlace, Refused

#: Of one file, sealed: a picture as the client makes it smaller has less than a tenth of it.
MOST_FILE_BYTES = 32 * 1024 * 1024
#: Of one piece.
MOST_PIECE_BYTES = 1024 * 1024
#: What was announced and never came whole does not count for ever.
GIVEN_UP_AFTER = timedelta(days=30)

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class ArrivingFile(models.Model):
    """`received` counts the bytes that are safely there; it is served when it is `complete`."""

    id = models.UUIDField(primary_key=True, editable=False)
    size = models.PositiveBigIntegerField()
    #: Of the ciphertext.
    sha256 = models.BinaryField(max_length=32)
    received = models.PositiveBigIntegerField(default=0)
    complete = models.BooleanField(default=False)
    begun_at = models.DateTimeField()

    class Meta:
        abstract = True


def received(file: ArrivingFile, path: Path) -> int:
    """Where to go on: what the row says, unless the disk has less (after a restore)."""
    if file.complete:
        return file.size
    return min(file.received, files_folder.arrived(path))


def append(file: ArrivingFile, path: Path, offset: int, data: bytes) -> None:
    """Keep the piece that begins at `offset`; one that arrived before may come again.

    On the disk first and in the row after: a process killed between the two takes it once more.
    Raises `PieceOutOfPlace`, and `Refused` where the whole is not what was announced.
    """
    if file.complete:
        return
    there = received(file, path)
    if offset > there:
        raise PieceOutOfPlace(received=there)
    if offset + len(data) > file.size:
        raise Refused
    files_folder.write_at(path, offset, data)
    file.received = offset + len(data)
    whole = file.received == file.size
    file.complete = whole and files_folder.finish(path, bytes(file.sha256))
    if whole and not file.complete:
        file.received = 0
    rows = type(file)._default_manager.filter(pk=file.pk)
    if not rows.update(received=file.received, complete=file.complete):
        # Removed meanwhile, with what it belongs to.
        files_folder.remove(path)
        raise NotFound
    if whole and not file.complete:
        raise Refused


def served(request: HttpRequest, file: ArrivingFile, path: Path) -> HttpResponseBase:
    """The ciphertext, or the part of it that a Range header asks for. Raises `FileGone`."""
    if not file.complete or not path.exists():
        raise FileGone
    asked = _range(request.headers.get("Range", ""), file.size)
    if asked is None:
        answer = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{file.size}"
        return answer
    first, last, partial = asked
    answered = StreamingHttpResponse(
        files_folder.blocks(path, first, last),
        status=206 if partial else 200,
        content_type="application/octet-stream",
    )
    answered["Content-Length"] = str(last - first + 1)
    answered["Accept-Ranges"] = "bytes"
    answered["Content-Disposition"] = "attachment"
    answered["Cache-Control"] = "no-store"
    if partial:
        answered["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    return answered


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
