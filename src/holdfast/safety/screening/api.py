"""Endpoints: reports, the practice's policy, the passage, and what everybody may know."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from ninja import Query, Status

from holdfast.core import clock
from holdfast.core.api import PUBLIC, SEALED, Access, Request, Router
from holdfast.core.audit.reading import note_reading
from holdfast.core.vault import sharing_queries
from holdfast.core.vault.models import ItemVersion, KeyEntry
from holdfast.core.vault.schemas import entry_out, version_out
from holdfast.safety.flags import facade as flags
from holdfast.safety.screening import (
    counts,
    facade,
    looks,
    passages,
    policy,
    published,
    queries,
    receiving,
    schemas,
)

router = Router(tags=["screening"])
PRACTICE = "/practices/{practice_id}"
PERSON = PRACTICE + "/clients/{client_id}"
READ_FLAG = Access("flag", "read", locate=flags.client_of, standing=flags.stands_to_flag)

Language = Annotated[str, Query(max_length=16)]


@router.post("/live/reports", access=SEALED, response=schemas.ReportTaken)
def take_report(request: Request, body: schemas.ReportIn) -> Any:
    """Take in what the screen said of a text, as codes; answered with the flag that follows.

    No session: the report is sealed by this installation. The same one again changes nothing. 401
    `report-refused` for what is sealed otherwise.
    """
    return {"flag": receiving.receive(body.report)}


@router.get("/protocol", access=PUBLIC, response=schemas.PublicProtocol)
def get_protocol(request: Request) -> Any:
    """What everybody may know, without a log-in: on whose work the crisis protocol rests, and how
    often answers named a crisis line, by month and year over the whole installation, without small
    numbers. One statement.
    """
    years, months = counts.referrals(clock.now().date())
    return published.texts() | {"referrals": {"years": years, "months": months}}


def _policy(found: policy.InForce, language: str) -> dict[str, Any]:
    return {"policy": facade.shown(found, language), "jurisdictions": facade.jurisdictions()}


@router.get(
    PRACTICE + "/companion/policy",
    access=Access("companion_policy", "read"),
    response=schemas.PolicyPage,
)
def get_policy(request: Request, practice_id: uuid.UUID, language: Language = "en") -> Any:
    """What the care team is told of texts, and when, without being asked."""
    return _policy(policy.in_force(practice_id), language)


@router.put(
    PRACTICE + "/companion/policy",
    access=Access("companion_policy", "write"),
    response=schemas.PolicyPage,
)
def put_policy(
    request: Request, practice_id: uuid.UUID, body: schemas.PolicyIn, language: Language = "en"
) -> Any:
    """Write a new version of the policy; every version is kept."""
    found = policy.write(request.practice, **body.dict(), by=request.actor)
    return _policy(found, language)


@router.get(
    PERSON + "/passages/readers",
    access=Access("passage", "read"),
    response=schemas.PassageReaders,
)
def list_passage_readers(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """To whom one's words would go now, with the keys to seal them to."""
    found = passages.readers(request.client)
    return {
        "flag": found.flag,
        "agreed": found.agreed,
        "readers": [
            {"id": one.id, "name": one.name, "now": one.now, "keys": list(map(entry_out, one.keys))}
            for one in found.readers
        ],
    }


@router.post(
    PERSON + "/passages", access=Access("passage", "write"), response={201: schemas.PassageSent}
)
def send_passage(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: schemas.PassageIn
) -> Any:
    """Send the exact words, sealed, to whoever answers for one's flag. 409 `no-open-flag` where
    there is none.
    """
    version = body.version.engine()
    to = passages.send(request.client, version, report=body.report, by=request.actor)
    return Status(201, {"item": version.header.item, "to": to})


@router.post(
    PERSON + "/look-tickets",
    access=Access("look", "write"),
    response={201: schemas.LookTicket},
)
def issue_look_ticket(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: schemas.LookTicketIn
) -> Any:
    """With which the device has what the person sends looked at in passing, for two minutes;
    `ticket` is empty where they did not agree to it.
    """
    found = looks.ticket(request.client, request.practice, country=body.country)
    return Status(201, found)


@router.get(PRACTICE + "/flags/{flag_id}/texts", access=READ_FLAG, response=schemas.FlagTexts)
def list_flag_texts(request: Request, practice_id: uuid.UUID, flag_id: uuid.UUID) -> Any:
    """What the screen said of the texts behind a flag, and the words that the person sent."""
    client = request.client
    sent = passages.of_flag(client, flag_id, request.actor)
    opened = [one.version for one in sent if one.version is not None]
    keys: list[KeyEntry] = []
    if opened:
        keys = list(KeyEntry.objects.filter(user__client=client).order_by("sequence"))
        sharing_queries.note_opened(client, request.actor.account, opened, clock.now())
        read = {"items": [str(row.item) for row in opened]}
        note_reading("read", "passage", by=request.actor, client_id=client.pk, detail=read)
    return {
        "items": queries.texts_of_flag(practice_id, flag_id),
        "words": passages.words_of(sent),
        "owner": client.user_id,
        "owner_keys": [entry_out(row) for row in keys],
        "passages": [vars(one) | {"version": _received(one.version)} for one in sent],
    }


def _received(row: ItemVersion | None) -> dict[str, Any] | None:
    """As one item of what is shared with a reader; a passage is in no folder."""
    if row is None:
        return None
    given_at = min(grant.given_at for grant in row.grants.all())
    return version_out(row) | {"received_at": row.received_at, "given_at": given_at, "wraps": []}
