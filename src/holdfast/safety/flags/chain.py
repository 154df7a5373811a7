"""Who is on call, and whom to tell."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from holdfast.core.authz.relationships import active_on
from holdfast.core.notify import facade as notify
from holdfast.core.notify.kinds import StaffKind
from holdfast.core.tenancy.models import CLINICAL_ROLES, CareTeamMember, Membership, OnCall, Role
from holdfast.safety.flags import engine
from holdfast.safety.flags.models import Flag, FlagEvent

Entry = tuple[int, uuid.UUID]

#: Kinds of notification; the words are the client's.
RAISED: Final = "flag-raised"
LEVEL_RAISED: Final = "flag-level-raised"
ESCALATED: Final = "flag-escalated"
ASSIGNED: Final = "flag-assigned"
EXHAUSTED: Final = "flag-chain-exhausted"
WITHDRAWN: Final = "flag-withdrawn"


#: Steps by which a flag comes to somebody.
CAME = (
    FlagEvent.Kind.RAISED,
    FlagEvent.Kind.REPEATED,
    FlagEvent.Kind.LEVEL_RAISED,
    FlagEvent.Kind.ESCALATED,
    FlagEvent.Kind.ASSIGNED,
)


def came_to(
    practice_id: uuid.UUID, memberships: Iterable[uuid.UUID]
) -> QuerySet[FlagEvent, uuid.UUID]:
    """The flags that have come to one of these people, first or later, as a subquery of ids."""
    return FlagEvent.objects.filter(
        practice_id=practice_id, kind__in=CAME, to_id__in=list(memberships)
    ).values_list("flag_id", flat=True)


def next_on_call(flag: Flag, order: list[Entry]) -> Entry | None:
    """Who comes next by the flag's history; see the engine. One statement."""
    steps = FlagEvent.objects.filter(
        practice_id=flag.practice_id, flag=flag, kind__in=CAME, to_id__isnull=False
    )
    rows = steps.order_by("id").values_list("to_id", "detail")
    return engine.next_on_call(order, [(to, "from_the_top" in detail) for to, detail in rows])


def on_call(practice_id: uuid.UUID) -> list[Entry]:
    """(position, membership) of everybody on call who is active, in order. One statement."""
    rows = OnCall.objects.filter(practice_id=practice_id, membership__active=True)
    return list(rows.order_by("position").values_list("position", "membership_id"))


def treating_clinicians(
    practice_id: uuid.UUID, client_id: uuid.UUID, now: datetime
) -> list[uuid.UUID]:
    """Active clinical members of the client's care team, the primary one first (of several, whoever
    began last). One statement.
    """
    rows = CareTeamMember.objects.filter(
        active_on(now.date()),
        practice_id=practice_id,
        client_id=client_id,
        membership__active=True,
        membership__role__in=CLINICAL_ROLES,
    )
    ordered = rows.order_by("-primary", "-starts_on", "-id")
    return list(dict.fromkeys(ordered.values_list("membership_id", flat=True)))


def administrators(practice_id: uuid.UUID) -> list[uuid.UUID]:
    """Active administrators. One statement."""
    rows = Membership.objects.filter(practice_id=practice_id, role=Role.ADMINISTRATOR, active=True)
    return list(rows.values_list("id", flat=True))


def _accounts(
    practice_id: uuid.UUID, memberships: Iterable[uuid.UUID | None]
) -> dict[uuid.UUID, uuid.UUID]:
    """The accounts behind active memberships, each with one of them. One statement."""
    ids = {one for one in memberships if one is not None}
    rows = Membership.objects.filter(pk__in=ids, practice_id=practice_id, active=True)
    found = sorted(rows.values_list("id", "user_id"), reverse=True)
    return {account: membership for membership, account in found}


def tell_of_withdrawal(
    practice_id: uuid.UUID, memberships: Iterable[uuid.UUID | None], now: datetime
) -> None:
    """Notify these people that a flag is gone with its person. It names neither."""
    by_user = _accounts(practice_id, memberships)
    if by_user:
        notify.send(practice_id=practice_id, recipients=list(by_user), kind=WITHDRAWN, now=now)


def tell(
    flag: Flag, kind: StaffKind, memberships: Iterable[uuid.UUID | None], now: datetime
) -> None:
    """Notify these people of the flag, each account once, and write that into its history."""
    by_user = _accounts(flag.practice_id, memberships)
    if not by_user:
        return
    notify.send(
        practice_id=flag.practice_id,
        recipients=list(by_user),
        kind=kind,
        subject_id=flag.pk,
        now=now,
        urgent=True,
    )
    FlagEvent.objects.bulk_create(
        FlagEvent(
            practice_id=flag.practice_id,
            flag=flag,
            at=now,
            kind=FlagEvent.Kind.NOTIFIED,
            to_id=membership,
            detail={"kind": kind},
        )
        for membership in by_user.values()
    )
