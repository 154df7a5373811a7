"""Note who read what. Reading comes first: a clinician must find the telephone number."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from typing import Any

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.faults import dispensable

#: The action of looking at a list, and where its entry's detail names the people.
LIST, PEOPLE = "list", "people"

_log = logging.getLogger(__name__)


def note_reading(
    action: str,
    resource: str,
    *,
    by: Actor,
    client_id: uuid.UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append a reading to the audit trail; where there is no room for it, to the log instead.

    Not for an export, which is refused when it cannot be recorded.
    """
    noted = False
    with dispensable():
        record(
            action,
            resource,
            by=by,
            resource_id=client_id or "",
            client_id=client_id,
            detail=detail,
        )
        noted = True
    if not noted:
        _log.critical(
            "a reading is not in the audit trail",
            extra={
                "practice": str(by.practice_id),
                "by": str(by.user_id),
                "resource": resource,
                "resource_id": str(client_id or ""),
            },
        )


def note_list(resource: str, *, by: Actor, people: Iterable[uuid.UUID]) -> None:
    """Note whom a page of a list showed: one entry, and none for an empty page.

    Each of them finds it in their own access log.
    """
    shown = sorted({str(one) for one in people})
    if shown:
        note_reading(LIST, resource, by=by, detail={PEOPLE: shown})
