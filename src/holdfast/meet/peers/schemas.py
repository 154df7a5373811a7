"""Peer support as JSON. Bytes are base64url without padding; see docs/reference/peers.md."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, time
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from holdfast.core.instants import Instant
from holdfast.core.vault.engine import threads as engine
from holdfast.core.vault.engine.keys import PublicKeys
from holdfast.core.vault.schemas import (
    Base64,
    GrantShape,
    Hash,
    Key,
    SealedItemKey,
    Signature,
    VersionShape,
)
from holdfast.meet.peers import asking, talking
from holdfast.meet.peers.engine.topics import REASONS, TOPICS
from holdfast.meet.peers.models import Chat, ChatMessage, HandOver, Listener, Report, Side
from holdfast.meet.peers.queries import ListenerRow, own_last, status_of

#: 8 kB of text, and the tag of its chunk.
MOST_CIPHERTEXT = 16 * 1024 + 16
MOST_EXCERPTS = 30
Salt = Annotated[bytes, Base64(engine.SALT_BYTES, engine.SALT_BYTES)]
Ciphertext = Annotated[bytes, Base64(1, MOST_CIPHERTEXT)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Role = Literal["asker", "listener"]
ChatStatus = Literal["waiting", "lapsed", "open", "ended", "withdrawn"]


def _of(known: tuple[str, ...]) -> AfterValidator:
    def check(code: str) -> str:
        if code not in known:
            raise ValueError("a code that is not in the list")
        return code

    return AfterValidator(check)


def _once(codes: list[str]) -> list[str]:
    if len(set(codes)) != len(codes):
        raise ValueError("a code stands twice")
    return codes


def _readable(name: str) -> str:
    if not re.fullmatch(r"[^\W_][\w .'-]*", name):
        raise ValueError("letters, digits and spaces")
    return name


Topic = Annotated[str, Field(max_length=40), _of(TOPICS)]
Reason = Annotated[str, Field(max_length=20), _of(REASONS)]
MadeUpName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=40),
    AfterValidator(_readable),
]


class PeerRingShape(VersionShape):
    """Two private keys, as an item sealed to oneself alone."""

    ciphertext: Annotated[bytes, Base64(1, 4096)]
    grants: Annotated[list[GrantShape], Field(max_length=1)]


class PeerSideIn(Schema):
    """How one appears in a chat: `ring` are the private keys, sealed to oneself."""

    alias: uuid.UUID
    name: MadeUpName
    agreement: Key
    signing: Key
    ring: PeerRingShape

    def given(self) -> asking.OwnSide:
        keys = PublicKeys(self.agreement, self.signing)
        return asking.OwnSide(self.alias, self.name, keys, self.ring.model_dump(mode="json"))


class PeerAskIn(PeerSideIn):
    id: uuid.UUID
    topic: Topic
    language: Language


class PeerKeyIn(Schema):
    member: uuid.UUID
    sealed: SealedItemKey
    signature: Signature


class PeerAcceptIn(PeerSideIn):
    """`signature` is over who belongs; a key for each of the two."""

    signature: Signature
    keys: Annotated[list[PeerKeyIn], Field(min_length=2, max_length=2)]

    def opening(self) -> asking.Opening:
        keys = tuple(engine.EpochKey(one.member, one.sealed, one.signature) for one in self.keys)
        return asking.Opening(self.signature, keys)


class PeerMessageIn(Schema):
    id: uuid.UUID
    number: Number
    previous: Hash
    salt: Salt
    ciphertext: Ciphertext
    signature: Signature

    def given(self) -> talking.Given:
        return talking.Given(
            self.id, self.number, self.previous, self.salt, self.ciphertext, self.signature
        )


class PeerExcerptIn(Schema):
    """`key` opens this one message and no other."""

    seq: Number
    key: Key


class PeerReportIn(Schema):
    reason: Reason
    words: Annotated[str, Field(max_length=2000)] = ""
    excerpts: Annotated[list[PeerExcerptIn], Field(max_length=MOST_EXCERPTS)] = []


class PeerHandOverIn(Schema):
    agrees: bool
    words: Annotated[str, Field(max_length=2000)] = ""


class ModuleAnswersIn(Schema):
    """The place of the chosen answer for each question, in their order, from 0."""

    answers: Annotated[list[Annotated[int, Field(ge=0, le=4)]], Field(max_length=6)]


class ModuleAnswersOut(Schema):
    wrong: list[int]


class ListeningWindow(Schema):
    weekday: Annotated[int, Field(ge=1, le=7)]
    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> ListeningWindow:
        if self.opens >= self.closes:
            raise ValueError("ends before it begins")
        return self


class ListeningIn(Schema):
    topics: Annotated[list[Topic], Field(max_length=len(TOPICS)), AfterValidator(_once)]
    languages: Annotated[list[Language], Field(max_length=12), AfterValidator(_once)]
    on: bool
    hours: Annotated[list[ListeningWindow], Field(max_length=28)] = []
    at_once: Annotated[int, Field(ge=1, le=5)]

    def settings(self) -> dict[str, Any]:
        hours = [
            {
                "weekday": one.weekday,
                "opens": one.opens.isoformat("minutes"),
                "closes": one.closes.isoformat("minutes"),
            }
            for one in self.hours
        ]
        return self.dict() | {"hours": hours}


class ListeningOut(Schema):
    """One's own standing as a listener."""

    status: Literal["training", "trained", "listening", "badge-taken"]
    modules: list[str]
    topics: list[str]
    languages: list[str]
    on: bool
    hours: list[ListeningWindow]
    at_once: int


class TrainingQuestion(Schema):
    ask: str
    choices: list[str]
    why: str


class TrainingModule(Schema):
    code: str
    title: str
    text: list[str]
    questions: list[TrainingQuestion]


class TrainingOut(Schema):
    """`why` is for after the answer."""

    status: Literal["draft", "reviewed"]
    language: str
    modules: list[TrainingModule]


class PeerChatRow(Schema):
    """`name` is the other's made-up one, empty while nobody is there."""

    id: uuid.UUID
    role: Role
    status: ChatStatus
    topic: str
    language: str
    own_name: str
    name: str
    asked_at: Instant
    ended_at: Instant | None
    last_seq: int


class PeersOut(Schema):
    """What a person is told first. `why_not`: the code of why they neither ask nor listen.
    `anybody`: whether the practice has listeners at all.
    """

    why_not: Literal["peers-adults-only", "peers-suspended"] | None
    warned: bool
    anybody: bool
    topics: list[str]
    reasons: list[str]
    chats: list[PeerChatRow]
    listening: ListeningOut | None


class PeerOther(Schema):
    """The other side, known by keys made for this chat."""

    alias: uuid.UUID
    name: str
    agreement: Key
    signing: Key


class PeerOpenKey(Schema):
    sealed: Annotated[bytes, Base64(0, 80)]
    signature: Annotated[bytes, Base64(0, 64)]


class PeerLast(Schema):
    number: int
    hash: Hash


class PeerHandOverState(Schema):
    asked_at: Instant
    answered: bool
    agreed: bool


class PeerChatOut(PeerChatRow):
    """All that a device needs to read a chat and to write in it; `ring` is one's own."""

    alias: uuid.UUID
    agreement: Key
    signing: Key
    ring: PeerRingShape
    other: PeerOther | None
    epoch_signature: Annotated[bytes, Base64(0, 64)]
    key: PeerOpenKey
    own_last: PeerLast
    hand_over: PeerHandOverState | None


class PeerMessageOut(Schema):
    id: uuid.UUID
    seq: int
    alias: uuid.UUID
    number: int
    previous: Hash
    salt: Salt
    hash: Hash
    ciphertext: Ciphertext
    signature: Signature
    received_at: Instant


class PeerMessagesOut(Schema):
    items: list[PeerMessageOut]


class PeerPlace(Schema):
    seq: int


class PeerRequestOut(Schema):
    """What a listener sees of a request, and what their device needs to take it."""

    id: uuid.UUID
    topic: str
    language: str
    asked_at: Instant
    other: PeerOther


class PeerRequestsOut(Schema):
    items: list[PeerRequestOut]


class PeerHandOverOut(Schema):
    id: uuid.UUID
    asked_at: Instant
    answered_at: Instant | None
    words: str
    flag_id: uuid.UUID | None


class PeerHandOversOut(Schema):
    items: list[PeerHandOverOut]


class ListenerRowOut(Schema):
    id: uuid.UUID
    name: str
    status: Literal["training", "trained", "listening", "badge-taken"]
    modules: int
    of_modules: int
    topics: list[str]
    languages: list[str]
    applied_at: Instant
    decided_at: Instant | None
    decided_by: str
    chats: int
    reports: int


class ListenersOut(Schema):
    items: list[ListenerRowOut]


class BadgeIn(Schema):
    given: bool


class ReportedWords(Schema):
    by: Role
    name: str
    at: datetime
    text: str


class PeerReportOut(Schema):
    """`by` reported the other; `others`: further reports about the same person."""

    id: uuid.UUID
    at: Instant
    by: Role
    reason: str
    words: str
    excerpts: list[ReportedWords]
    others: int
    decision: Literal["", "no-action", "warn", "suspend-listener", "suspend-asker"]
    decided_at: Instant | None
    decided_by: str


class PeerReportsOut(Schema):
    items: list[PeerReportOut]


class PeerDecisionIn(Schema):
    decision: Literal["no-action", "warn", "suspend-listener", "suspend-asker"]


def listening_out(row: Listener) -> dict[str, Any]:
    names = ("status", "modules", "topics", "languages", "on", "hours", "at_once")
    return {name: getattr(row, name) for name in names}


def row_out(chat: Chat, client_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    sides = {side.client_id: side for side in chat.sides.all()}
    other = next((side for key, side in sides.items() if key != client_id), None)
    return {
        "id": chat.pk,
        "role": sides[client_id].role,
        "status": status_of(chat, now),
        "topic": chat.topic,
        "language": chat.language,
        "own_name": sides[client_id].name,
        "name": other.name if other else "",
        "asked_at": chat.asked_at,
        "ended_at": chat.ended_at,
        "last_seq": chat.last_seq,
    }


def other_out(side: Side) -> dict[str, Any]:
    return {
        "alias": side.pk,
        "name": side.name,
        "agreement": bytes(side.agreement),
        "signing": bytes(side.signing),
    }


def chat_out(chat: Chat, mine: Side, other: Side | None, now: datetime) -> dict[str, Any]:
    found: HandOver | None = getattr(chat, "hand_over", None)
    return row_out(chat, mine.client_id, now) | {
        "alias": mine.pk,
        "agreement": bytes(mine.agreement),
        "signing": bytes(mine.signing),
        "ring": mine.ring,
        "other": other_out(other) if other else None,
        "epoch_signature": bytes(chat.epoch_signature),
        "key": {"sealed": bytes(mine.key), "signature": bytes(mine.key_signature)},
        "own_last": own_last(mine),
        "hand_over": found
        and {
            "asked_at": found.asked_at,
            "answered": found.answered_at is not None,
            "agreed": found.agreed and found.answered_at is not None,
        },
    }


def message_out(row: ChatMessage) -> dict[str, Any]:
    names = ("previous", "salt", "hash", "ciphertext", "signature")
    plain = {name: bytes(getattr(row, name)) for name in names}
    return plain | {
        "id": row.pk,
        "seq": row.seq,
        "alias": row.side_id,
        "number": row.number,
        "received_at": row.received_at,
    }


def hand_over_out(row: HandOver) -> dict[str, Any]:
    return {
        "id": row.pk,
        "asked_at": row.asked_at,
        "answered_at": row.answered_at,
        "words": row.words,
        "flag_id": row.flag_id,
    }


def listener_out(row: ListenerRow, of_modules: int) -> dict[str, Any]:
    one = row.listener
    return {
        "id": one.pk,
        "name": one.client.display_name,
        "status": one.status,
        "modules": len(one.modules),
        "of_modules": of_modules,
        "topics": one.topics,
        "languages": one.languages,
        "applied_at": one.applied_at,
        "decided_at": one.decided_at,
        "decided_by": one.decided_by.display_name if one.decided_by else "",
        "chats": row.chats,
        "reports": row.reports,
    }


def report_out(row: Report, others: int) -> dict[str, Any]:
    shown = row.shown or {"words": "", "excerpts": []}
    return shown | {
        "id": row.pk,
        "at": row.at,
        "by": row.by,
        "reason": row.reason,
        "others": others,
        "decision": row.decision,
        "decided_at": row.decided_at,
        "decided_by": row.decided_by.display_name if row.decided_by else "",
    }
