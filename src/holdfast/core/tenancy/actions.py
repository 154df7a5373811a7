"""Every change to a practice, its people and its clients' records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from holdfast.core import clock, events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import Conflict, FieldError, Invalid, NotFound
from holdfast.core.tenancy import invitations, readiness
from holdfast.core.tenancy.events import (
    CareTeamJoined,
    CareTeamLeft,
    MemberSwitchedOff,
    TimeZoneChanged,
)
from holdfast.core.tenancy.hours import OpenHours
from holdfast.core.tenancy.models import (
    CLINICAL_ROLES,
    STAFF_ROLES,
    CareTeamMember,
    Client,
    Closure,
    Membership,
    MonitoredHours,
    OnCall,
    Practice,
    Role,
    Supervision,
)

#: A link to be an administrator is worth more than others and is used soon.
ADMINISTRATOR_LINK_VALID_FOR = timedelta(days=7)


class LastAdministrator(Conflict):
    code = "last-administrator"
    title = "A practice cannot be without an administrator."


class AlreadyThere(Conflict):
    code = "already-there"
    title = "This is recorded already."


def _free_slug(name: str) -> str:
    base = slugify(name)[:60] or "practice"
    taken = set(Practice.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)


def create_practice(
    *,
    name: str,
    time_zone: str,
    countries: list[str],
    by: Actor,
    kind: str = Practice.Kind.LIVE,
    slug: str = "",
) -> Practice:
    """A practice in preparation. Raises `Invalid` for a zone or a country that does not exist."""
    check_zone(time_zone)
    for country in countries:
        if len(country) != 2 or not country.isascii() or not country.isupper():
            raise Invalid(errors=(FieldError("countries", "country", "Two capital letters."),))
    with transaction.atomic():
        practice = Practice.objects.create(
            name=name,
            slug=slug or _free_slug(name),
            kind=kind,
            time_zone=time_zone,
            countries=countries,
            created_at=clock.now(),
        )
        record("create", "practice", by=by, practice_id=practice.pk, resource_id=practice.pk)
    return practice


def invite_administrator(practice: Practice, *, by: Actor, email: str = "") -> str:
    """A one-time link that makes whoever opens it an administrator."""
    issued = invitations.invite(
        practice,
        Role.ADMINISTRATOR,
        by=by,
        email=email,
        valid_for=ADMINISTRATOR_LINK_VALID_FOR,
    )
    return issued.link


def check_zone(name: str) -> None:
    from zoneinfo import available_timezones

    if name not in available_timezones():
        raise Invalid(errors=(FieldError("time_zone", "time-zone-unknown", "An IANA name."),))


def change_practice(practice: Practice, changes: dict[str, Any], *, by: Actor) -> Practice:
    """Change settings; `changes` maps field names to new values."""
    if "time_zone" in changes:
        check_zone(changes["time_zone"])
    with readiness.kept(practice):
        for field, value in changes.items():
            setattr(practice, field, value)
        practice.save(update_fields=list(changes))
        record(
            "change",
            "practice",
            by=by,
            resource_id=practice.pk,
            detail={"fields": sorted(changes)},
        )
    return practice


def change_member(member: Membership, changes: dict[str, Any], *, by: Actor) -> Membership:
    """Rename, deactivate or reactivate someone of the staff."""
    with readiness.kept(member.practice):
        for field, value in changes.items():
            setattr(member, field, value)
        member.save(update_fields=list(changes))
        administrators = Membership.objects.filter(
            practice_id=member.practice_id, role=Role.ADMINISTRATOR, active=True
        )
        if not administrators.exists():
            raise LastAdministrator
        if not member.active:
            invitations.revoke_made_by(member.practice, member.user_id)
            events.publish(MemberSwitchedOff(member.practice_id, member.pk))
        record(
            "change",
            "membership",
            by=by,
            resource_id=member.pk,
            detail={"fields": sorted(changes), "active": member.active},
        )
    return member


def staff_member(practice: Practice, membership_id: uuid.UUID) -> Membership:
    """Someone of the practice's staff; `NotFound` for clients and for other practices' people."""
    found = (
        Membership.objects.select_related("practice", "user")
        .filter(practice=practice, pk=membership_id, role__in=STAFF_ROLES)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def clinicians_of(practice: Practice, ids: Iterable[uuid.UUID], field: str) -> list[Membership]:
    """Active clinical members in the order given; `Invalid` names the field that holds others."""
    wanted = list(ids)
    rows = Membership.objects.filter(
        practice=practice, pk__in=wanted, active=True, role__in=CLINICAL_ROLES
    )
    found = {row.pk: row for row in rows}
    if len(found) != len(wanted):
        raise Invalid(
            errors=(FieldError(field, "membership", "Active clinicians of this practice, once."),)
        )
    return [found[pk] for pk in wanted]


def set_monitored_hours(
    practice: Practice,
    hours: list[OpenHours],
    closures: list[tuple[date, str]],
    *,
    by: Actor,
) -> None:
    """Replace the week and the closed days."""
    with readiness.kept(practice):
        MonitoredHours.objects.filter(practice=practice).delete()
        Closure.objects.filter(practice=practice).delete()
        MonitoredHours.objects.bulk_create(
            MonitoredHours(
                practice=practice, weekday=row.weekday, opens=row.opens, closes=row.closes
            )
            for row in hours
        )
        Closure.objects.bulk_create(
            Closure(practice=practice, on=on, reason=reason)
            for on, reason in dict(closures).items()
        )
        record(
            "change",
            "monitored_hours",
            by=by,
            detail={"intervals": len(hours), "closures": len(closures)},
        )


def set_on_call(
    practice: Practice,
    membership_ids: list[uuid.UUID],
    end_of_chain: dict[str, str],
    *,
    by: Actor,
) -> None:
    """Replace the order in which flags go from person to person, and its written end."""
    with readiness.kept(practice):
        members = clinicians_of(practice, membership_ids, "entries")
        OnCall.objects.filter(practice=practice).delete()
        OnCall.objects.bulk_create(
            OnCall(practice=practice, position=position, membership=member)
            for position, member in enumerate(members, start=1)
        )
        practice.end_of_chain_name = end_of_chain["name"]
        practice.end_of_chain_phone = end_of_chain["phone"]
        practice.end_of_chain_instructions = end_of_chain["instructions"]
        practice.save(
            update_fields=[
                "end_of_chain_name",
                "end_of_chain_phone",
                "end_of_chain_instructions",
            ]
        )
        record("change", "on_call", by=by, detail={"entries": [str(m.pk) for m in members]})


def add_supervision(
    practice: Practice,
    supervisor_id: uuid.UUID,
    supervisee_id: uuid.UUID,
    *,
    cosigns: bool = False,
    by: Actor,
) -> Supervision:
    """Let a supervisor read what a colleague's care teams read, and co-sign their notes."""
    supervisor = staff_member(practice, supervisor_id)
    supervisee = staff_member(practice, supervisee_id)
    if supervisor.role != Role.SUPERVISOR or supervisee.role not in CLINICAL_ROLES:
        raise Invalid(
            errors=(FieldError("supervisor_id", "role", "A supervisor and a clinician."),)
        )
    with transaction.atomic():
        made, created = Supervision.objects.get_or_create(
            practice=practice,
            supervisor=supervisor,
            supervisee=supervisee,
            defaults={"cosigns": cosigns},
        )
        if not created:
            raise AlreadyThere
        record("create", "supervision", by=by, resource_id=made.pk)
    return made


def change_supervision(supervision: Supervision, *, cosigns: bool, by: Actor) -> None:
    """Whether the supervisor co-signs what the supervisee signs from now on."""
    with transaction.atomic():
        supervision.cosigns = cosigns
        supervision.save(update_fields=["cosigns"])
        detail = {"cosigns": cosigns}
        record("change", "supervision", by=by, resource_id=supervision.pk, detail=detail)


def end_supervision(supervision: Supervision, *, by: Actor) -> None:
    with transaction.atomic():
        record("delete", "supervision", by=by, resource_id=supervision.pk)
        supervision.delete()


def create_client(practice: Practice, values: dict[str, Any], *, by: Actor) -> Client:
    """A record for someone without an account. Its maker, if clinical, is its care team."""
    if not practice.admits_clients:
        raise invitations.PracticeNotLive
    external_id = values.get("external_id", "")
    known = Client.objects.filter(practice=practice, external_id=external_id)
    if external_id and known.exists():
        raise AlreadyThere
    with transaction.atomic():
        client = Client(
            practice=practice,
            external_id=external_id,
            country=values.get("country") or practice.country,
            language=values.get("language") or "en",
            time_zone=values.get("time_zone") or practice.time_zone,
            joined_at=clock.now(),
        )
        client.display_name = values["display_name"]
        _set_contact(client, values)
        client.save()
        record("create", "client", by=by, resource_id=client.pk, client_id=client.pk)
        for role, membership_id in by.memberships:
            if role in CLINICAL_ROLES - {Role.SUPERVISOR}:
                member = staff_member(practice, membership_id)
                join_care_team(client, member, purpose="treatment", primary=True, by=by)
                break
    return client


def _set_contact(client: Client, values: dict[str, Any]) -> None:
    kept: dict[str, Any] = {"phone": "", "email": "", "emergency_contact": None}
    kept |= client.contact or {}
    kept |= {key: values[key] for key in kept if key in values}
    client.contact = kept
    client.reachable = bool(kept["phone"] or kept["email"])


def change_client(client: Client, changes: dict[str, Any], *, by: Actor) -> Client:
    """Change a record's details. Only the names of what changed are written down."""
    if "time_zone" in changes:
        check_zone(changes["time_zone"])
    before = client.time_zone
    with transaction.atomic():
        for field in ("display_name", "country", "language", "time_zone", "sex"):
            if field in changes:
                setattr(client, field, changes[field])
        if "current_location" in changes:
            client.current_location = changes["current_location"] or None
            client.located_at = clock.now() if changes["current_location"] else None
        _set_contact(client, changes)
        client.save()
        record(
            "change",
            "client",
            by=by,
            resource_id=client.pk,
            client_id=client.pk,
            detail={"fields": sorted(changes)},
        )
        if client.time_zone != before:
            events.publish(TimeZoneChanged(client.practice_id, client.pk))
    return client


def _team_dates(
    practice: Practice, starts_on: date | None, ends_on: date | None
) -> tuple[date, date | None]:
    """From when until when, today where nothing is said. Raises `Invalid` for what is past.

    What was is not written afterwards: who could read what, and when, is history.
    """
    now = clock.now()
    today = now.date()
    here = now.astimezone(ZoneInfo(practice.time_zone)).date()
    # Who says "today" means at once, also where the practice's day has begun before UTC's.
    start = today if starts_on is None or starts_on == here else starts_on
    if start < min(today, here):
        raise Invalid(errors=(FieldError("starts_on", "in-past", "Today or later."),))
    if ends_on is not None and ends_on < start:
        raise Invalid(errors=(FieldError("ends_on", "before-start", "Not before the first day."),))
    return start, ends_on


def join_care_team(
    client: Client,
    member: Membership,
    *,
    purpose: str,
    primary: bool,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Actor,
) -> CareTeamMember:
    """Put someone on the team, from today or a day ahead, until a day (the last one) or for good.

    There is one primary member at a time: of several, whoever began last. Raises `AlreadyThere`
    where the same person is on the team on one of these days.
    """
    if member.role not in CLINICAL_ROLES or not member.active:
        raise Invalid(errors=(FieldError("membership_id", "role", "An active clinician."),))
    start, ends_on = _team_dates(client.practice, starts_on, ends_on)
    with transaction.atomic():
        meanwhile = CareTeamMember.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=start), practice_id=client.practice_id, client=client
        )
        if ends_on is not None:
            meanwhile = meanwhile.filter(starts_on__lte=ends_on)
        if meanwhile.filter(membership=member).exists():
            raise AlreadyThere
        if primary:
            # Whoever is primary today stays so until a later one begins.
            meanwhile.filter(starts_on=start).update(primary=False)
        entry = CareTeamMember.objects.create(
            practice_id=client.practice_id,
            client=client,
            membership=member,
            purpose=purpose,
            primary=primary,
            starts_on=start,
            ends_on=ends_on,
        )
        record(
            "join",
            "care_team",
            by=by,
            resource_id=entry.pk,
            client_id=client.pk,
            detail={
                "membership": str(member.pk),
                "purpose": purpose,
                "starts_on": start.isoformat(),
                "ends_on": ends_on.isoformat() if ends_on else None,
            },
        )
        events.publish(CareTeamJoined(client.practice_id, client.pk, member.pk))
    return entry


def leave_care_team(
    entry: CareTeamMember, *, by: Actor, successor: Membership | None = None
) -> None:
    """End a membership of the team at once, or one that has not begun. A day that it never
    outlasted leaves no row; what has ended stays as it was. `successor` took over.
    """
    yesterday = clock.now().date() - timedelta(days=1)
    if entry.ends_on is not None and entry.ends_on <= yesterday:
        return
    with transaction.atomic():
        record(
            "leave",
            "care_team",
            by=by,
            resource_id=entry.pk,
            client_id=entry.client_id,
            detail={"membership": str(entry.membership_id)},
        )
        if entry.starts_on > yesterday:
            entry.delete()
        else:
            entry.ends_on = yesterday
            entry.save(update_fields=["ends_on"])
        to = successor.pk if successor else None
        events.publish(CareTeamLeft(entry.practice_id, entry.client_id, entry.membership_id, to))
