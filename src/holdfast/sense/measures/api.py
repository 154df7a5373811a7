"""Endpoints: answering, what is due, what was answered, and the course of the scores."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import UTC, datetime
from typing import Any

from ninja import Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.instants import Instant
from holdfast.core.problems import FieldError, Invalid
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures import api_instruments as instruments
from holdfast.sense.measures import api_records as records
from holdfast.sense.measures import queries, schemas, submission, unread
from holdfast.sense.measures.progress import progress
from holdfast.sense.measures.prompting import api as prompts
from holdfast.sense.measures.prompting import queries as prompting

router = Router(tags=["measures"])
PERSON = "/practices/{practice_id}/clients/{client_id}"


def _cursor(after: tuple[datetime, uuid.UUID] | None) -> str | None:
    if after is None:
        return None
    micros = round(after[0].timestamp() * 1_000_000)
    raw = micros.to_bytes(8, "big", signed=True) + after[1].bytes
    return base64.urlsafe_b64encode(raw).decode()


def _after(cursor: str) -> tuple[datetime, uuid.UUID] | None:
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor)
        micros = int.from_bytes(raw[:8], "big", signed=True)
        seconds, rest = divmod(micros, 1_000_000)
        at = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
        return at, uuid.UUID(bytes=raw[8:])
    except (binascii.Error, ValueError, OverflowError, OSError):
        raise Invalid(errors=(FieldError("cursor", "cursor", "Not a cursor."),)) from None


@router.post(
    PERSON + "/responses",
    access=Access("response", "write"),
    response={200: schemas.ReceiptOut, 201: schemas.ReceiptOut},
)
def submit_response(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: schemas.HandedIn
) -> Any:
    """Hand in answers under an identifier that the device made (UUIDv7).

    201 the first time, 200 with what was stored when the same is sent again, 409
    `response-conflict` for other content under the same identifier. `schema` is the form of the
    entry: every released one is accepted; one that is newer than this server is kept unread and
    answered with 422 `unsupported-schema`, and the device keeps it too.
    """
    entry = data.root
    if isinstance(entry, schemas.UnreadIn):
        raise unread.keep(
            client=request.client, entry_id=entry.id, entry=entry.as_came(), by=request.actor
        )
    receipt = submission.submit_response(
        client=request.client, submission=entry.submission(), by=request.actor
    )
    return Status(201 if receipt.created else 200, receipt)


@router.get(PERSON + "/responses", access=Access("response", "read"), response=schemas.ResponseList)
def list_responses(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    instrument: str = "",
    since: Instant | None = None,
    until: Instant | None = None,
    cursor: str = "",
) -> Any:
    """Responses with their scores, newest first, a hundred a page."""
    rows, following = queries.responses(
        practice_id,
        client_id,
        instrument=instrument,
        since=since,
        until=until,
        after=_after(cursor),
    )
    return {"items": rows, "next": _cursor(following)}


@router.get(
    PERSON + "/responses/{response_id}",
    access=Access("response", "read"),
    response=schemas.ResponseDetail,
)
def get_response(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, response_id: uuid.UUID
) -> Any:
    """One response with its answers and alerts."""
    return queries.response(practice_id, client_id, response_id)


@router.get(PERSON + "/today", access=Access("today", "read"), response=schemas.TodayOut)
def get_today(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What is due, what is asked in the next two days, what became of open flags, and whether
    somebody is looking now.
    """
    now = clock.now()
    asked = prompting.prompts(request.client, now)
    return {
        "now": now,
        "due": prompting.due(asked),
        "upcoming": prompting.upcoming(asked),
        "open_flags": flags.statuses(practice_id, client_id, only_open=True),
        "monitored": flags.monitored(practice_id, now),
    }


@router.get(PERSON + "/progress", access=Access("progress", "read"), response=schemas.ProgressOut)
def get_progress(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    since: Instant | None = None,
    until: Instant | None = None,
) -> Any:
    """The course of every scale, with bands, change, shift and trend, and what happened beside."""
    return progress(practice_id, client_id, since=since, until=until)


router.add_router("", prompts.router)
router.add_router("", records.router)
router.add_router("", instruments.router)
