"""Endpoints: a feed's address, invitations, accounts elsewhere and what they ask."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Schema, Status
from pydantic import Field, model_validator

from holdfast.core import clock, faults
from holdfast.core.api import PUBLIC, Access, Request, Router, account_of
from holdfast.core.identity import limits
from holdfast.core.problems import Conflict, NotFound, Problem
from holdfast.core.tenancy.models import Membership
from holdfast.meet.calendars import feeds, invitations, sync, tasks
from holdfast.meet.calendars.bookings import present
from holdfast.meet.calendars.dav import Dav, DavFault
from holdfast.meet.calendars.models import CalendarWishes, Feed, Item, Source

router = Router(tags=["calendars"])

BASE = "/practices/{practice_id}/calendar"
MOST_ACCOUNTS = 5
_BOOKABLE = ("clinician", "prescriber", "supervisor")
Detail = Literal["busy", "details"]
Address = Annotated[str, Field(min_length=8, max_length=1000, pattern=r"^(https?|webcal)://\S+$")]


class CalendarUnreachable(Problem):
    """`reason` says what was wrong: `refused`, `address-not-allowed`, `not-a-calendar` ..."""

    code = "calendar-unreachable"
    status = 422
    title = "This calendar could not be read."


class TooManyAccounts(Conflict):
    code = "too-many-calendars"
    title = "There are as many calendars as there can be. Remove one first."


class FeedOut(Schema):
    url: str
    detail: Detail
    created_at: datetime
    fetched_at: datetime | None


class CalendarAccountOut(Schema):
    id: uuid.UUID
    kind: Literal["caldav", "ics"]
    name: str
    host: str
    writes: bool
    tried_at: datetime | None
    synced_at: datetime | None
    outcome: str
    busy_times: int


class CalendarQuestion(Schema):
    id: uuid.UUID
    appointment_id: uuid.UUID
    starts_at: datetime
    removed_at: datetime


class CalendarOut(Schema):
    feed: FeedOut | None
    invitations: bool
    may_connect: bool
    accounts: list[CalendarAccountOut]
    questions: list[CalendarQuestion]


class FeedIn(Schema):
    detail: Detail = "busy"


class CalendarWishesIn(Schema):
    invitations: bool


class CalendarLogin(Schema):
    url: Address
    user: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=500)] = ""


class CalendarFound(Schema):
    url: str
    name: str


class CalendarFoundList(Schema):
    items: list[CalendarFound]


class CalendarAccountIn(CalendarLogin):
    kind: Literal["caldav", "ics"]
    name: Annotated[str, Field(max_length=120)] = ""
    writes: bool = False

    @model_validator(mode="after")
    def _only_caldav_is_written(self) -> CalendarAccountIn:
        if self.kind == "ics" and self.writes:
            raise ValueError("an address to read cannot be written to")
        return self


class CalendarAnswer(Schema):
    decision: Literal["cancel", "restore"]


@router.get("/calendar-feeds/{secret}", access=PUBLIC, include_in_schema=False)
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A calendar to subscribe to. Whoever knows the address reads it; revoked, it is 404."""
    limits.consume(request, "feed", hashlib.sha256(secret.encode()).hexdigest())
    found = feeds.find(secret.removesuffix(".ics"))
    if found is None:
        raise NotFound
    now = clock.now()
    text = feeds.text(found, now)
    with faults.dispensable():
        Feed.objects.filter(pk=found.pk).update(fetched_at=now)
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    if etag in request.headers.get("If-None-Match", ""):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, max-age=0, must-revalidate"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@router.get(BASE, access=Access("calendar", "read"), response=CalendarOut)
def calendar(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """One's own feed, wishes and accounts elsewhere, with what they ask."""
    return _calendar(request)


@router.patch(BASE, access=Access("calendar", "write"), response=CalendarOut)
def change_wishes(
    request: Request, practice_id: uuid.UUID, body: CalendarWishesIn
) -> dict[str, Any]:
    """Whether appointments come as invitations by e-mail; those ahead do at once."""
    account = account_of(request)
    CalendarWishes.objects.update_or_create(
        user=account, defaults={"invitations": body.invitations}
    )
    if body.invitations:
        invitations.ahead(account.pk, clock.now())
    return _calendar(request)


@router.put(BASE + "/feed", access=Access("calendar", "write"), response=CalendarOut)
def open_feed(request: Request, practice_id: uuid.UUID, body: FeedIn) -> dict[str, Any]:
    """Make the secret address, or change how much it shows."""
    feeds.open_feed(
        account_of(request), request.practice.pk, body.detail, clock.now(), by=request.actor
    )
    return _calendar(request)


@router.delete(BASE + "/feed", access=Access("calendar", "write"), response={204: None})
def revoke_feed(request: Request, practice_id: uuid.UUID) -> Status[None]:
    """The address leads nowhere from now on."""
    feeds.revoke(account_of(request), request.practice.pk, by=request.actor)
    return Status(204, None)


@router.post(
    BASE + "/accounts/look", access=Access("calendar_account", "write"), response=CalendarFoundList
)
def look(request: Request, practice_id: uuid.UUID, body: CalendarLogin) -> dict[str, Any]:
    """The calendars behind an address. Nothing is kept."""
    limits.consume(request, "calendar", account_of(request).login)
    try:
        found = Dav(body.url, body.user, body.password).calendars()
    except DavFault as fault:
        raise CalendarUnreachable(reason=fault.reason) from fault
    return {"items": [{"url": each.url, "name": each.name} for each in found]}


@router.post(BASE + "/accounts", access=Access("calendar_account", "write"), response=CalendarOut)
def connect(request: Request, practice_id: uuid.UUID, body: CalendarAccountIn) -> dict[str, Any]:
    """Connect a calendar, and read it at once."""
    limits.consume(request, "calendar", account_of(request).login)
    membership = _membership(request)
    if Source.objects.filter(membership=membership).count() >= MOST_ACCOUNTS:
        raise TooManyAccounts
    now = clock.now()
    source = Source(
        practice=membership.practice,
        membership=membership,
        kind=body.kind,
        writes=body.writes,
        created_at=now,
        next_sync_at=now + tasks.CLAIM_HOLDS,
    )
    url = body.url.replace("webcal://", "https://", 1)
    source.account = {
        "url": url,
        "user": body.user,
        "password": body.password,
        "name": body.name,
    }
    source.save()
    outcome = tasks.run(source, now)
    if outcome != "ok":
        source.delete()
        raise CalendarUnreachable(reason=outcome)
    return _calendar(request)


@router.delete(
    BASE + "/accounts/{account_id}",
    access=Access("calendar_account", "write"),
    response={204: None},
)
def disconnect(request: Request, practice_id: uuid.UUID, account_id: uuid.UUID) -> Status[None]:
    """Ours are taken away from there, and what was read of it is forgotten."""
    sync.forget(_source(request, account_id))
    return Status(204, None)


@router.post(
    BASE + "/accounts/{account_id}/sync",
    access=Access("calendar_account", "write"),
    response=CalendarOut,
)
def sync_now(request: Request, practice_id: uuid.UUID, account_id: uuid.UUID) -> dict[str, Any]:
    """Bring it up to date now."""
    limits.consume(request, "calendar", account_of(request).login)
    tasks.run(_source(request, account_id), clock.now())
    return _calendar(request)


@router.post(
    BASE + "/questions/{question_id}",
    access=Access("calendar_account", "write"),
    response=CalendarOut,
)
def answer(
    request: Request, practice_id: uuid.UUID, question_id: uuid.UUID, body: CalendarAnswer
) -> dict[str, Any]:
    """An appointment was deleted elsewhere: cancel it here, or put it back there."""
    item = Item.objects.filter(
        pk=question_id,
        practice=request.practice,
        source__membership__user_id=request.actor.account,
        removed_at__isnull=False,
    ).first()
    if item is None:
        raise NotFound
    sync.decide(item, body.decision, by=request.actor, now=clock.now())
    return _calendar(request)


def _membership(request: Request) -> Membership:
    """As whom somebody is booked: their membership in the first of the roles that can be."""
    roles = dict(request.actor.memberships)
    found = next((roles[role] for role in _BOOKABLE if role in roles), None)
    if found is None:
        raise NotFound
    return Membership.objects.select_related("user", "practice").get(pk=found)


def _source(request: Request, account_id: uuid.UUID) -> Source:
    found = (
        Source.objects.filter(
            pk=account_id, practice=request.practice, membership__user_id=request.actor.account
        )
        .select_related("membership__user")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _calendar(request: Request) -> dict[str, Any]:
    """Six SQL statements, and two for each open question."""
    account = request.actor.account
    own = Feed.objects.filter(practice=request.practice, user_id=account).first()
    wishes = CalendarWishes.objects.filter(pk=account).first() or CalendarWishes()
    sources = Source.objects.filter(practice=request.practice, membership__user_id=account)
    open_ones = Item.objects.filter(source__in=sources, removed_at__isnull=False)
    return {
        "feed": own
        and {
            "url": feeds.address(own),
            "detail": own.detail,
            "created_at": own.created_at,
            "fetched_at": own.fetched_at,
        },
        "invitations": wishes.invitations,
        "may_connect": bool(request.actor.roles & set(_BOOKABLE)),
        "accounts": [_account(each) for each in sources.order_by("id")],
        "questions": [each for row in open_ones if (each := _question(row)) is not None],
    }


def _account(source: Source) -> dict[str, Any]:
    account = source.account
    return {
        "id": source.pk,
        "kind": source.kind,
        "name": account["name"],
        "host": account["url"].split("/")[2].rpartition("@")[2],
        "writes": source.writes,
        "tried_at": source.tried_at,
        "synced_at": source.synced_at,
        "outcome": source.outcome,
        "busy_times": source.busy_times.count(),
    }


def _question(item: Item) -> dict[str, Any] | None:
    view = present(item.practice_id, item.appointment_id) if item.appointment_id else None
    if view is None or view.status != "booked":
        return None
    return {
        "id": item.pk,
        "appointment_id": view.id,
        "starts_at": view.starts_at,
        "removed_at": item.removed_at,
    }
