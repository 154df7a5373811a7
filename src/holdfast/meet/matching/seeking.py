"""From what a person looks for to somebody who treats them: intake, choosing, asking, leaving."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.authz.relationships import active_on
from holdfast.core.notify import facade as notify
from holdfast.core.problems import NotFound
from holdfast.core.tenancy import actions as tenancy
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership
from holdfast.meet.matching import listing, queries
from holdfast.meet.matching.models import Enquiry, Intake, Profile, Waiting
from holdfast.meet.matching.problems import (
    AsksFirst,
    EnoughAsked,
    EnquiryOver,
    IntakeMissing,
    NoLongerFree,
)
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.engine.schedule import Once, Rule

#: People who may be asked at the same time: more would wait for an answer that is not needed.
MOST_ASKED: Final = 3
#: After so many days without an answer an enquiry lapses, and the person is told.
LAPSES_AFTER: Final = timedelta(days=7)
SENT: Final = "enquiry-sent"
ACCEPTED: Final = "enquiry-accepted"
NOT_ACCEPTED: Final = "enquiry-not-accepted"
LEFT: Final = "client-left"
FITS_NOW: Final = "match-possible"


def save_wishes(client: Client, wishes: dict[str, Any], *, by: Actor) -> Intake:
    """Write down what the person looks for; whom they left stays left."""
    with transaction.atomic():
        one_writer_for(client)
        intake = Intake.objects.filter(client=client).first()
        if intake is None:
            intake = Intake(client=client, practice_id=client.practice_id)
        left = (intake.wishes or {}).get("not_with", [])
        intake.wishes = wishes | {"not_with": left}
        intake.changed_at = clock.now()
        intake.save()
        record("update", "intake", by=by, resource_id=client.pk, client_id=client.pk)
    return intake


def ask_baseline(client: Client, *, by: Actor) -> uuid.UUID:
    """The questionnaire that comes before anybody is suggested, to be answered now: its assignment.

    One that is asked already is not asked twice.
    """
    now = clock.now()
    with transaction.atomic():
        one_writer_for(client)
        for prompt in measures.due_now(client, now):
            if prompt.instrument == queries.BASELINE:
                return prompt.assignment_id
        today = now.astimezone(ZoneInfo(client.time_zone)).date()
        rule = Rule(when=Once(), starts_on=today)
        return measures.assign(client, instrument=queries.BASELINE, rule=rule, by=by)


def forget_left(client: Client, *, by: Actor) -> None:
    """Suggest again whom the person left. Raises IntakeMissing."""
    with transaction.atomic():
        one_writer_for(client)
        intake = _intake(client)
        intake.wishes = (intake.wishes or {}) | {"not_with": []}
        intake.save(update_fields=["wishes_sealed"])
        record("update", "intake", by=by, resource_id=client.pk, client_id=client.pk)


def _intake(client: Client) -> Intake:
    found = Intake.objects.filter(client=client).first()
    if found is None:
        raise IntakeMissing
    return found


def _still_fits(client: Client, membership_id: uuid.UUID, now: datetime) -> Profile:
    """The profile of somebody who keeps every limit now. Raises what stands in the way."""
    rows = Profile.objects.filter(practice_id=client.practice_id, pk=membership_id, listed=True)
    profile = rows.select_related("membership").first()
    if profile is None:
        raise NotFound
    wishes = queries.ready_wishes(client, now)
    if not listing.directory(client.practice_id).fits(membership_id, wishes, now):
        raise NoLongerFree
    return profile


def choose(client: Client, membership_id: uuid.UUID, *, by: Actor) -> CareTeamMember:
    """Begin with somebody who may be chosen at once. Chosen again it is answered with what stands.

    Raises NotFound, NoLongerFree, AsksFirst and what keeps anybody from being suggested.
    """
    now = clock.now()
    with transaction.atomic():
        one_writer_for(client)
        there = _treats(client, membership_id, now)
        if there is not None:
            return there
        profile = _still_fits(client, membership_id, now)
        if profile.booking != Profile.Booking.DIRECT:
            raise AsksFirst
        return _begin(client, profile.membership, by=by, now=now)


def _treats(client: Client, membership_id: uuid.UUID, now: datetime) -> CareTeamMember | None:
    rows = CareTeamMember.objects.filter(
        active_on(now.date()), practice_id=client.practice_id, client=client
    )
    return rows.filter(membership_id=membership_id).first()


def _begin(client: Client, member: Membership, *, by: Actor, now: datetime) -> CareTeamMember:
    """Put them on the care team, first where nobody is; waiting and other enquiries end."""
    nobody = not CareTeamMember.objects.filter(
        active_on(now.date()), practice_id=client.practice_id, client=client, primary=True
    ).exists()
    entry = tenancy.join_care_team(
        client, member, purpose=CareTeamMember.Purpose.TREATMENT, primary=nobody, by=by
    )
    own = {"practice_id": client.practice_id, "client": client}
    Enquiry.objects.filter(**own, status=Enquiry.Status.SENT).exclude(membership=member).update(
        status=Enquiry.Status.WITHDRAWN, answered_at=now
    )
    Waiting.objects.filter(**own, ended_at=None).update(ended_at=now, matched=True)
    return entry


def leave(client: Client, membership_id: uuid.UUID, *, by: Actor) -> None:
    """The person goes on without somebody, and says to nobody why. Raises NotFound."""
    now = clock.now()
    with transaction.atomic():
        one_writer_for(client)
        entry = _treats(client, membership_id, now)
        if entry is None or entry.purpose != CareTeamMember.Purpose.TREATMENT:
            raise NotFound
        tenancy.leave_care_team(entry, by=by)
        notify.send(
            practice_id=client.practice_id,
            recipients=[entry.membership.user_id],
            kind=LEFT,
            now=now,
        )
        intake = Intake.objects.filter(client=client).first()
        if intake is not None:
            wishes = intake.wishes or {}
            left = sorted({*wishes.get("not_with", []), str(membership_id)})
            intake.wishes = wishes | {"not_with": left}
            intake.save(update_fields=["wishes_sealed"])


def ask(client: Client, membership_id: uuid.UUID, *, by: Actor) -> Enquiry:
    """Ask somebody to take the person on; while it waits, it is answered with that.

    Raises NotFound, NoLongerFree, EnoughAsked and what keeps anybody from being suggested.
    """
    now = clock.now()
    with transaction.atomic():
        one_writer_for(client)
        sent = Enquiry.objects.filter(
            practice_id=client.practice_id, client=client, status=Enquiry.Status.SENT
        )
        known = sent.filter(membership_id=membership_id).select_related("membership").first()
        if known is not None:
            return known
        profile = _still_fits(client, membership_id, now)
        if sent.count() >= MOST_ASKED:
            raise EnoughAsked
        enquiry = Enquiry.objects.create(
            practice_id=client.practice_id,
            client=client,
            membership=profile.membership,
            sent_at=now,
        )
        notify.send(
            practice_id=client.practice_id,
            recipients=[profile.membership.user_id],
            kind=SENT,
            subject_id=enquiry.pk,
            now=now,
        )
        record("ask", "enquiry", by=by, resource_id=enquiry.pk, client_id=client.pk)
    return enquiry


def withdraw(client: Client, enquiry_id: uuid.UUID, *, by: Actor) -> Enquiry:
    """Take an enquiry back; taken back twice it stays so. Raises NotFound, EnquiryOver."""
    with transaction.atomic():
        one_writer_for(client)
        enquiry = _locked(client.practice_id, enquiry_id, client_id=client.pk)
        if enquiry.status == Enquiry.Status.WITHDRAWN:
            return enquiry
        _end(enquiry, Enquiry.Status.WITHDRAWN)
        record("withdraw", "enquiry", by=by, resource_id=enquiry.pk, client_id=client.pk)
    return enquiry


def answer(practice_id: uuid.UUID, enquiry_id: uuid.UUID, *, accept: bool, by: Actor) -> Enquiry:
    """Take the person on, or not; nobody has to say why. Only whom it was sent to answers.

    Raises NotFound, EnquiryOver.
    """
    now = clock.now()
    with transaction.atomic():
        enquiry = _locked(practice_id, enquiry_id, members=by.membership_ids)
        status = Enquiry.Status.ACCEPTED if accept else Enquiry.Status.DECLINED
        if enquiry.status == status:
            return enquiry
        _end(enquiry, status)
        client = enquiry.client
        if accept and _treats(client, enquiry.membership_id, now) is None:
            _begin(client, enquiry.membership, by=by, now=now)
        _tell(client, ACCEPTED if accept else NOT_ACCEPTED, enquiry.pk, now)
        action = "accept" if accept else "decline"
        record(action, "enquiry", by=by, resource_id=enquiry.pk, client_id=client.pk)
    return enquiry


def _locked(practice_id: uuid.UUID, enquiry_id: uuid.UUID, **who: Any) -> Enquiry:
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("membership", "client")
    rows = rows.filter(practice_id=practice_id, pk=enquiry_id)
    if "client_id" in who:
        rows = rows.filter(client_id=who["client_id"])
    if "members" in who:
        rows = rows.filter(membership_id__in=who["members"])
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def _end(enquiry: Enquiry, status: str) -> None:
    if enquiry.status != Enquiry.Status.SENT:
        raise EnquiryOver
    enquiry.status, enquiry.answered_at = status, clock.now()
    enquiry.save(update_fields=["status", "answered_at"])


def _tell(client: Client, kind: Any, subject_id: uuid.UUID, now: datetime) -> None:
    if client.user_id is not None:
        notify.send(
            practice_id=client.practice_id,
            recipients=[client.user_id],
            kind=kind,
            subject_id=subject_id,
            now=now,
        )


def wait(client: Client, *, by: Actor) -> Waiting:
    """Be told when somebody fits. Asked again it is answered with what stands."""
    now = clock.now()
    with transaction.atomic():
        one_writer_for(client)
        queries.ready_wishes(client, now)
        waiting, made = Waiting.objects.get_or_create(
            practice_id=client.practice_id,
            client=client,
            ended_at=None,
            defaults={"since": now, "told_revision": listing.revision_of(client.practice_id)},
        )
        if made:
            record("begin", "waiting", by=by, resource_id=waiting.pk, client_id=client.pk)
    return waiting


def stop_waiting(client: Client, *, by: Actor) -> None:
    """Where nobody waits, nothing happens."""
    with transaction.atomic():
        one_writer_for(client)
        rows = Waiting.objects.filter(practice_id=client.practice_id, client=client, ended_at=None)
        for waiting in rows:
            waiting.ended_at = clock.now()
            waiting.save(update_fields=["ended_at"])
            record("leave", "waiting", by=by, resource_id=waiting.pk, client_id=client.pk)
