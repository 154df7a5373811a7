"""Reads of what is shared: for the person, who has what; for a reader, what is theirs."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from holdfast.core.faults import dispensable
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership
from holdfast.core.vault.models import (
    Folder,
    FolderKey,
    FolderWrap,
    Grant,
    ItemVersion,
    KeyEntry,
    Opening,
    ReaderNote,
)
from holdfast.core.vault.readers import READER_ROLES, handed_out_apart

#: Versions in one page.
SIZE = 100


# --- for the person


@dataclass(frozen=True)
class Person:
    """Somebody who may be shared with, or who still holds something."""

    id: uuid.UUID
    name: str
    role: str
    purpose: str | None
    may_read: bool
    starts_on: date | None
    ends_on: date | None
    keys: Sequence[KeyEntry]
    items: int


@dataclass(frozen=True)
class Sharing:
    """Who may read or holds something, and the standing shares. Of `wrapped` folders the count."""

    people: Sequence[Person]
    folders: Sequence[Folder]
    wrapped: dict[uuid.UUID, int]


def sharing(client: Client, today: date) -> Sharing:
    """All of it, in six SQL statements, and one more where somebody holds something who left.

    Kinds that have a page of their own are left out.
    """
    of = {"practice_id": client.practice_id, "client": client}
    owner = client.user_id
    team = _team(client, today)
    folders = list(Folder.objects.filter(**of).prefetch_related("keys"))
    counts = dict(
        Grant.objects.filter(**of)
        .exclude(reader_id=owner)
        .exclude(version__kind__in=handed_out_apart())
        .values("reader_id")
        .annotate(items=Count("version__item", distinct=True))
        .values_list("reader_id", "items")
    )
    holders = {key.reader_id for folder in folders for key in folder.keys.all()} | counts.keys()
    gone = _names(client, holders - team.keys() - {owner})
    histories = defaultdict(list)
    for entry in KeyEntry.objects.filter(user_id__in={*team, *gone}).order_by("sequence"):
        histories[entry.user_id].append(entry)
    people = [_on_team(row, today, histories, counts) for row in team.values()]
    people += [
        Person(user, name, role, None, False, None, None, histories[user], counts.get(user, 0))
        for user, (name, role) in gone.items()
    ]
    wraps = FolderWrap.objects.filter(**of).values("folder_id")
    wrapped = wraps.annotate(items=Count("version__item", distinct=True))
    return Sharing(people, folders, dict(wrapped.values_list("folder_id", "items")))


def _team(client: Client, today: date) -> dict[uuid.UUID, CareTeamMember]:
    """Whoever may read now or will; of several memberships of one account the present one."""
    rows = CareTeamMember.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        practice_id=client.practice_id,
        client=client,
        membership__active=True,
        membership__role__in=READER_ROLES,
    ).select_related("membership")
    # Later ones first, so that what holds today is written over what will.
    ordered = sorted(rows, key=lambda row: (row.starts_on > today, row.starts_on), reverse=True)
    return {row.membership.user_id: row for row in ordered}


def _on_team(
    row: CareTeamMember,
    today: date,
    histories: dict[uuid.UUID, list[KeyEntry]],
    counts: dict[uuid.UUID, int],
) -> Person:
    user = row.membership.user_id
    return Person(
        id=user,
        name=row.membership.display_name,
        role=row.membership.role,
        purpose=row.purpose,
        may_read=row.starts_on <= today,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        keys=histories[user],
        items=counts.get(user, 0),
    )


def _names(client: Client, users: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Name and role in the practice, also of those who have left it. One statement."""
    found = dict.fromkeys(users, ("", ""))
    rows = Membership.objects.filter(practice_id=client.practice_id, user_id__in=list(found))
    for row in rows.order_by("active", "-joined_at"):
        found[row.user_id] = (row.display_name, row.role)
    return found


@dataclass(frozen=True)
class Reading:
    """One way in which one reader can read one version: a grant, or a wrap in a folder."""

    reader: uuid.UUID
    folder: uuid.UUID | None
    epoch: int | None
    sealed: bytes
    signature: bytes
    given_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True)
class SharedItem:
    """A version and those for whom it is the newest they can read of its item."""

    version: ItemVersion
    readers: Sequence[Reading]


def shared_items(
    client: Client,
    before: int | None,
    *,
    reader: uuid.UUID | None = None,
    item: uuid.UUID | None = None,
) -> tuple[list[SharedItem], int | None]:
    """What somebody besides the person can read, newest first. Five SQL statements.

    Kinds that have a page of their own are left out, unless their item is asked for.
    """
    of = {"practice_id": client.practice_id, "client": client}
    grants = Grant.objects.filter(**of).exclude(reader_id=client.user_id)
    keys = FolderKey.objects.filter(**of).exclude(reader_id=client.user_id)
    if reader is not None:
        grants, keys = grants.filter(reader_id=reader), keys.filter(reader_id=reader)
    rows = _readable(client, grants, keys).defer("ciphertext")
    shown = rows.filter(item=item) if item else rows.exclude(kind__in=handed_out_apart())
    page, following = _page(shown, before)
    # Of the same items also what stands on other pages: a reader may read a newer one there.
    holdings = _holdings(client, {row.item for row in page}, grants, keys)
    newest: dict[tuple[uuid.UUID, uuid.UUID], int] = defaultdict(int)
    for each in holdings:
        place = each.item, each.reading.reader
        newest[place] = max(newest[place], each.revision)
    of_version = defaultdict(list)
    for each in holdings:
        if each.revision == newest[each.item, each.reading.reader]:
            of_version[each.version].append(each.reading)
    found = [SharedItem(row, of_version[row.pk]) for row in page if row.pk in of_version]
    return found, following


@dataclass(frozen=True)
class _Holding:
    version: uuid.UUID
    item: uuid.UUID
    revision: int
    reading: Reading


def _holdings(
    client: Client,
    of_items: set[uuid.UUID],
    grants: QuerySet[Grant],
    keys: QuerySet[FolderKey],
) -> list[_Holding]:
    """Every way in which these readers can read any version of these items. Four statements."""
    of = {"practice_id": client.practice_id, "client": client}
    opened = {
        (version, reader): at
        for version, reader, at in Opening.objects.filter(
            **of, version__item__in=of_items
        ).values_list("version_id", "reader_id", "opened_at")
    }
    found = []
    granted = grants.filter(version__item__in=of_items).select_related("version")
    for grant in granted.defer("version__ciphertext"):
        at = opened.get((grant.version_id, grant.reader_id))
        found.append(_holding(grant.version, _reading(grant, grant.reader_id, None, None, at)))
    readers = defaultdict(list)
    for folder, epoch, reader in keys.values_list("folder_id", "epoch", "reader_id"):
        readers[folder, epoch].append(reader)
    wraps = FolderWrap.objects.filter(**of, version__item__in=of_items).select_related("version")
    for wrap in wraps.defer("version__ciphertext"):
        for user in readers[wrap.folder_id, wrap.epoch]:
            at = opened.get((wrap.version_id, user))
            reading = _reading(wrap, user, wrap.folder_id, wrap.epoch, at)
            found.append(_holding(wrap.version, reading))
    return found


def _holding(version: ItemVersion, reading: Reading) -> _Holding:
    return _Holding(version.pk, version.item, version.revision, reading)


def _reading(
    given: Grant | FolderWrap,
    reader: uuid.UUID,
    folder: uuid.UUID | None,
    epoch: int | None,
    opened_at: datetime | None,
) -> Reading:
    sealed, signature = bytes(given.sealed), bytes(given.signature)
    return Reading(reader, folder, epoch, sealed, signature, given.given_at, opened_at)


def _readable(
    client: Client, grants: QuerySet[Grant], keys: QuerySet[FolderKey]
) -> QuerySet[ItemVersion]:
    """Versions that are granted, or that are wrapped in a folder of whose epoch there is a key."""
    of = {"practice_id": client.practice_id, "client": client}
    with_key = keys.filter(folder=OuterRef("folder"), epoch=OuterRef("epoch"))
    wrapped = FolderWrap.objects.filter(**of).filter(Exists(with_key))
    rows = ItemVersion.objects.filter(**of, forgotten=False)
    # Found once each, not for every version: a journal has thousands, and shares few.
    return rows.filter(Q(pk__in=grants.values("version")) | Q(pk__in=wrapped.values("version")))


def _page(rows: QuerySet[ItemVersion], before: int | None) -> tuple[list[ItemVersion], int | None]:
    if before is not None:
        rows = rows.filter(position__lt=before)
    found = list(rows.order_by("-position")[: SIZE + 1])
    return found[:SIZE], found[SIZE - 1].position if len(found) > SIZE else None


# --- for a reader


@dataclass(frozen=True)
class Received:
    """One page of what a reader may read: versions with what opens them, and their folders."""

    versions: Sequence[ItemVersion]
    folders: dict[uuid.UUID, tuple[str, Sequence[FolderKey]]]
    owner_keys: Sequence[KeyEntry]
    taken_back_at: datetime | None
    next: int | None


def received(
    client: Client, reader: uuid.UUID, before: int | None, *, kind: str | None = None
) -> Received:
    """Of each item the newest version that this reader may read. Six SQL statements.

    Of one kind, or of all that have no page of their own.
    """
    of = {"practice_id": client.practice_id, "client": client}
    grants = Grant.objects.filter(**of, reader_id=reader)
    keys = FolderKey.objects.filter(**of, reader_id=reader)
    newer = _readable(client, grants, keys).filter(
        item=OuterRef("item"), revision__gt=OuterRef("revision")
    )
    rows = _readable(client, grants, keys).filter(~Exists(newer))
    rows = rows.filter(kind=kind) if kind else rows.exclude(kind__in=handed_out_apart())
    with_key = keys.filter(folder=OuterRef("folder"), epoch=OuterRef("epoch"))
    wraps = FolderWrap.objects.filter(**of).filter(Exists(with_key))
    page, following = _page(
        rows.prefetch_related(
            Prefetch("grants", queryset=grants), Prefetch("wraps", queryset=wraps)
        ),
        before,
    )
    folders: dict[uuid.UUID, tuple[str, list[FolderKey]]] = {}
    for key in keys.select_related("folder"):
        folders.setdefault(key.folder_id, (key.folder.kind, []))[1].append(key)
    notes = ReaderNote.objects.filter(**of, reader_id=reader)
    return Received(
        page,
        dict(folders),
        list(KeyEntry.objects.filter(user__client=client).order_by("sequence")),
        notes.values_list("taken_back_at", flat=True).first(),
        following,
    )


def may_read_item(client: Client, reader: uuid.UUID, item: uuid.UUID) -> bool:
    """Whether a reader may read any version of an item. One SQL statement."""
    of = {"practice_id": client.practice_id, "client": client}
    grants = Grant.objects.filter(**of, reader_id=reader)
    keys = FolderKey.objects.filter(**of, reader_id=reader)
    return _readable(client, grants, keys).filter(item=item).exists()


def note_opened(
    client: Client, reader: uuid.UUID, versions: Iterable[ItemVersion], now: datetime
) -> None:
    """Note that this ciphertext was handed out; reading goes on where there is no room to."""
    rows = [
        Opening(
            practice_id=client.practice_id,
            client=client,
            version=version,
            reader_id=reader,
            opened_at=now,
        )
        for version in versions
    ]
    with dispensable():
        Opening.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["version", "reader"],
            update_fields=["opened_at"],
        )
