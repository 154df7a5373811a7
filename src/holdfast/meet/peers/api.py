"""Endpoints of peer support: asking, talking, listening, moderation, hand-overs."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from ninja import Query, Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.meet.peers import (
    asking,
    handing_over,
    listening,
    queries,
    reporting,
    schemas,
    talking,
    telling,
)
from holdfast.meet.peers.engine import training
from holdfast.meet.peers.engine.topics import REASONS, TOPICS

router = Router(tags=["peers"])
PRACTICE = "/practices/{practice_id}"
PERSON = PRACTICE + "/clients/{client_id}"
CHATS = PERSON + "/peer-chats"
CHAT = CHATS + "/{peer_chat_id}"
LISTENING = PERSON + "/listening"

_read, _write = Access("peer_chat", "read"), Access("peer_chat", "write")
_learn, _listen = Access("listening", "read"), Access("listening", "write")
_reports, _decide = Access("peer_report", "read"), Access("peer_report", "write")


@router.get(PERSON + "/peers", access=_read, response=schemas.PeersOut)
def standing(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What a person is told first: whether they may take part, their chats, their listening."""
    found = queries.standing(request.client)
    now = clock.now()
    return {
        "why_not": found.why_not,
        "warned": found.warned,
        "anybody": found.anybody,
        "topics": TOPICS,
        "reasons": REASONS,
        "chats": [schemas.row_out(chat, client_id, now) for chat in found.chats],
        "listening": schemas.listening_out(found.listener) if found.listener else None,
    }


# --- asking and talking


@router.post(CHATS, access=_write, response={201: schemas.PeerPlace})
def ask(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: schemas.PeerAskIn
) -> Status[Any]:
    """Ask for a listener. The same again changes nothing."""
    chat = asking.ask(
        request.client, body.id, body.topic, body.language, body.given(), by=request.actor
    )
    return Status(201, {"seq": chat.last_seq})


@router.get(CHAT, access=_read, response=schemas.PeerChatOut)
def chat(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, peer_chat_id: uuid.UUID
) -> Any:
    """One chat of one's own, with what a device needs to open it."""
    found, mine, other = queries.find(request.client, peer_chat_id)
    telling.looked(found, request.actor.account)
    return schemas.chat_out(found, mine, other, clock.now())


@router.get(CHAT + "/messages", access=_read, response=schemas.PeerMessagesOut)
def messages(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    peer_chat_id: uuid.UUID,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Any:
    """What was written after a place, in its order; at most 200."""
    found, _, _ = queries.find(request.client, peer_chat_id)
    telling.looked(found, request.actor.account)
    return {"items": [schemas.message_out(row) for row in queries.messages(found, after)]}


@router.post(CHAT + "/messages", access=_write, response={201: schemas.PeerPlace})
def post(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    peer_chat_id: uuid.UUID,
    body: schemas.PeerMessageIn,
) -> Status[Any]:
    """Keep one message; the same again is answered with its place."""
    return Status(201, {"seq": talking.post(request.client, peer_chat_id, body.given())})


@router.post(CHAT + "/accept", access=_listen, response={204: None})
def accept(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    peer_chat_id: uuid.UUID,
    body: schemas.PeerAcceptIn,
) -> Status[None]:
    """Take a request. 409 `peer-chat-taken` where somebody was faster; 404 where not shown."""
    asking.accept(request.client, peer_chat_id, body.given(), body.opening(), by=request.actor)
    return Status(204, None)


@router.post(CHAT + "/end", access=_write, response={204: None})
def end(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, peer_chat_id: uuid.UUID
) -> Status[None]:
    """End a chat, or take a request back."""
    asking.end(request.client, peer_chat_id, by=request.actor)
    return Status(204, None)


@router.post(CHAT + "/block", access=_write, response={204: None})
def block(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, peer_chat_id: uuid.UUID
) -> Status[None]:
    """Never be brought together with this one again; the chat ends."""
    asking.block(request.client, peer_chat_id, by=request.actor)
    return Status(204, None)


@router.post(CHAT + "/reports", access=_write, response={204: None})
def report(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    peer_chat_id: uuid.UUID,
    body: schemas.PeerReportIn,
) -> Status[None]:
    """Bring a chat before moderation, with the messages that one chooses to show; it ends."""
    excerpts = [reporting.Excerpt(one.seq, one.key) for one in body.excerpts]
    reporting.report(
        request.client,
        peer_chat_id,
        reason=body.reason,
        words=body.words,
        excerpts=excerpts,
        by=request.actor,
    )
    return Status(204, None)


@router.post(CHAT + "/hand-over", access=_listen, response={204: None})
def propose_hand_over(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, peer_chat_id: uuid.UUID
) -> Status[None]:
    """As the listener: ask whether somebody of the practice may get in touch."""
    handing_over.propose(request.client, peer_chat_id, by=request.actor)
    return Status(204, None)


@router.put(CHAT + "/hand-over", access=_write, response={204: None})
def answer_hand_over(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    peer_chat_id: uuid.UUID,
    body: schemas.PeerHandOverIn,
) -> Status[None]:
    """As the asker: yes, with what one chooses to share, or no."""
    handing_over.answer(
        request.client, peer_chat_id, agrees=body.agrees, words=body.words, by=request.actor
    )
    return Status(204, None)


@router.get(
    PERSON + "/peer-hand-overs",
    access=Access("peer_hand_over", "read"),
    response=schemas.PeerHandOversOut,
)
def hand_overs(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What the person shared when they agreed that somebody gets in touch."""
    rows = handing_over.of_client(request.client)
    return {"items": [schemas.hand_over_out(row) for row in rows]}


# --- listening


@router.get(PERSON + "/listener-training", access=_learn, response=schemas.TrainingOut)
def read_training(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    language: Annotated[str, Query(max_length=16)] = "en",
) -> Any:
    """The training, in a language or in English."""
    own = language.partition("-")[0]
    found = training.shipped(language)
    shown = own if own in training.LANGUAGES else training.FALLBACK
    return found.model_dump() | {"language": shown}


@router.post(LISTENING, access=_listen, response={201: schemas.ListeningOut})
def apply(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Status[Any]:
    """Begin the training of listeners; again changes nothing."""
    row = listening.apply(request.client, by=request.actor)
    return Status(201, schemas.listening_out(row))


@router.put(LISTENING, access=_listen, response=schemas.ListeningOut)
def change_listening(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: schemas.ListeningIn
) -> Any:
    """Topics, languages, availability. 409 `peers-no-badge` before the badge."""
    row = listening.change(request.client, body.settings(), by=request.actor)
    return schemas.listening_out(row)


@router.delete(LISTENING, access=_listen, response={204: None})
def stop_listening(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Status[None]:
    """No listener any more; the training begins anew if they come back."""
    listening.stop(request.client, by=request.actor)
    return Status(204, None)


@router.post(LISTENING + "/modules/{module}", access=_listen, response=schemas.ModuleAnswersOut)
def answer_module(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    module: str,
    body: schemas.ModuleAnswersIn,
) -> Any:
    """Answer a module's questions: the places of those answered wrong; none: passed."""
    answers = dict(enumerate(body.answers))
    return {"wrong": listening.answer(request.client, module, answers, by=request.actor)}


@router.get(PERSON + "/peer-requests", access=_learn, response=schemas.PeerRequestsOut)
def requests(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Who waits and is shown to this listener now, the longest waiting first."""
    return {
        "items": [
            {
                "id": chat.pk,
                "topic": chat.topic,
                "language": chat.language,
                "asked_at": chat.asked_at,
                "other": schemas.other_out(side),
            }
            for chat, side in queries.requests(request.client)
        ]
    }


# --- the practice


@router.get(
    PRACTICE + "/listeners", access=Access("listener_badge", "read"), response=schemas.ListenersOut
)
def listeners(request: Request, practice_id: uuid.UUID) -> Any:
    """Everybody who applied, those who wait for a badge first. Three SQL statements of its own."""
    rows = queries.listeners(practice_id)
    note_list("listener", by=request.actor, people=[row.listener.client_id for row in rows])
    many = len(training.shipped(training.FALLBACK).modules)
    return {"items": [schemas.listener_out(row, many) for row in rows]}


@router.post(
    PRACTICE + "/listeners/{listener_id}/badge",
    access=Access("listener_badge", "write"),
    response={204: None},
)
def badge(
    request: Request, practice_id: uuid.UUID, listener_id: uuid.UUID, body: schemas.BadgeIn
) -> Status[None]:
    """Give the badge or take it away. 409 `peers-not-trained` before the training is done."""
    listening.decide(practice_id, listener_id, badge=body.given, by=request.actor)
    return Status(204, None)


@router.get(PRACTICE + "/peer-reports", access=_reports, response=schemas.PeerReportsOut)
def reports(request: Request, practice_id: uuid.UUID) -> Any:
    """Reports, those that wait for a decision first; at most 200. Nobody is named."""
    rows = queries.reports(practice_id)
    concerned = {one for row, _ in rows for one in (row.asker_id, row.listener_id) if one}
    note_list("peer_report", by=request.actor, people=concerned)
    return {"items": [schemas.report_out(row, others) for row, others in rows]}


@router.post(
    PRACTICE + "/peer-reports/{peer_report_id}/decision", access=_decide, response={204: None}
)
def decide(
    request: Request,
    practice_id: uuid.UUID,
    peer_report_id: uuid.UUID,
    body: schemas.PeerDecisionIn,
) -> Status[None]:
    """Decide a report, or decide it anew."""
    reporting.decide(practice_id, peer_report_id, body.decision, by=request.actor)
    return Status(204, None)
