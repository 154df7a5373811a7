"""Tell a clinician, wherever they are, that somebody sits in the waiting room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from holdfast.core.notify import facade as notify
from holdfast.meet.encounters import engine
from holdfast.meet.encounters.engine import Visit
from holdfast.meet.encounters.models import Encounter

WAITS: Final = "client-waits"
#: Later than this it is no news any more: the list of visits says it.
NEWS_FOR: Final = timedelta(hours=1)


def tell(row: Encounter, before: Visit, after: Visit, now: datetime) -> None:
    """In the transaction that moves the visit, once for each arrival; taken back once nobody waits.

    Not urgent: a device is not woken in hours that its owner keeps quiet. No name is in it.
    """
    if engine.has_come_to_wait(before, after, now):
        notify.send(
            practice_id=row.practice_id,
            recipients=[row.membership.user_id],
            kind=WAITS,
            subject_id=row.pk,
            now=now,
            expires_at=now + NEWS_FOR,
        )
    elif engine.waits(before) and not engine.waits(after):
        notify.settle(practice_id=row.practice_id, subject_ids=[row.pk], now=now)
