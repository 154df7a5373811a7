"""One account elsewhere, brought up to date in both directions.

The rules, also in docs/how-to/calendars.md:

* An appointment of ours that its clinician **moves** there is moved here, if the time is free and
  ahead. Else it is written back as it was, and the clinician is told.
* One that is **deleted** or marked as cancelled there is not cancelled here: a calendar can be lost
  whole. Its clinician is asked, and until they answer nothing happens to it on either side.
* Other changes there (a title, an alarm) are left alone.
* What others put into that calendar makes its owner busy here, and is never changed there.

The network comes first and writes nothing here; then one transaction takes in what was found.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.notify import facade as notify
from holdfast.core.problems import Problem
from holdfast.core.tenancy.models import Membership
from holdfast.meet.calendars import engine
from holdfast.meet.calendars.bookings import booking, organizer, present
from holdfast.meet.calendars.dav import Changes, Dav, DavFault, Resource, TokenExpired
from holdfast.meet.calendars.models import BusyTime, Item, Source
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import AppointmentView

#: How far ahead others' events block times, and ours are written there.
HORIZON: Final = timedelta(days=180)


@dataclass
class _Ours:
    """One of our appointments, as the calendar has it now."""

    item: Item
    entry: engine.Entry | None


@dataclass
class Pulled:
    """What the server told of."""

    changes: Changes
    resources: list[Resource] = field(default_factory=list)


def dav_of(source: Source) -> Dav:
    account = source.account
    return Dav(account["url"], account["user"], account["password"])


def zone_of(membership: Membership) -> ZoneInfo:
    """Whose clock events without a zone mean: the person's own."""
    return ZoneInfo(membership.user.time_zone)


def synchronise(source: Source, now: datetime) -> None:
    """Both directions. Raises DavFault, NotACalendar."""
    dav = dav_of(source)
    items = {item.content["href"]: item for item in source.items.all()}
    pulled = _pull(dav, source, items)
    _take_in(source, items, pulled, now)
    if source.writes:
        _push(dav, source, now)


def _pull(dav: Dav, source: Source, items: dict[str, Item]) -> Pulled:
    try:
        changes = dav.changes(source.state)
    except TokenExpired:
        changes = dav.changes("")
    changed = [
        href
        for href, etag in changes.etags.items()
        if href not in items or items[href].content["etag"] != etag
    ]
    return Pulled(changes, list(dav.read(changed)))


def _take_in(source: Source, items: dict[str, Item], pulled: Pulled, now: datetime) -> None:
    ours = {view.uid: view for view in _appointments(source, now)}
    gone = set(pulled.changes.gone)
    if pulled.changes.whole:
        gone |= set(items) - set(pulled.changes.etags)
    moved: list[_Ours] = []
    removed: list[Item] = []
    with transaction.atomic():
        foreign = False
        for resource in pulled.resources:
            item = items.get(resource.href)
            if entry := _entry_of_ours(source, resource, item, ours):
                found = _ours(source, resource, item, ours, entry)
                if entry.cancelled:
                    removed.append(found.item)
                else:
                    moved.append(found)
            else:
                foreign |= _keep_foreign(source, resource, item)
        for href in gone & set(items):
            item = items[href]
            if item.appointment_id is None:
                item.delete()
                foreign = True
            else:
                removed.append(item)
        source.state = pulled.changes.token
        source.save(update_fields=["state_sealed"])
        if foreign or source.expanded_until is None or source.expanded_until < now + HORIZON:
            expand(source, now)
        for item in removed:
            _ask(source, item, now)
    for each in moved:
        _follow(source, each, now)


def _appointments(source: Source, now: datetime) -> list[AppointmentView]:
    return scheduling.upcoming(
        source.practice_id, membership_id=source.membership_id, since=now, until=now + HORIZON
    )


def _entry_of_ours(
    source: Source, resource: Resource, item: Item | None, ours: dict[str, AppointmentView]
) -> engine.Entry | None:
    """What the calendar says of an appointment of ours; None of everything else.

    By the row, and by the UID: a process that was killed after it wrote there left no row.
    """
    try:
        entries = engine.read_entries(resource.text, zone_of(source.membership))
    except engine.NotACalendar:
        return None
    known = item is not None and item.appointment_id is not None
    return next((each for each in entries if known or each.uid in ours), None)


def _ours(
    source: Source,
    resource: Resource,
    item: Item | None,
    ours: dict[str, AppointmentView],
    entry: engine.Entry,
) -> _Ours:
    if item is None:
        view = ours[entry.uid]
        item = Item.objects.filter(source=source, appointment_id=view.id).first() or Item(
            practice_id=source.practice_id,
            source=source,
            appointment_id=view.id,
            # Written by a process that did not live to note it.
            sequence=view.sequence,
            starts_at=entry.starts_at,
        )
    item.content = {"href": resource.href, "etag": resource.etag}
    item.save()
    return _Ours(item, entry)


def _keep_foreign(source: Source, resource: Resource, item: Item | None) -> bool:
    try:
        slim = engine.stripped(resource.text).decode()
    except engine.NotACalendar:
        # Somebody's broken event must not stop all the others.
        slim = ""
    item = item or Item(practice_id=source.practice_id, source=source)
    item.content = {"href": resource.href, "etag": resource.etag, "ics": slim}
    item.save()
    return True


def expand(source: Source, now: datetime) -> None:
    """The busy times of an account, worked out anew from what is kept of its events."""
    texts = [item.content.get("ics", "") for item in source.items.filter(appointment_id=None)]
    until = now + HORIZON + timedelta(days=7)
    times = engine.busy_times(
        [text.encode() for text in texts if text],
        zone_of(source.membership),
        now - timedelta(days=1),
        until,
    )
    BusyTime.objects.filter(source=source).delete()
    BusyTime.objects.bulk_create(
        BusyTime(
            practice_id=source.practice_id,
            membership_id=source.membership_id,
            source=source,
            starts_at=begins,
            ends_at=ends,
        )
        for begins, ends in times
    )
    source.expanded_until = until
    source.save(update_fields=["expanded_until"])


def _ask(source: Source, item: Item, now: datetime) -> None:
    """It was taken away there. Asked once; what is over or cancelled here needs no question."""
    view = _view(source, item)
    if view is None or view.status != "booked" or view.starts_at <= now:
        item.delete()
        return
    if item.removed_at is None:
        Item.objects.filter(pk=item.pk).update(removed_at=now)
        _tell(source, "calendar-question", item.appointment_id, now)


def _view(source: Source, item: Item) -> AppointmentView | None:
    if item.appointment_id is None:
        return None
    return present(source.practice_id, item.appointment_id)


def _tell(source: Source, kind: Any, subject: uuid.UUID | None, now: datetime) -> None:
    notify.send(
        practice_id=source.practice_id,
        recipients=[source.membership.user_id],
        kind=kind,
        subject_id=subject,
        now=now,
    )


def _follow(source: Source, each: _Ours, now: datetime) -> None:
    """Moved there: moved here, as its clinician; what cannot be is written back (`_push`)."""
    view, entry = _view(source, each.item), each.entry
    if view is None or entry is None or view.status != "booked":
        return
    if entry.starts_at in {each.item.starts_at, view.starts_at}:
        return
    by = Actor(
        source.membership.user_id,
        source.practice_id,
        ((source.membership.role, source.membership_id),),
        "calendar",
    )
    try:
        scheduling.reschedule(
            source.practice_id, view.id, starts_at=entry.starts_at, by=by, sequence=view.sequence
        )
    except Problem:
        # Written back at once: a sequence that we never wrote makes it due.
        Item.objects.filter(pk=each.item.pk).update(sequence=view.sequence, starts_at=None)
        _tell(source, "calendar-refused", view.id, now)


def _push(dav: Dav, source: Source, now: datetime) -> None:
    """Write what is new or changed here, and take away what was cancelled."""
    rows = source.items.filter(appointment_id__isnull=False)
    items = {item.appointment_id: item for item in rows}
    for view in _appointments(source, now):
        item = items.pop(view.id, None)
        if view.status == "booked":
            if item is None:
                _write_new(dav, source, view, now)
            elif item.removed_at is None and (
                item.sequence < view.sequence or item.starts_at is None
            ):
                _write(dav, source, item, view, now)
        elif item is not None:
            _take_away(dav, item)
    for item in items.values():
        left = _view(source, item)
        if left is None or left.status == "cancelled":
            _take_away(dav, item)


def _text(source: Source, view: AppointmentView, now: datetime) -> bytes:
    language = source.membership.user.language
    found = booking(view, language, detailed=True, for_staff=True)
    return engine.event(found, organizer(), now)


def _write_new(dav: Dav, source: Source, view: AppointmentView, now: datetime) -> None:
    href = dav.href_of(f"{view.id}.ics")
    etag = dav.put(href, _text(source, view, now), "")
    if etag is None:
        return  # It is there already: a killed process wrote it, and the next round finds it.
    item = Item(
        practice_id=source.practice_id,
        source=source,
        appointment_id=view.id,
        sequence=view.sequence,
        starts_at=view.starts_at,
    )
    item.content = {"href": href, "etag": etag}
    item.save()


def _write(dav: Dav, source: Source, item: Item, view: AppointmentView, now: datetime) -> None:
    etag = dav.put(item.content["href"], _text(source, view, now), item.content["etag"])
    if etag is None:
        return  # Changed there meanwhile: the next round reads that first.
    item.content = {"href": item.content["href"], "etag": etag}
    item.sequence, item.starts_at = view.sequence, view.starts_at
    item.save()


def _take_away(dav: Dav, item: Item) -> None:
    if item.removed_at is not None or dav.delete(item.content["href"], ""):
        item.delete()


def forget(source: Source) -> None:
    """Take ours away from there, as far as it answers, and everything that is kept of it here."""
    try:
        if source.writes:
            dav = dav_of(source)
            for item in source.items.filter(appointment_id__isnull=False, removed_at=None):
                dav.delete(item.content["href"], "")
    except DavFault:
        pass  # A server that is away must not keep anybody from leaving it.
    source.delete()


def decide(item: Item, decision: str, *, by: Actor, now: datetime) -> None:
    """The answer to a question: `cancel` the appointment, or `restore` it there."""
    if decision == "cancel" and item.appointment_id is not None:
        scheduling.cancel(item.practice_id, item.appointment_id, by=by)
    item.delete()
    Source.objects.filter(pk=item.source_id).update(next_sync_at=now)
