"""Entries in a form that is newer than this server: kept sealed, counted, and read after the
upgrade that understands them.

It happens where a device took a newer client and the server was set back, or is one of several of
which another is newer. The device keeps the entry as well and goes on offering it; whichever way
it is read first, it is the same response under the same identifier.
"""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from holdfast.core import bulk, clock
from holdfast.core.actor import Actor, system
from holdfast.core.audit.actions import record
from holdfast.core.ids import uuid7
from holdfast.core.problems import FieldError, Invalid, Problem
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures import entries, schemas
from holdfast.sense.measures.models import UnreadEntry
from holdfast.sense.measures.problems import UnsupportedSchema
from holdfast.sense.measures.submission import submit_response

_log = logging.getLogger(__name__)
MOST_CHARACTERS = 1 << 16
#: Entries looked at in one tick of the worker.
BATCH = 100


def keep(*, client: Client, entry_id: uuid.UUID, entry: Mapping[str, Any], by: Actor) -> Problem:
    """Keep an entry, once however often it comes; the problem that tells its device so.

    Raises Invalid for an entry that is too large to be an answer.
    """
    text = _text(entry)
    digest = hashlib.sha256(text.encode()).hexdigest()
    form, now = int(entry["schema"]), clock.now()
    mine = UnreadEntry.objects.filter(
        practice_id=client.practice_id, client_id=client.pk, entry=entry_id, content_digest=digest
    )
    with transaction.atomic():
        one_writer_for(client)
        known = mine.values_list("received_at", flat=True).first()
        if known is None:
            row = UnreadEntry(id=uuid7(), practice_id=client.practice_id, client_id=client.pk,
                              entry=entry_id, schema=form, content_digest=digest,
                              received_at=now)  # fmt: skip
            row.text = text
            bulk.insert_few(UnreadEntry, [bulk.row_of(row)])
            record("keep", "unread_entry", by=by, resource_id=row.pk, client_id=client.pk,
                   practice_id=client.practice_id, detail={"schema": form})  # fmt: skip
            _log.warning("An answer came in form %d, which is newer than this server", form)
    return UnsupportedSchema(
        kept=True, received_at=(known or now).isoformat(), understood=[entries.NEWEST]
    )


def _text(entry: Mapping[str, Any]) -> str:
    try:
        # Escaped to ASCII: also half a surrogate pair is kept as it came.
        text = json.dumps(entry, sort_keys=True)
    except RecursionError:
        text = None
    if text is None or len(text) > MOST_CHARACTERS:
        detail = "An entry of an unknown form is kept up to 64 KiB."
        raise Invalid(errors=(FieldError("schema", "too-large", detail),))
    return text


def waiting() -> int:
    """How many entries are kept and not read, of all practices. One statement."""
    return UnreadEntry.objects.count()


def read_kept(now: datetime) -> int:
    """Read what an upgrade has come to understand; how many responses that gave.

    What is refused then stays, with the reason, for an administrator to ask its person about.
    """
    rows = UnreadEntry.objects.filter(schema__lte=entries.NEWEST, refusal="")
    return sum(map(_read, rows.select_related("client").order_by("received_at")[:BATCH]))


def _read(row: UnreadEntry) -> bool:
    try:
        handed = schemas.HandedIn.model_validate(json.loads(row.text)).root
        if not isinstance(handed, schemas.ResponseIn):
            raise TypeError("an entry that is not newer was read as one that is")
        with transaction.atomic():
            submit_response(
                client=row.client,
                submission=handed.submission(),
                by=system(row.practice_id, label="unread-entry"),
            )
            row.delete()
    except (ValidationError, Problem) as error:
        row.refusal = error.code if isinstance(error, Problem) else Invalid.code
        row.save(update_fields=["refusal"])
        _log.warning("A kept answer of form %d was refused: %s", row.schema, row.refusal)
        return False
    return True
