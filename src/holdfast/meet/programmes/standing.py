"""Who belongs to a programme's thread now, and under which name: what `meet.messages` asks."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection

from holdfast.meet.messages.facade import Group
from holdfast.meet.programmes import engine
from holdfast.meet.programmes.models import Enrolment, Facilitator, Programme

_State = Enrolment.State
#: Those who take up a place.
PLACED = (_State.ACCEPTED, _State.MEMBER)
#: Those who were ever of the group: their messages keep their name.
BELONGED = (_State.MEMBER, _State.FINISHED, _State.LEFT, _State.REMOVED)


def find(practice_id: uuid.UUID, threads: Collection[uuid.UUID]) -> dict[uuid.UUID, Group]:
    """The groups of these threads. Three statements where there is one, else one."""
    rows = Programme.objects.filter(practice_id=practice_id, thread_id__in=threads)
    return {row.thread_id: group for row, group in _groups(list(rows)) if row.thread_id}


def group_of(programme: Programme) -> Group:
    """The same of one programme, also before its thread is open. Two statements."""
    [(_, group)] = _groups([programme])
    return group


def _groups(programmes: list[Programme]) -> list[tuple[Programme, Group]]:
    if not programmes:
        return []
    leading: dict[uuid.UUID, list[Facilitator]] = defaultdict(list)
    rows = Facilitator.objects.filter(programme__in=programmes).select_related("membership")
    for one in rows:
        leading[one.programme_id].append(one)
    people: dict[uuid.UUID, list[Enrolment]] = defaultdict(list)
    ever = Enrolment.objects.filter(programme__in=programmes, joined_at__isnull=False)
    for each in ever.select_related("client").order_by("joined_at", "id"):
        people[each.programme_id].append(each)
    return [(row, _group(row, leading[row.pk], people[row.pk])) for row in programmes]


def _group(programme: Programme, leading: list[Facilitator], people: list[Enrolment]) -> Group:
    """Who leads comes first, so that nobody gets their name by choosing it."""
    leads = [
        (one.membership.user_id, one.membership.display_name)
        for one in leading
        if one.membership.active
    ]
    accounts = [(each.client.user_id, each) for each in people]
    names = [(user, each.called) for user, each in accounts if user is not None and each.called]
    here = {user: each for user, each in accounts if user is not None and belongs(programme, each)}
    return Group(
        title=programme.title,
        may=frozenset({user for user, _ in leads} | here.keys()),
        shut_out=frozenset(user for user, each in here.items() if not reads(programme, each)),
        moderators=frozenset(user for user, _ in leads),
        called=engine.distinct(dict(leads + names).items()),
    )


def belongs(programme: Programme, each: Enrolment) -> bool:
    """Whether they keep their place in the thread: members, and after the end those who stay or
    have not said yet.
    """
    if programme.state == Programme.State.RUNNING:
        return each.state == _State.MEMBER
    return programme.state == Programme.State.COMMUNITY and each.state == _State.FINISHED


def reads(programme: Programme, each: Enrolment) -> bool:
    """Whether they are handed what is in it: the rules as they are now are agreed to, and of a
    community it was said that they stay.
    """
    agreed = each.agreed_version == programme.rules_version
    stays = each.stays or programme.state != Programme.State.COMMUNITY
    return belongs(programme, each) and agreed and stays
