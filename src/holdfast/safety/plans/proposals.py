"""What a clinician proposes for a person's plan: sealed to the two of them, theirs to take over."""

from __future__ import annotations

import uuid

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.core.vault import ways_in
from holdfast.core.vault.engine import items
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.problems import KeysMoved, NoVault, ReaderUnknown, Refused
from holdfast.safety.plans.models import Proposal

KIND = "safety-plan-proposal"


def _check(client: Client, version: items.Version, author: uuid.UUID) -> dict[object, items.Grant]:
    """Signed by its author, granted to the author and the person alone; the grants by reader."""
    keys = ways_in.public_keys_of([author, client.user_id])
    owner = keys.get(author)
    if owner is None:
        raise NoVault
    if client.user_id not in keys:
        raise ReaderUnknown
    header = version.header
    grants: dict[object, items.Grant] = {grant.reader: grant for grant in version.grants}
    first = header.revision == 1 and not header.previous
    if header.owner != author or header.kind != KIND or not first:
        raise Refused
    if len(version.grants) != 2 or grants.keys() != {author, client.user_id}:
        raise Refused
    try:
        version.verify(owner)
        for grant in version.grants:
            reader = items.Reader(grant.reader, keys[grant.reader])
            info = items.grant_info(header, version.hash, reader)
            owner.verify(grant.signature, items.grant_signed(info, grant.sealed))
    except Damaged:
        if ways_in.signed_earlier(author, version):
            raise KeysMoved from None
        raise Refused from None
    return grants


def propose(client: Client, version: items.Version, *, by: Actor) -> Proposal:
    """Keep it until the person has dealt with it; one that the same author made before goes.

    The same again is fine. Raises `NoVault`, `ReaderUnknown` (the person has no vault), `KeysMoved`
    or `Refused`.
    """
    author = by.account
    grants = _check(client, version, author)
    of = {"practice_id": client.practice_id, "client_id": client.pk}
    with transaction.atomic():
        # One writer per person at a time, so that two of one author's do not both stay.
        Client.objects.select_for_update().get(pk=client.pk, practice_id=client.practice_id)
        there = Proposal.objects.filter(pk=version.header.item).first()
        if there is not None:
            if (there.client_id, bytes(there.hash)) != (client.pk, version.hash):
                raise Refused
            return there
        earlier = Proposal.objects.filter(**of, author_id=author)
        earlier.update(ciphertext=b"", person_sealed=b"", author_sealed=b"")
        earlier.delete()
        own, theirs = grants[author], grants[client.user_id]
        made = Proposal.objects.create(
            **of,
            id=version.header.item,
            author_id=author,
            content_schema=version.header.schema,
            hash=version.hash,
            ciphertext=version.ciphertext,
            signature=version.signature,
            author_sealed=own.sealed,
            author_signature=own.signature,
            person_sealed=theirs.sealed,
            person_signature=theirs.signature,
            received_at=clock.now(),
        )
        record("create", "plan_proposal", by=by, resource_id=made.pk, client_id=client.pk)
    return made


def settle(client: Client, proposal: uuid.UUID, *, by: Actor) -> None:
    """The person took it over or does not want it: overwrite it, then delete it."""
    with transaction.atomic():
        rows = Proposal.objects.filter(
            practice_id=client.practice_id, client_id=client.pk, pk=proposal
        )
        if not rows.update(ciphertext=b"", person_sealed=b"", author_sealed=b""):
            raise NotFound
        rows.delete()
        record("delete", "plan_proposal", by=by, resource_id=proposal, client_id=client.pk)
