"""Endpoints: who gets a person's safety plan, what a reader gets, and what a clinician proposes.

The person writes and grants the plan through the vault's own endpoints.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema, Status
from pydantic import Field

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_reading
from holdfast.core.tenancy.models import Role
from holdfast.core.vault import sharing_queries
from holdfast.core.vault.schemas import GrantShape, Hash, KeyEntryShape, VersionShape, entry_out
from holdfast.core.vault.sharing_schemas import ReceivedOut, received_out
from holdfast.safety.plans import audience, proposals, queries
from holdfast.safety.plans.queries import Proposed

router = Router(tags=["safety plan"])
PATH = "/practices/{practice_id}/clients/{client_id}/safety-plan"


class PlanReaderOut(Schema):
    """`why` is empty for who holds the plan and may not any more. `hashes`: see the vault's format.

    `declined`: something was taken back from them, so only the person's own tap shares again.
    """

    id: uuid.UUID
    name: str
    role: Role | None
    why: Literal["team", "on_call"] | None
    keys: list[KeyEntryShape]
    hashes: list[Hash]
    given_at: datetime | None
    opened_at: datetime | None
    holds: bool
    declined: bool


class PlanReaders(Schema):
    items: list[PlanReaderOut]


class ProposalIn(VersionShape):
    """A version of kind `safety-plan-proposal`, granted to its author and to the person."""

    grants: Annotated[list[GrantShape], Field(min_length=2, max_length=2)]


class ProposalOut(VersionShape):
    """`name` of who made it, `owner_keys` the history of their public keys."""

    name: str
    received_at: datetime
    owner_keys: list[KeyEntryShape]


class Proposals(Schema):
    items: list[ProposalOut]


def _proposal_out(found: Proposed) -> dict[str, Any]:
    row = found.proposal
    grants = [
        (row.author_id, row.author_sealed, row.author_signature),
        (row.client.user_id, row.person_sealed, row.person_signature),
    ]
    return {
        "suite": 1,
        "item": row.pk,
        "owner": row.author_id,
        "kind": proposals.KIND,
        "content_schema": row.content_schema,
        "revision": 1,
        "previous": [],
        "ciphertext": bytes(row.ciphertext),
        "signature": bytes(row.signature),
        "grants": [
            {"reader": reader, "sealed": bytes(sealed), "signature": bytes(signature)}
            for reader, sealed, signature in grants
        ],
        "name": found.name,
        "received_at": row.received_at,
        "owner_keys": [entry_out(entry) for entry in found.keys],
    }


@router.get(PATH, access=Access("safety_plan", "read", noted=False), response=ReceivedOut)
def get_plan(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """The newest version that was granted to whoever asks, sealed; nothing where none was.

    Six SQL statements, and two that note the reading.
    """
    client, reader = request.client, request.actor.account
    found = sharing_queries.received(client, reader, None, kind=audience.KIND)
    if reader != client.user_id:
        sharing_queries.note_opened(client, reader, found.versions, clock.now())
    note_reading(
        "read",
        "safety_plan",
        by=request.actor,
        client_id=client.pk,
        detail={"items": [str(row.item) for row in found.versions]},
    )
    return received_out(found, client.user_id)


@router.get(PATH + "/readers", access=Access("vault_item", "read"), response=PlanReaders)
def get_readers(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """To whom the person's device may grant the plan, and who holds it. Nine SQL statements."""
    found = audience.readers(request.client, clock.now())
    return {
        "items": [
            vars(reader)
            | {"role": reader.role or None, "keys": [entry_out(entry) for entry in reader.keys]}
            for reader in found
        ]
    }


@router.get(PATH + "/proposals", access=Access("safety_plan", "read"), response=Proposals)
def get_proposals(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> dict[str, Any]:
    """What waits for the person to take over; to a clinician their own. Three SQL statements."""
    found = queries.proposed(request.client, request.actor)
    return {"items": [_proposal_out(each) for each in found]}


@router.post(PATH + "/proposals", access=Access("plan_proposal", "write"), response={204: None})
def propose(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: ProposalIn
) -> Status[None]:
    """Propose words for the person's plan; what the same clinician proposed before goes."""
    proposals.propose(request.client, body.engine(), by=request.actor)
    return Status(204, None)


@router.delete(
    PATH + "/proposals/{proposal_id}", access=Access("safety_plan", "write"), response={204: None}
)
def settle(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, proposal_id: uuid.UUID
) -> Status[None]:
    """The person has taken it over, or does not want it."""
    proposals.settle(request.client, proposal_id, by=request.actor)
    return Status(204, None)
