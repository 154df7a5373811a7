"""Endpoints of group programmes: for whoever leads them, and for the practice's people."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Status

from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.meet.messages.facade import ThreadOpened, ThreadPeopleOut
from holdfast.meet.programmes import attending, enrolling, making, queries, talking
from holdfast.meet.programmes.engine import Presence
from holdfast.meet.programmes.schemas import (
    AskIn,
    AttendanceIn,
    CommunityIn,
    EnrolmentDecisionIn,
    GroupThreadIn,
    LedProgrammes,
    NewProgrammeIn,
    OpenProgrammes,
    OwnPlace,
    ProgrammeEndIn,
    ProgrammeIn,
    ProgrammeOut,
    RosterOut,
    RulesAgreedIn,
    SessionTimeIn,
)

router = Router(tags=["programmes"])

PRACTICE = "/practices/{practice_id}"
ALL = PRACTICE + "/programmes"
ONE = ALL + "/{programme_id}"
SESSION = ONE + "/sessions/{session_id}"
ENROLMENT = ONE + "/enrolments/{enrolment_id}"
OWN = PRACTICE + "/clients/{client_id}/programmes"
PLACE = OWN + "/{programme_id}"

_read, _write = Access("programme", "read"), Access("programme", "write")
_see, _keep = Access("programme_roster", "read"), Access("programme_roster", "write")
_look, _take = Access("programme_place", "read"), Access("programme_place", "write")


# --- for whoever leads


@router.get(ALL, access=_read, response=LedProgrammes)
def led_programmes(request: Request, practice_id: uuid.UUID) -> Any:
    """Those that one leads; an administrator's all. At most 200. Three SQL statements."""
    return {"items": queries.led_by(practice_id, request.actor)}


@router.post(ALL, access=_write, response={201: ProgrammeOut})
def make_programme(request: Request, practice_id: uuid.UUID, body: NewProgrammeIn) -> Status[Any]:
    """A new draft, which one leads, or (an administrator) says who does. Sent again it is answered
    with what is there.
    """
    making.make(practice_id, body.id, body.data(), by=request.actor)
    return Status(201, queries.detail(practice_id, body.id, request.actor))


@router.get(ONE, access=_read, response=ProgrammeOut)
def programme(request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID) -> Any:
    """All of it but its people. 404 for who does not lead it and is no administrator."""
    return queries.detail(practice_id, programme_id, request.actor)


@router.put(ONE, access=_write, response=ProgrammeOut)
def change_programme(
    request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID, body: ProgrammeIn
) -> Any:
    """All of a draft; of what is published the words and who leads beside the lead. Members agree
    anew to rules that change.
    """
    making.change(practice_id, programme_id, body.data(), by=request.actor)
    return queries.detail(practice_id, programme_id, request.actor)


@router.delete(ONE, access=_write, response={204: None})
def discard_programme(
    request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID
) -> Status[None]:
    """A draft goes."""
    making.discard(practice_id, programme_id, by=request.actor)
    return Status(204, None)


@router.post(ONE + "/publish", access=_write, response=ProgrammeOut)
def publish_programme(request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID) -> Any:
    """Every session is booked, or none (409 names what is taken); the practice's people see it."""
    making.publish(practice_id, programme_id, by=request.actor)
    return queries.detail(practice_id, programme_id, request.actor)


@router.post(ONE + "/end", access=_write, response=ProgrammeOut)
def end_programme(
    request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID, body: ProgrammeEndIn
) -> Any:
    """It is over, or becomes a community; what is still to come is cancelled."""
    making.end(practice_id, programme_id, community=body.community, by=request.actor)
    return queries.detail(practice_id, programme_id, request.actor)


@router.put(SESSION + "/time", access=_write, response=ProgrammeOut)
def move_session(
    request: Request,
    practice_id: uuid.UUID,
    programme_id: uuid.UUID,
    session_id: uuid.UUID,
    body: SessionTimeIn,
) -> Any:
    """One session at another time; who comes to it is told."""
    making.move_session(
        practice_id, programme_id, session_id, starts_at=body.starts_at, by=request.actor
    )
    return queries.detail(practice_id, programme_id, request.actor)


@router.post(SESSION + "/cancel", access=_write, response=ProgrammeOut)
def cancel_session(
    request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID, session_id: uuid.UUID
) -> Any:
    """One session does not take place; who comes to it is told."""
    making.cancel_session(practice_id, programme_id, session_id, by=request.actor)
    return queries.detail(practice_id, programme_id, request.actor)


# --- its people, for its facilitators alone


def _roster(request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID) -> dict[str, Any]:
    return queries.roster(practice_id, programme_id, request.actor)


@router.get(ONE + "/roster", access=_see, response=RosterOut)
def roster(request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID) -> Any:
    """Who asks, belongs and did, with who came. 404 for who does not lead it. Twelve SQL statements
    of its own at most, one of them for the audit trail.
    """
    found = _roster(request, practice_id, programme_id)
    people = {one["client_id"] for one in found["items"]}
    note_list("programme_enrolment", by=request.actor, people=people)
    return found


@router.post(ENROLMENT + "/decision", access=_keep, response=RosterOut)
def decide_enrolment(
    request: Request,
    practice_id: uuid.UUID,
    programme_id: uuid.UUID,
    enrolment_id: uuid.UUID,
    body: EnrolmentDecisionIn,
) -> Any:
    """Take somebody in, or not. Without a free place they wait, in the order of asking."""
    enrolling.decide(
        practice_id, programme_id, enrolment_id, decision=body.decision, by=request.actor
    )
    return _roster(request, practice_id, programme_id)


@router.post(ENROLMENT + "/end", access=_keep, response=RosterOut)
def end_enrolment(
    request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID, enrolment_id: uuid.UUID
) -> Any:
    """Somebody is no longer in the group, by a facilitator's decision."""
    enrolling.remove(practice_id, programme_id, enrolment_id, by=request.actor)
    return _roster(request, practice_id, programme_id)


@router.put(ENROLMENT + "/attendance/{session_id}", access=_keep, response=RosterOut)
def say_attendance(
    request: Request,
    practice_id: uuid.UUID,
    programme_id: uuid.UUID,
    enrolment_id: uuid.UUID,
    session_id: uuid.UUID,
    body: AttendanceIn,
) -> Any:
    """Who was there, by hand; the visit's record is put right with it."""
    attending.say(
        practice_id,
        programme_id,
        enrolment_id,
        session_id,
        presence=Presence(body.presence),
        by=request.actor,
    )
    return _roster(request, practice_id, programme_id)


@router.get(ONE + "/thread-people", access=_see, response=ThreadPeopleOut)
def group_thread_people(request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID) -> Any:
    """Who may be in the thread's next epoch, as the group calls them, with their keys."""
    return queries.thread_people(practice_id, programme_id, request.actor)


@router.post(ONE + "/thread", access=_keep, response={200: ThreadOpened, 201: ThreadOpened})
def open_group_thread(
    request: Request, practice_id: uuid.UUID, programme_id: uuid.UUID, body: GroupThreadIn
) -> Status[Any]:
    """Open the thread between sessions with its first epoch; 200 where it is open already."""
    given = body.epoch.given(body.id)
    thread, epoch, is_new = talking.open_thread(practice_id, programme_id, given, by=request.actor)
    return Status(201 if is_new else 200, {"id": thread, "epoch": epoch})


# --- for a person


def _own(request: Request, programme_id: uuid.UUID) -> dict[str, Any]:
    return queries.place_of(request.client, programme_id)


@router.get(OWN, access=_look, response=OpenProgrammes)
def open_programmes(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What one may ask to join, and what one belongs to, which comes first. Four SQL statements of
    its own, at most.
    """
    return {"items": queries.open_to(request.client)}


@router.get(PLACE, access=_look, response=OwnPlace)
def own_place(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, programme_id: uuid.UUID
) -> Any:
    """One programme; for its members with the others' names there and their own attendance."""
    return _own(request, programme_id)


@router.post(PLACE + "/ask", access=_take, response=OwnPlace)
def ask_to_join(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    programme_id: uuid.UUID,
    body: AskIn,
) -> Any:
    """Ask to join, under a name of one's choice. Safe to send again."""
    enrolling.ask(
        request.client, programme_id, enrolment_id=body.id, called=body.called, by=request.actor
    )
    return _own(request, programme_id)


@router.post(PLACE + "/agree", access=_take, response=OwnPlace)
def agree_to_rules(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    programme_id: uuid.UUID,
    body: RulesAgreedIn,
) -> Any:
    """Agree to the rules as they were read; the first time that makes one a member."""
    enrolling.agree(request.client, programme_id, version=body.version, by=request.actor)
    return _own(request, programme_id)


@router.post(PLACE + "/leave", access=_take, response={204: None})
def leave_programme(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, programme_id: uuid.UUID
) -> Status[None]:
    """Out at any time, without a why; also to take back that one asked."""
    enrolling.leave(request.client, programme_id, by=request.actor)
    return Status(204, None)


@router.put(PLACE + "/community", access=_take, response=OwnPlace)
def stay_in_community(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    programme_id: uuid.UUID,
    body: CommunityIn,
) -> Any:
    """Whether one goes on in the community that a finished programme became; no is to leave."""
    enrolling.stay(request.client, programme_id, stays=body.stays, by=request.actor)
    return _own(request, programme_id)
