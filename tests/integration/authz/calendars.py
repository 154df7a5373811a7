"""Example accounts of calendars elsewhere, for the authorisation tests."""

from __future__ import annotations

import uuid

from holdfast.core import clock
from holdfast.core.tenancy.models import Membership
from holdfast.meet.calendars.models import Item, Source


def _source(member: Membership) -> Source:
    source = Source(
        practice_id=member.practice_id,
        membership=member,
        kind="caldav",
        created_at=clock.now(),
        next_sync_at=clock.now(),
    )
    source.account = {"url": "https://dav.example.org/", "user": "", "password": "", "name": ""}
    source.save()
    return source


def account(member: Membership) -> uuid.UUID:
    return _source(member).pk


def question(member: Membership) -> uuid.UUID:
    item = Item(
        practice_id=member.practice_id,
        source=_source(member),
        appointment_id=uuid.uuid4(),
        removed_at=clock.now(),
    )
    item.content = {"href": "/x.ics", "etag": "1"}
    item.save()
    return item.pk
