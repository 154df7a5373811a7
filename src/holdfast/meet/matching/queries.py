"""Reads of the directory and of one person's search, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from django.db.models import Prefetch, QuerySet

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.authz.relationships import active_on
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import CareTeamMember, Client
from holdfast.meet.matching import listing
from holdfast.meet.matching.engine import terms
from holdfast.meet.matching.engine.shapes import Match, Wishes
from holdfast.meet.matching.engine.waiting import Wait, estimate
from holdfast.meet.matching.models import Enquiry, Intake, Licence, Profile, Waiting
from holdfast.meet.matching.offering import holds, own_member
from holdfast.meet.matching.problems import BaselineMissing, HumanFirst, IntakeMissing
from holdfast.meet.matching.schemas import (
    Booking,
    EnquiryOut,
    EnquiryRow,
    EnquiryStatus,
    Gender,
    IntakeOut,
    LicenceRow,
    LicenceView,
    MatchOut,
    OwnProfileOut,
    ProfileOut,
    ReasonOut,
    TermsOut,
    WaitingView,
    WishesIn,
)
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures import facade as measures

#: What is answered before anybody is suggested, and how old that may be.
BASELINE: Final = "phq-9"
BASELINE_DAYS: Final = 14
PAGE: Final = 50
#: Whose waiting an estimate rests on.
WAITS_OF: Final = timedelta(days=182)


# --- the directory


def terms_of(practice_id: uuid.UUID) -> TermsOut:
    """What profiles and intakes may name here. At most three statements."""
    known = listing.directory(practice_id)
    return TermsOut(
        **terms.load().model_dump(), languages=known.languages, jurisdictions=known.jurisdictions
    )


def _licences(*, everything: bool) -> Prefetch[Any]:
    rows = Licence.objects.select_related("decided_by").exclude(status=Licence.Status.REMOVED)
    if not everything:
        rows = rows.filter(status=Licence.Status.VERIFIED)
    return Prefetch("membership__licences", queryset=rows)


def _profiles(practice_id: uuid.UUID, *, everything: bool) -> QuerySet[Profile]:
    rows = Profile.objects.filter(practice_id=practice_id, membership__active=True)
    return rows.select_related("membership").prefetch_related(_licences(everything=everything))


def profile(practice_id: uuid.UUID, membership_id: uuid.UUID) -> ProfileOut:
    """Somebody who is listed. Raises NotFound. Two statements."""
    found = _profiles(practice_id, everything=False).filter(pk=membership_id, listed=True).first()
    if found is None:
        raise NotFound
    return profile_out(found, _today(), numbers=False)


def own_profile(practice_id: uuid.UUID, actor: Actor) -> OwnProfileOut:
    """One's own, with every licence; empty where none was written. At most three statements."""
    member = own_member(practice_id, actor)
    found = _profiles(practice_id, everything=True).filter(pk=member.pk).first()
    if found is None:
        found = Profile(membership=member, practice_id=practice_id, revision=0)
    shown = profile_out(found, _today(), numbers=True)
    return OwnProfileOut(**shown.dict(), caseload=found.caseload)


def listed(
    practice_id: uuid.UUID, *, after: uuid.UUID | None
) -> tuple[list[ProfileOut], uuid.UUID | None]:
    """A page of everybody who is listed, in the order of their rows, and where the next begins.

    Two statements.
    """
    rows = _profiles(practice_id, everything=False).filter(listed=True).order_by("membership_id")
    if after is not None:
        rows = rows.filter(membership_id__gt=after)
    found = list(rows[: PAGE + 1])
    today = _today()
    page = [profile_out(one, today, numbers=False) for one in found[:PAGE]]
    return page, found[PAGE - 1].pk if len(found) > PAGE else None


def profile_out(row: Profile, today: date, *, numbers: bool) -> ProfileOut:
    """The shape of a row whose membership and licences are loaded."""
    return ProfileOut(
        membership_id=row.pk,
        name=row.membership.display_name,
        listed=row.listed,
        about=row.about,
        gender=cast(Gender, row.gender),
        languages=row.languages,
        media=row.media,
        specialties=row.specialties,
        approaches=row.approaches,
        competences=row.competences,
        fee_from=row.fee_from,
        fee_to=row.fee_to,
        currency=row.currency,
        capacity=row.capacity,
        booking=cast(Booking, row.booking),
        first_free=row.first_free,
        places=max(0, row.capacity - row.caseload),
        licences=[licence_out(one, today, number=numbers) for one in row.membership.licences.all()],
    )


def licence_out(row: Licence, today: date, *, number: bool) -> LicenceView:
    return LicenceView(**_licence(row, today, number=number))


def _licence(row: Licence, today: date, *, number: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title,
        "number": row.number if number else "",
        "jurisdiction": row.jurisdiction,
        "expires_on": row.expires_on,
        "status": row.status,
        "decided_by": row.decided_by.display_name if row.decided_by else None,
        "decided_at": row.decided_at,
        "holds": holds(row, today),
    }


def licences_to_look_at(practice_id: uuid.UUID) -> list[LicenceRow]:
    """Those that wait for an administrator, oldest first (the first 200). One statement."""
    rows = Licence.objects.filter(
        practice_id=practice_id, status=Licence.Status.PENDING, membership__active=True
    ).select_related("membership", "decided_by")
    today = _today()
    return [
        LicenceRow(
            **_licence(row, today, number=True),
            membership_id=row.membership_id,
            name=row.membership.display_name,
        )
        for row in rows.order_by("id")[:200]
    ]


def _today() -> date:
    return clock.now().date()


# --- one person's search


def wishes_of(intake: Intake) -> Wishes:
    """What the engine reads, from what was kept."""
    kept: dict[str, Any] = intake.wishes or {}
    return Wishes(
        jurisdiction=kept["jurisdiction"],
        languages=tuple(kept["languages"]),
        media=frozenset(kept["media"]),
        specialties=frozenset(kept["specialties"]),
        approaches=frozenset(kept["approaches"]),
        competences=frozenset(kept["competences"]),
        gender=kept["gender"],
        gender_must=kept["gender_must"],
        parts=frozenset(kept["parts"]),
        parts_must=kept["parts_must"],
        fee_at_most=kept["fee_at_most"],
        currency=kept["currency"],
        not_with=frozenset(uuid.UUID(one) for one in kept["not_with"]),
    )


def intake_of(client: Client, now: datetime) -> IntakeOut:
    """Where the person stands in their search. Four statements."""
    intake = Intake.objects.filter(client=client).first()
    kept = dict(intake.wishes or {}) if intake is not None else {}
    left = kept.pop("not_with", [])
    return IntakeOut(
        step=_step(client, now, has_wishes=bool(kept)),
        wishes=WishesIn(**kept) if kept else None,
        left=len(left),
        changed_at=intake.changed_at if intake is not None else None,
    )


def _step(client: Client, now: datetime, *, has_wishes: bool) -> Any:
    if _has_no_baseline(client, now):
        return "baseline"
    if _a_human_comes_first(client):
        return "human"
    return "ready" if has_wishes else "wishes"


def _has_no_baseline(client: Client, now: datetime) -> bool:
    """Whether the questionnaire was not answered lately. One statement."""
    return not measures.given_answers(
        client.practice_id,
        client.pk,
        instrument=BASELINE,
        first=now.date() - timedelta(days=BASELINE_DAYS),
        last=now.date() + timedelta(days=1),
    )


def _a_human_comes_first(client: Client) -> bool:
    """Whether something worrying is known that no human has seen yet. Two statements."""
    found = flags.statuses(client.practice_id, client.pk, only_open=True)
    return any(flag.seen_at is None for flag in found)


def ready_wishes(client: Client, now: datetime) -> Wishes:
    """What the person looks for, where nothing stands before it. Three or four statements.

    Raises BaselineMissing, HumanFirst, IntakeMissing, in this order.
    """
    if _has_no_baseline(client, now):
        raise BaselineMissing
    if _a_human_comes_first(client):
        raise HumanFirst
    intake = Intake.objects.filter(client=client).first()
    if intake is None:
        raise IntakeMissing
    return wishes_of(intake)


def team_of(client: Client, now: datetime) -> frozenset[uuid.UUID]:
    """Who treats the person already. One statement."""
    rows = CareTeamMember.objects.filter(
        active_on(now.date()), practice_id=client.practice_id, client=client
    )
    return frozenset(rows.values_list("membership_id", flat=True))


def matches(client: Client, now: datetime) -> list[MatchOut]:
    """Who fits, best first. At most ten statements, however many are listed."""
    wishes = ready_wishes(client, now)
    wishes = replace(wishes, not_with=wishes.not_with | team_of(client, now))
    found = listing.directory(client.practice_id).rank(
        wishes, now=now, person=client.pk.bytes, limit=10
    )
    ids = [one.id for one in found]
    profiles = _profiles(client.practice_id, everything=False).in_bulk(ids)
    asked = set(
        Enquiry.objects.filter(
            practice_id=client.practice_id, client=client, status=Enquiry.Status.SENT
        ).values_list("membership_id", flat=True)
    )
    return [_match_out(one, profiles[one.id], asked) for one in found if one.id in profiles]


def _match_out(match: Match, row: Profile, asked: Collection[uuid.UUID]) -> MatchOut:
    return MatchOut(
        membership_id=row.pk,
        name=row.membership.display_name,
        about=row.about,
        first_free=match.first_free,
        booking=cast(Booking, row.booking),
        fee_from=row.fee_from,
        fee_to=row.fee_to,
        currency=row.currency,
        media=row.media,
        languages=row.languages,
        reasons=[ReasonOut(code=one.code, value=one.value) for one in match.reasons],
        asked=row.pk in asked,
    )


def waiting_of(client: Client, now: datetime) -> WaitingView:
    """Since when the person waits, and how long others did. Two statements."""
    own = Waiting.objects.filter(practice_id=client.practice_id, client=client, ended_at=None)
    since = own.values_list("since", flat=True).first()
    found = estimate(list(_waits(client.practice_id, now)))
    if found is None:
        return WaitingView(since=since, quarter=None, half=None, three_quarters=None, people=0)
    return WaitingView(
        since=since,
        quarter=found.quarter,
        half=found.half,
        three_quarters=found.three_quarters,
        people=found.people,
    )


def _waits(practice_id: uuid.UUID, now: datetime) -> Iterable[Wait]:
    rows = Waiting.objects.filter(practice_id=practice_id, since__gt=now - WAITS_OF)
    for since, ended_at, matched in rows.values_list("since", "ended_at", "matched")[:5000]:
        yield Wait((ended_at or now) - since, matched)


# --- enquiries


def enquiry_out(row: Enquiry) -> EnquiryOut:
    """The shape of a row whose membership is loaded."""
    return EnquiryOut(
        id=row.pk,
        membership_id=row.membership_id,
        name=row.membership.display_name,
        status=cast(EnquiryStatus, row.status),
        sent_at=row.sent_at,
        answered_at=row.answered_at,
    )


def enquiries(client: Client) -> list[EnquiryOut]:
    """A person's enquiries, newest first (the newest 50). One statement."""
    rows = Enquiry.objects.filter(practice_id=client.practice_id, client=client)
    found = rows.select_related("membership").order_by("-sent_at", "-id")
    return [enquiry_out(row) for row in found[:PAGE]]


def enquiries_to(actor: Actor, practice_id: uuid.UUID) -> list[Enquiry]:
    """Those that wait for the actor's answer, oldest first (the first 50). One statement."""
    rows = Enquiry.objects.filter(
        practice_id=practice_id,
        membership_id__in=actor.membership_ids,
        status=Enquiry.Status.SENT,
    ).select_related("client", "client__intake")
    return list(rows.order_by("sent_at", "id")[:PAGE])


def enquiry_row(row: Enquiry) -> EnquiryRow:
    """What whoever is asked reads; the name belongs to those who treat the person."""
    intake: Intake | None = getattr(row.client, "intake", None)
    kept: dict[str, Any] = (intake.wishes or {}) if intake is not None else {}
    known = row.status == Enquiry.Status.ACCEPTED
    return EnquiryRow(
        id=row.pk,
        sent_at=row.sent_at,
        status=cast(EnquiryStatus, row.status),
        client_id=row.client_id if known else None,
        client=row.client.display_name if known else None,
        languages=kept.get("languages", []),
        media=kept.get("media", []),
        specialties=kept.get("specialties", []),
        competences=kept.get("competences", []),
        parts=kept.get("parts", []),
    )
