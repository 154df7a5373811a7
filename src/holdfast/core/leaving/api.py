"""Endpoints: what would go and stay, the receipt of a deletion, and the practice's periods."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from holdfast.core import clock
from holdfast.core.api import PUBLIC, Access, Request, Router
from holdfast.core.identity import erasure, limits
from holdfast.core.identity.models import ErasureStep
from holdfast.core.leaving import engine, keeping, receipts, retention
from holdfast.core.leaving.models import Departure, RetentionSetting
from holdfast.core.paging import page
from holdfast.core.tenancy.models import Practice

router = Router(tags=["leaving"])

P = "/practices/{practice_id}"

KeptKind = Literal["meetings", "scores", "flags", "notes", "care-team", "consents"]
Days = Annotated[int, Field(ge=0, le=retention.LONGEST_DAYS)]


class KeepingOut(Schema):
    """What the practice would keep: for how many years after which day, and by what law."""

    years: int
    basis: str
    url: str
    last_contact_on: date
    until: date
    kinds: list[KeptKind]


class LeavingOut(Schema):
    stores: list[str]
    kept: KeepingOut | None


class ReferenceIn(Schema):
    reference: Annotated[str, Field(min_length=1, max_length=receipts.LONGEST)]


class ErasureStepOut(Schema):
    store: str
    practice: str | None
    state: Literal["waiting", "failed", "done"]
    keeps: bool
    attempts: int
    tried_at: datetime | None
    done_at: datetime | None
    next_attempt_at: datetime | None


class KeptRecordOut(Schema):
    """`record` is the number under which the practice keeps it; no name leads there."""

    record: uuid.UUID
    practice: str
    years: int
    basis: str
    url: str
    last_contact_on: date
    until: date
    erased_at: datetime | None


class DepartureOut(Schema):
    id: uuid.UUID
    requested_at: datetime
    finished_at: datetime | None
    restored: bool
    steps: list[ErasureStepOut]
    kept: list[KeptRecordOut]


class DepartureList(Schema):
    items: list[DepartureOut]
    next: str | None


class PeriodOut(Schema):
    """`due`: how many things the next run removes."""

    kind: str
    days: int | None
    default_days: int | None
    shortest_days: int
    due: int


class LawOut(Schema):
    years: int
    basis: str
    url: str


class RetentionRunOut(Schema):
    ran_at: datetime
    removed: dict[str, int]


class RetentionOut(Schema):
    """`law` is what is known of the practice's country; `legal_years` what it set itself."""

    country: str
    law: LawOut | None
    legal_years: int | None
    periods: list[PeriodOut]
    kept_records_due: int
    last_run: RetentionRunOut | None


class RetentionIn(Schema):
    legal_years: Annotated[int, Field(ge=0, le=engine.LONGEST_YEARS)] | None
    days: dict[str, Days | None]


@router.get(P + "/clients/{client_id}/leaving", access=Access("leaving", "read"),
            response=LeavingOut)  # fmt: skip
def leaving(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """What goes if the person deletes their account now, in its order, and what the law keeps."""
    kept = keeping.decide(request.client, clock.now())
    return {
        "stores": erasure.stores(),
        "kept": None
        if kept is None
        else {
            "years": kept.rule.years,
            "basis": kept.rule.basis,
            "url": kept.rule.url,
            "last_contact_on": kept.last_contact_on,
            "until": kept.until,
            "kinds": list(engine.KEPT_KINDS),
        },
    }


@router.post("/deletions/look-up", access=PUBLIC, response=DepartureOut)
def look_up_deletion(request: HttpRequest, body: ReferenceIn) -> dict[str, Any]:
    """What became of a deletion, for whoever holds its reference; names nobody."""
    limits.consume(request, "receipt", "")
    return receipts.shown([receipts.find(body.reference)])[0]


@router.get(P + "/departures", access=Access("departure", "read"), response=DepartureList)
def departures(
    request: Request, practice_id: uuid.UUID, cursor: str | None = None
) -> dict[str, Any]:
    """Who left, without a name: each step, newest first. Four SQL statements."""
    here = ErasureStep.objects.filter(practice_id=practice_id)
    rows = Departure.objects.filter(user_id__in=here.values("user_id"))
    found, following = page(rows, cursor)
    return {"items": receipts.shown(found, practice_id), "next": following}


@router.get(P + "/retention", access=Access("retention", "read"), response=RetentionOut)
def periods(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """The practice's periods, and what the next run removes."""
    return _shown(Practice.objects.get(pk=practice_id))


@router.put(P + "/retention", access=Access("retention", "write"), response=RetentionOut)
def change_periods(request: Request, practice_id: uuid.UUID, body: RetentionIn) -> dict[str, Any]:
    """Replaces all; a kind that is not named goes back to its default."""
    practice = Practice.objects.get(pk=practice_id)
    retention.change(practice, legal_years=body.legal_years, days=body.days, by=request.actor)
    return _shown(practice)


def _shown(practice: Practice) -> dict[str, Any]:
    setting = RetentionSetting.objects.filter(practice=practice).first()
    known = engine.rules().get(practice.country)
    found = {one.kind: one for one in retention.due(practice, clock.now())}
    run = retention.last_run(practice)
    return {
        "country": practice.country,
        "law": None
        if known is None
        else {"years": known.years, "basis": known.basis, "url": known.url},
        "legal_years": setting.legal_years if setting else None,
        "periods": [
            {
                "kind": kind.code,
                "days": found[kind.code].days,
                "default_days": kind.default_days,
                "shortest_days": kind.shortest_days,
                "due": found[kind.code].count,
            }
            for kind in retention.kinds()
        ],
        "kept_records_due": found[retention.LEGAL].count,
        "last_run": None if run is None else {"ran_at": run.ran_at, "removed": run.removed},
    }
