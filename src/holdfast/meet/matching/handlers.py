"""What the directory learns from others."""

from __future__ import annotations

from django.db import transaction

from holdfast.core import clock
from holdfast.core.tenancy.events import CareTeamJoined, CareTeamLeft, MemberSwitchedOff
from holdfast.meet.matching import keeping
from holdfast.meet.matching.listing import next_revision
from holdfast.meet.matching.models import Profile


def keep_room(event: CareTeamJoined | CareTeamLeft) -> None:
    """Somebody has one person more or less."""
    keeping.keep_of(event.practice_id, event.membership_id, clock.now())


def note_change(event: MemberSwitchedOff) -> None:
    """Who can do nothing any more is offered to nobody."""
    with transaction.atomic():
        rows = Profile.objects.filter(practice_id=event.practice_id, pk=event.membership_id)
        if rows.exists():
            rows.update(revision=next_revision(event.practice_id))
