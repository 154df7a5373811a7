"""Endpoints of sealed threads: lists, messages by place, epochs, files, and when one answers."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpResponseBase
from ninja import Query, Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list, note_reading
from holdfast.core.faults import dispensable
from holdfast.core.tenancy.models import Role
from holdfast.core.vault import arriving
from holdfast.meet.messages import actions, files, queries
from holdfast.meet.messages.models import Answering, EpochKey, Member, Thread
from holdfast.meet.messages.schemas import (
    AnsweringShape,
    MessagePlace,
    NewEpochIn,
    Place,
    ReadIn,
    ReadOut,
    ThreadFileIn,
    ThreadFileOut,
    ThreadIn,
    ThreadMessageIn,
    ThreadMessagesOut,
    ThreadOpened,
    ThreadOut,
    ThreadPeopleOut,
    ThreadPieceIn,
    ThreadsOut,
    UnreadOut,
    file_out,
    messages_out,
    person_out,
    row_out,
    thread_out,
)

router = Router(tags=["messages"])

PRACTICE = "/practices/{practice_id}"
CLIENT = PRACTICE + "/clients/{client_id}"
THREAD = PRACTICE + "/threads/{thread_id}"

_list = Access("thread_list", "read")
#: A device that is open asks every few seconds: the view notes a reading once an hour.
_read = Access("thread", "read", locate=queries.client_of, standing=queries.stands_in, noted=False)
_write = Access("thread", "write", locate=queries.client_of, standing=queries.stands_in)
NOTED_EVERY = timedelta(hours=1)


@router.get(PRACTICE + "/threads", access=_list, response=ThreadsOut)
def threads(
    request: Request,
    practice_id: uuid.UUID,
    about: Annotated[uuid.UUID | None, Query()] = None,
) -> Any:
    """One's own threads, or those about one client, the newest first; at most 500.

    Four SQL statements of its own, and one for the audit trail.
    """
    found = queries.listed(request.actor, practice_id, about)
    clients = [one.thread.client for one in found if one.thread.client is not None]
    others = [one.pk for one in clients if one.user_id != request.actor.user_id]
    note_list("thread", by=request.actor, people=others)
    return {"items": [row_out(each) for each in found]}


@router.get(PRACTICE + "/threads-unread", access=_list, response=UnreadOut)
def threads_unread(request: Request, practice_id: uuid.UUID) -> Any:
    """How many of them have something new. One SQL statement of its own."""
    return {"threads": queries.unread(request.actor, practice_id)}


@router.get(CLIENT + "/thread-people", access=Access("thread", "read"), response=ThreadPeopleOut)
def thread_people(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    kind: Annotated[Literal["client", "team", "supervision"], Query()] = "client",
) -> Any:
    """Who may belong to a new thread about this client."""
    found = queries.may_join(request.client, kind, request.actor.account)
    return {"items": [person_out(each) for each in found]}


@router.post(
    CLIENT + "/threads",
    access=Access("thread", "write"),
    response={200: ThreadOpened, 201: ThreadOpened},
)
def open_thread(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: ThreadIn
) -> Status[Any]:
    """Open a thread with its first epoch; 200 where it is open already."""
    given = body.epoch.given(body.id)
    thread, is_new = actions.open_thread(request.client, body.kind, given, by=request.actor)
    return Status(201 if is_new else 200, {"id": thread.pk, "epoch": thread.epoch})


@router.get(THREAD, access=_read, response=ThreadOut)
def thread(request: Request, practice_id: uuid.UUID, thread_id: uuid.UUID) -> Any:
    """One thread with its epochs, one's own keys of them, and everybody's public keys."""
    opened = queries.opened(practice_id, thread_id, request.actor.account)
    _note(request, opened.thread, opened.me)
    return thread_out(opened)


def _note(request: Request, thread: Thread, me: Member) -> None:
    """That somebody else's thread is being read, once an hour."""
    now = clock.now()
    client = thread.client
    if client is None or client.user_id == request.actor.user_id:
        return
    if me.noted_at is not None and now - me.noted_at < NOTED_EVERY:
        return
    note_reading("read", "thread", by=request.actor, client_id=client.pk)
    with dispensable():
        Member.objects.filter(pk=me.pk).update(noted_at=now)


@router.get(THREAD + "/messages", access=_read, response=ThreadMessagesOut)
def messages(
    request: Request,
    practice_id: uuid.UUID,
    thread_id: uuid.UUID,
    after: Annotated[Place | None, Query()] = None,
    before: Annotated[Place | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=queries.MOST)] = queries.SIZE,
) -> Any:
    """After a place, before one, or the newest, in their order. Five SQL statements of its own."""
    thread, me = queries.find(practice_id, thread_id, request.actor.account)
    page = queries.messages(thread, me, after=after, before=before, limit=limit)
    held = EpochKey.objects.filter(practice_id=practice_id, thread=thread, member_id=me.user_id)
    if page.rows:
        _note(request, thread, me)
    return messages_out(page, thread.epoch, list(held.values_list("epoch", flat=True)))


@router.post(THREAD + "/messages", access=_write, response={200: MessagePlace, 201: MessagePlace})
def post(
    request: Request, practice_id: uuid.UUID, thread_id: uuid.UUID, body: ThreadMessageIn
) -> Status[Any]:
    """Keep one message; 200 where it is here already. It gets the next place of the thread."""
    message = body.engine(thread_id, request.actor.account)
    posted = actions.post(practice_id, body.id, message, by=request.actor)
    return Status(201 if posted.is_new else 200, {"seq": posted.seq})


@router.delete(THREAD + "/messages/{message_id}", access=_write, response={204: None})
def retract(
    request: Request, practice_id: uuid.UUID, thread_id: uuid.UUID, message_id: uuid.UUID
) -> Status[None]:
    """Take one's own message back. What others have read cannot be unread."""
    actions.retract(practice_id, thread_id, message_id, by=request.actor)
    return Status(204, None)


@router.put(THREAD + "/read", access=_write, response=ReadOut)
def read(request: Request, practice_id: uuid.UUID, thread_id: uuid.UUID, body: ReadIn) -> Any:
    """How far one has read; it never goes back."""
    return {"read_seq": actions.mark_read(practice_id, thread_id, body.seq, by=request.actor)}


@router.post(THREAD + "/epochs", access=_write, response={201: ThreadOpened})
def begin_epoch(
    request: Request, practice_id: uuid.UUID, thread_id: uuid.UUID, body: NewEpochIn
) -> Status[Any]:
    """Who belongs from now on, under a new key; any member begins it."""
    made = actions.begin_epoch(practice_id, thread_id, body.given(thread_id), by=request.actor)
    return Status(201, {"id": made.pk, "epoch": made.epoch})


@router.post(THREAD + "/files", access=_write, response={200: ThreadFileOut, 201: ThreadFileOut})
def begin_file(
    request: Request, practice_id: uuid.UUID, thread_id: uuid.UUID, body: ThreadFileIn
) -> Status[Any]:
    """Announce a file of a message; 200 where it was announced before."""
    with transaction.atomic():
        thread = actions.locked(practice_id, thread_id)
        actions.member_of(thread, request.actor.account)
        file, is_new = files.begin(
            thread,
            body.id,
            message=body.message,
            size=body.size,
            sha256=body.sha256,
            by=request.actor,
        )
    there = arriving.received(file, files.path_of(file))
    return Status(201 if is_new else 200, file_out(file, there))


@router.post(THREAD + "/files/{thread_file_id}/pieces", access=_write, response=ThreadFileOut)
def append_piece(
    request: Request,
    practice_id: uuid.UUID,
    thread_id: uuid.UUID,
    thread_file_id: uuid.UUID,
    body: ThreadPieceIn,
) -> Any:
    """Keep one piece. Pieces come in order; one that came before may come again."""
    thread, _ = queries.find(practice_id, thread_id, request.actor.account)
    file = files.find_own(thread, thread_file_id, request.actor)
    arriving.append(file, files.path_of(file), body.offset, body.data)
    return file_out(file, arriving.received(file, files.path_of(file)))


@router.get(THREAD + "/files/{thread_file_id}/content", access=_read)
def file_content(
    request: Request, practice_id: uuid.UUID, thread_id: uuid.UUID, thread_file_id: uuid.UUID
) -> HttpResponseBase:
    """The ciphertext, or the part of it that a Range header asks for."""
    thread, me = queries.find(practice_id, thread_id, request.actor.account)
    file = files.find(thread, thread_file_id)
    _note(request, thread, me)
    return arriving.served(request, file, files.path_of(file))


@router.get(PRACTICE + "/answering", access=Access("answering", "read"), response=AnsweringShape)
def answering(request: Request, practice_id: uuid.UUID) -> Any:
    """Within what time one says that one answers."""
    own = Answering.objects.filter(
        practice_id=practice_id, membership_id__in=request.actor.membership_ids
    ).first()
    return {"within": own.within if own else ""}


@router.put(PRACTICE + "/answering", access=Access("answering", "write"), response=AnsweringShape)
def say_answering(request: Request, practice_id: uuid.UUID, body: AnsweringShape) -> Any:
    """Say it, for every role one has here that answers; empty takes it back."""
    roles = {Role.CLINICIAN, Role.PRESCRIBER, Role.SUPERVISOR}
    mine = [pk for role, pk in request.actor.memberships if role in roles]
    with transaction.atomic():
        Answering.objects.filter(practice_id=practice_id, membership_id__in=mine).delete()
        if body.within:
            Answering.objects.bulk_create(
                Answering(membership_id=pk, practice_id=practice_id, within=body.within)
                for pk in mine
            )
    return {"within": body.within}
