"""What the worker does for calendars: accounts that are due, invitations that were left undone."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import transaction

from holdfast.core import outbound
from holdfast.core.notify import facade as notify
from holdfast.meet.calendars import engine, invitations, sync
from holdfast.meet.calendars.dav import DavFault
from holdfast.meet.calendars.models import CalendarWishes, Item, Source

_log = logging.getLogger(__name__)

EVERY: Final = timedelta(minutes=5)
LONGEST_WAIT: Final = timedelta(hours=6)
#: A claim this old belongs to a process that died.
CLAIM_HOLDS: Final = timedelta(minutes=10)
#: So many failures in a row are told to the account's owner, once.
TELL_AFTER: Final = 3
#: Seconds: a slow server elsewhere must not hold up the rest of the worker, escalation first.
BUDGET: Final = 10.0

_invited: dict[uuid.UUID, datetime] = {}


def synchronise_due(now: datetime) -> int:
    """Bring the accounts that are due up to date; returns how many were tried."""
    started, tried = monotonic(), 0
    due = Source.objects.filter(next_sync_at__lte=now).order_by("next_sync_at")
    for source in due.select_related("membership__user")[:20]:
        if monotonic() - started > BUDGET:
            break
        mine = Source.objects.filter(pk=source.pk, next_sync_at=source.next_sync_at)
        if mine.update(next_sync_at=now + CLAIM_HOLDS):
            tried += 1
            run(source, now)
    return tried


def run(source: Source, now: datetime) -> str:
    """Synchronise one account and write down what came of it; returns the outcome's code."""
    try:
        if source.kind == Source.Kind.CALDAV:
            sync.synchronise(source, now)
        else:
            _read_address(source, now)
        outcome = "ok"
    except DavFault as fault:
        outcome = fault.reason
    except engine.NotACalendar:
        outcome = "not-a-calendar"
    _finish(source, outcome, now)
    return outcome


def _finish(source: Source, outcome: str, now: datetime) -> None:
    failures = 0 if outcome == "ok" else source.failures + 1
    wait = min(EVERY * 2 ** min(failures, 10), LONGEST_WAIT) if failures else EVERY
    values = {"outcome": outcome, "failures": failures, "tried_at": now, "next_sync_at": now + wait}
    if not failures:
        values["synced_at"] = now
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(**values)
        if failures == TELL_AFTER:
            _log.warning("A calendar elsewhere cannot be reached", extra={"fault": outcome})
            notify.send(
                practice_id=source.practice_id,
                recipients=[source.membership.user_id],
                kind="calendar-failed",
                subject_id=source.pk,
                now=now,
            )


def _read_address(source: Source, now: datetime) -> None:
    """A calendar that can only be read. Raises DavFault, NotACalendar."""
    headers = {"Accept": "text/calendar"} | (
        {"If-None-Match": source.state} if source.state else {}
    )
    try:
        answer = outbound.fetch("GET", source.account["url"], headers=headers)
    except outbound.Unreachable as error:
        raise DavFault(error.reason) from error
    if answer.status == 304:
        if source.expanded_until is None or source.expanded_until < now + sync.HORIZON:
            sync.expand(source, now)
        return
    if answer.status in {401, 403}:
        raise DavFault("refused")
    if answer.status != 200:
        raise DavFault(f"status-{answer.status}")
    slim = engine.stripped(answer.body).decode()
    with transaction.atomic():
        source.items.all().delete()
        item = Item(practice_id=source.practice_id, source=source)
        item.content = {"href": "", "etag": "", "ics": slim}
        item.save()
        source.state = answer.headers.get("etag", "")
        source.save(update_fields=["state_sealed"])
        sync.expand(source, now)


def invite_missing(now: datetime) -> int:
    """What a process that was killed left undone; each account every five minutes."""
    looked = 0
    wishing = CalendarWishes.objects.filter(invitations=True).values_list("pk", flat=True)
    for user_id in wishing.order_by("pk"):
        last = _invited.get(user_id)
        if last is not None and last <= now < last + EVERY:
            continue
        if looked == 50:
            break
        looked += 1
        invitations.ahead(user_id, now)
        _invited[user_id] = now
    return looked
