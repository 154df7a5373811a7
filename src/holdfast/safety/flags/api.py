"""Endpoints: the worklist, a flag's page, what is done with it, and what the person sees."""

from __future__ import annotations

import base64
import binascii
import uuid
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ninja import Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.core.authz.decide import permitting_role
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy.actions import staff_member
from holdfast.safety.flags import actions, handing_over, page, queries, schemas, statistics
from holdfast.safety.flags.models import State

router = Router(tags=["flags"])
LIST = "/practices/{practice_id}/flags"
ONE = LIST + "/{flag_id}"
READ = Access("flag", "read", locate=queries.client_of, standing=queries.stands_to_flag)
WRITE = Access("flag", "write", locate=queries.client_of)


def _page(request: Request, flag_id: uuid.UUID) -> dict[str, Any]:
    """The flag's page, and whether its reader may open the person's record beside it."""
    found = page.read(request.practice, flag_id)
    # While a flag is not closed, whoever may read it may read the record: only then is it asked.
    found["record_open"] = found["state"] != State.CLOSED or (
        permitting_role(request.actor, "overview", "read", request.client) is not None
    )
    return found


def _cursor(after: tuple[int, uuid.UUID] | None) -> str | None:
    if after is None:
        return None
    return base64.urlsafe_b64encode(bytes([after[0]]) + after[1].bytes).decode().rstrip("=")


def _after(cursor: str) -> tuple[int, uuid.UUID] | None:
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return raw[0], uuid.UUID(bytes=raw[1:])
    except (binascii.Error, ValueError, IndexError):
        raise Invalid(errors=(FieldError("cursor", "cursor", "Not a cursor."),)) from None


@router.get(LIST, access=Access("flag_list", "read"), response=schemas.Worklist)
def list_flags(
    request: Request,
    practice_id: uuid.UUID,
    state: Literal["open", "acknowledged", "acted", "closed", "unclosed"] = "unclosed",
    owner: Literal["me", "all"] = "all",
    cursor: str = "",
) -> Any:
    """The worklist: flags of people one treats, flags one owns and flags that came to one.

    `unclosed` (the default) is everything that is not closed.
    """
    unclosed = [one for one in State.values if one != State.CLOSED]
    rows, following = queries.worklist(
        practice_id,
        request.actor,
        clock.now(),
        states=unclosed if state == "unclosed" else [state],
        owner=owner,
        after=_after(cursor),
    )
    note_list("flag", by=request.actor, people=(row.client_id for row in rows))
    return {"items": rows, "next": _cursor(following)}


@router.get(ONE, access=READ, response=schemas.FlagPage)
def get_flag(request: Request, practice_id: uuid.UUID, flag_id: uuid.UUID) -> Any:
    """Everything needed to act: contact, evidence, attempts, history and the end of the chain."""
    return _page(request, flag_id)


@router.post(ONE + "/acknowledge", access=WRITE, response=schemas.FlagPage)
def acknowledge_flag(
    request: Request, practice_id: uuid.UUID, flag_id: uuid.UUID, data: schemas.AcknowledgeIn
) -> Any:
    """Take the flag as it was on the screen. 409 `flag-already-taken` says who was first, 409
    `flag-changed` that it is no longer what was shown: look again, then acknowledge that.
    """
    actions.acknowledge(
        practice_id=practice_id,
        flag_id=flag_id,
        level=data.level,
        repeats=data.repeats,
        by=request.actor,
    )
    return _page(request, flag_id)


@router.post(ONE + "/contact-attempts", access=WRITE, response={201: schemas.FlagPage})
def add_contact_attempt(
    request: Request, practice_id: uuid.UUID, flag_id: uuid.UUID, data: schemas.ContactAttemptIn
) -> Any:
    """Record an attempt to reach the person."""
    actions.record_contact_attempt(
        practice_id=practice_id,
        flag_id=flag_id,
        means=data.means,
        outcome=data.outcome,
        at=data.at,
        by=request.actor,
    )
    return Status(201, _page(request, flag_id))


@router.post(ONE + "/act", access=WRITE, response=schemas.FlagPage)
def act_on_flag(
    request: Request, practice_id: uuid.UUID, flag_id: uuid.UUID, data: schemas.ActIn
) -> Any:
    """Say what was done."""
    actions.act(practice_id=practice_id, flag_id=flag_id, action=data.action, by=request.actor)
    return _page(request, flag_id)


@router.post(ONE + "/close", access=WRITE, response=schemas.FlagPage)
def close_flag(
    request: Request, practice_id: uuid.UUID, flag_id: uuid.UUID, data: schemas.CloseIn
) -> Any:
    """End the flag with an outcome."""
    actions.close(practice_id=practice_id, flag_id=flag_id, outcome=data.outcome, by=request.actor)
    return _page(request, flag_id)


@router.post(ONE + "/assign", access=WRITE, response=schemas.FlagPage)
def assign_flag(
    request: Request, practice_id: uuid.UUID, flag_id: uuid.UUID, data: schemas.AssignIn
) -> Any:
    """Hand the flag to a colleague."""
    actions.assign(
        practice_id=practice_id,
        flag_id=flag_id,
        membership_id=data.membership_id,
        by=request.actor,
    )
    return _page(request, flag_id)


@router.get(
    "/practices/{practice_id}/clients/{client_id}/flags",
    access=Access("flag_status", "read"),
    response=schemas.FlagStatusList,
)
def list_flag_status(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What became of a person's flags, as the person is told it; newest first."""
    return {"items": queries.statuses(practice_id, client_id)}


@router.get(
    "/practices/{practice_id}/flag-statistics",
    access=Access("flag_statistics", "read"),
    response=schemas.StatisticsOut,
)
def get_flag_statistics(request: Request, practice_id: uuid.UUID) -> Any:
    """Flags per clinician and week over the last twelve weeks."""
    zone = ZoneInfo(request.practice.time_zone)
    return statistics.flags_per_clinician_week(practice_id, zone, clock.now())


@router.get(
    "/practices/{practice_id}/people/{membership_id}/flags",
    access=Access("handing_over", "read"),
    response=schemas.HeldFlags,
)
def list_flags_to_hand_over(
    request: Request, practice_id: uuid.UUID, membership_id: uuid.UUID
) -> Any:
    """How many open flags somebody owns and when each is due, for who hands them over. Nothing
    says whose flag it is, how grave or why.
    """
    member = staff_member(request.practice, membership_id)
    return {"items": handing_over.waiting_with(practice_id, member.pk)}
