"""Write what somebody offers and may practise."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid, NotFound, NotPermitted
from holdfast.core.tenancy.models import Membership, Role
from holdfast.meet.matching import keeping
from holdfast.meet.matching.listing import next_revision
from holdfast.meet.matching.models import Licence, Profile


def own_member(practice_id: uuid.UUID, by: Actor) -> Membership:
    """As whom somebody treats people here; of several roles the first in this order."""
    roles = dict(by.memberships)
    for role in (Role.CLINICIAN, Role.PRESCRIBER, Role.SUPERVISOR):
        if role in roles:
            return Membership.objects.get(practice_id=practice_id, pk=roles[role])
    raise NotFound


def save_profile(*, practice_id: uuid.UUID, data: dict[str, Any], by: Actor) -> Profile:
    """Write one's own profile."""
    with transaction.atomic():
        member = own_member(practice_id, by)
        revision = next_revision(practice_id)
        profile, made = Profile.objects.update_or_create(
            membership=member,
            defaults=data | {"practice_id": practice_id, "revision": revision},
        )
        record("create" if made else "update", "clinician_profile", by=by, resource_id=member.pk)
        if profile.listed:
            keeping.keep(profile, clock.now())
    return profile


def save_licence(
    *,
    practice_id: uuid.UUID,
    licence_id: uuid.UUID | None,
    data: dict[str, Any],
    by: Actor,
) -> Licence:
    """Add a licence or change one; what was verified asks for another look. Raises NotFound."""
    with transaction.atomic():
        member = own_member(practice_id, by)
        if data["expires_on"] < clock.now().date():
            raise Invalid(errors=(FieldError("expires_on", "in-past", "It has expired."),))
        rows = _kept(practice_id, member)
        if licence_id is None:
            licence = Licence(practice_id=practice_id, membership=member)
        else:
            licence = rows.select_for_update().filter(pk=licence_id).first() or _missing()
        for name, value in data.items():
            setattr(licence, name, value)
        licence.status, licence.decided_by, licence.decided_at = Licence.Status.PENDING, None, None
        licence.save()
        _changed(practice_id, member.pk)
        action = "create" if licence_id is None else "update"
        record(action, "licence", by=by, resource_id=licence.pk)
    return licence


def remove_licence(*, practice_id: uuid.UUID, licence_id: uuid.UUID, by: Actor) -> None:
    """Its title and number go; that there was one stays, so that none is not taken for "asks for
    none" (`licensing`). Raises NotFound.
    """
    with transaction.atomic():
        member = own_member(practice_id, by)
        licence = _kept(practice_id, member).select_for_update().filter(pk=licence_id).first()
        if licence is None:
            raise NotFound
        licence.title = licence.number = ""
        licence.status, licence.decided_by = Licence.Status.REMOVED, None
        licence.decided_at = clock.now()
        licence.save()
        _changed(practice_id, member.pk)
        record("delete", "licence", by=by, resource_id=licence_id)


def decide_licence(
    *, practice_id: uuid.UUID, licence_id: uuid.UUID, verified: bool, by: Actor
) -> Licence:
    """An administrator has looked at it. Nobody verifies their own. Raises NotFound, Invalid."""
    today = clock.now().date()
    with transaction.atomic():
        rows = Licence.objects.select_for_update(of=("self",)).select_related("membership")
        licence = rows.filter(practice_id=practice_id, pk=licence_id).first()
        if licence is None or licence.status == Licence.Status.REMOVED:
            raise NotFound
        if licence.membership.user_id == by.user_id:
            raise NotPermitted("Somebody else looks at your own licence.")
        if verified and licence.expires_on < today:
            raise Invalid(errors=(FieldError("verified", "expired", "It has expired."),))
        licence.status = Licence.Status.VERIFIED if verified else Licence.Status.REFUSED
        licence.decided_by_id = dict(by.memberships)[Role.ADMINISTRATOR]
        licence.decided_at = clock.now()
        licence.save(update_fields=["status", "decided_by", "decided_at"])
        _changed(practice_id, licence.membership_id)
        action = "verify" if verified else "refuse"
        record(action, "licence", by=by, resource_id=licence.pk)
    return licence


def holds(licence: Licence, today: date) -> bool:
    """Whether somebody may practise by it today."""
    return licence.status == Licence.Status.VERIFIED and licence.expires_on >= today


def _changed(practice_id: uuid.UUID, membership_id: uuid.UUID) -> None:
    revision = next_revision(practice_id)
    Profile.objects.filter(practice_id=practice_id, pk=membership_id).update(revision=revision)


def _kept(practice_id: uuid.UUID, member: Membership) -> QuerySet[Licence]:
    rows = Licence.objects.filter(practice_id=practice_id, membership=member)
    return rows.exclude(status=Licence.Status.REMOVED)


def _missing() -> Licence:
    raise NotFound
