"""The exact words, sealed by a person to whoever answers for their flag.

The server opens none of it. Without agreement beforehand a passage is sealed to the flag's owner of
that moment alone. With it the person's device seals it to everybody on call at once, and the server
hands it to each only when the flag comes to them: nobody's device has to be awake for that.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Prefetch

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.consent.facade import allows
from holdfast.core.notify import facade as notify
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy.models import Client, Membership
from holdfast.core.vault import actions as vault
from holdfast.core.vault.engine import items
from holdfast.core.vault.models import Grant, ItemVersion, KeyEntry
from holdfast.safety.flags import facade as flags
from holdfast.safety.screening import policy
from holdfast.safety.screening.models import Passage, Policy
from holdfast.safety.screening.problems import NoOpenFlag

KIND = "passage"
CONSENT = "crisis_words"
SENT: Final = "passage-sent"


@dataclass(frozen=True)
class Reader:
    """To whom a passage is to be sealed. `now`: answers for the flag at this moment."""

    id: uuid.UUID
    name: str
    now: bool
    keys: Sequence[KeyEntry]


@dataclass(frozen=True)
class Readers:
    """The person's open flag, whether they agreed beforehand, and to whom their words would go."""

    flag: uuid.UUID | None
    agreed: bool
    readers: Sequence[Reader]


def agreed(client: Client) -> bool:
    """Whether the practice offers agreement beforehand and the person gave it. Two statements."""
    if policy.in_force(client.practice_id).words != Policy.Words.STANDING:
        return False
    return allows(client, CONSENT)


def readers(client: Client) -> Readers:
    """Six statements at most."""
    flag, people = flags.answering(client.practice_id, client.pk)
    standing = agreed(client)
    chosen = [one for one in people if one.now or standing]
    histories: dict[uuid.UUID, list[KeyEntry]] = defaultdict(list)
    users = [one.user_id for one in chosen]
    for entry in KeyEntry.objects.filter(user_id__in=users).order_by("sequence"):
        histories[entry.user_id].append(entry)
    found = [Reader(one.user_id, one.name, one.now, histories[one.user_id]) for one in chosen]
    return Readers(flag.id if flag else None, standing, found)


def readers_among(client: Client, users: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Of some accounts, those to whom a passage may be sealed now; see `vault.sharing`."""
    return {one.id for one in readers(client).readers} & set(users)


def send(
    client: Client, version: items.Version, *, report: uuid.UUID | None, by: Actor
) -> list[str]:
    """Keep a sealed passage and tell who answers for the flag; returns the names of its readers.

    The same one again changes nothing. Raises NoOpenFlag, Invalid where it is of another kind or
    sealed to nobody else, and what the vault raises.
    """
    if version.header.kind != KIND:
        raise Invalid(errors=(FieldError("version.kind", "kind", "A passage's kind."),))
    found = readers(client)
    names = {one.id: one.name for one in found.readers}
    given = [grant.reader for grant in version.grants if grant.reader in names]
    if found.flag is None:
        raise NoOpenFlag
    if not given:
        raise Invalid(errors=(FieldError("version.grants", "readers", "Sealed to nobody."),))
    owner = next((one.id for one in found.readers if one.now and one.id in given), None)
    with transaction.atomic():
        kept = vault.keep(client, version, by=by)
        if kept.is_new:
            Passage.objects.create(
                practice_id=client.practice_id,
                client=client,
                flag_id=found.flag,
                item=version.header.item,
                report=report,
                to_id=owner,
                sent_at=clock.now(),
            )
            detail = {"flag": str(found.flag), "readers": sorted(map(str, given))}
            record("send", "passage", by=by, resource_id=version.header.item, client_id=client.pk,
                   detail=detail)  # fmt: skip
            _tell(client, found.flag, owner)
    return [names[reader] for reader in given]


def _tell(client: Client, flag_id: uuid.UUID, owner: uuid.UUID | None) -> None:
    if owner is not None:
        notify.send(
            practice_id=client.practice_id,
            recipients=[owner],
            kind=SENT,
            subject_id=flag_id,
            urgent=True,
        )


@dataclass(frozen=True)
class Sent:
    """A passage of a flag; `version` with the reader's grant, where they may open it now."""

    item: uuid.UUID
    sent_at: datetime
    to: list[str]
    version: ItemVersion | None


def of_flag(client: Client, flag_id: uuid.UUID, by: Actor) -> list[Sent]:
    """The passages sent about a flag, oldest first, as one reader gets them. Six statements at
    most; one where there is none.
    """
    rows = list(Passage.objects.filter(practice_id=client.practice_id, flag_id=flag_id))
    if not rows:
        return []
    came = flags.has_come_to(client.practice_id, flag_id, by)
    standing = came and agreed(client)
    mine = Grant.objects.filter(practice_id=client.practice_id, client=client, reader_id=by.account)
    versions = ItemVersion.objects.filter(
        practice_id=client.practice_id,
        client=client,
        item__in=[row.item for row in rows],
        kind=KIND,
        forgotten=False,
        pk__in=mine.values("version"),
    ).prefetch_related(Prefetch("grants", queryset=mine))
    newest = {row.item: row for row in versions.order_by("revision")}
    names = dict(
        Membership.objects.filter(
            practice_id=client.practice_id, user__in=[row.to_id for row in rows if row.to_id]
        )
        .exclude(display_name="")
        .values_list("user_id", "display_name")
    )
    return [
        Sent(
            row.item,
            row.sent_at,
            [names[row.to_id]] if row.to_id in names else [],
            newest.get(row.item) if came and (standing or row.to_id == by.account) else None,
        )
        for row in sorted(rows, key=lambda row: row.sent_at)
    ]


def words_of(found: Sequence[Sent]) -> str:
    """not-shared, shared (with this reader) or shared-with-others."""
    if not found:
        return "not-shared"
    return "shared" if any(one.version for one in found) else "shared-with-others"
