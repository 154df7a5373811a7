"""What a person gives to readers of their care team, and takes back. The server opens none of it.

Everything given is verified against the person's own keys before it is kept: what would not open
is refused. Who may be given something is looked at here, and again at every reading.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Model, QuerySet

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.core.vault import ways_in
from holdfast.core.vault.engine import folders as engine
from holdfast.core.vault.engine import items, keys
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.models import (
    Folder,
    FolderKey,
    FolderWrap,
    Grant,
    ItemVersion,
    KeyEntry,
    ReaderNote,
    Space,
)
from holdfast.core.vault.problems import (
    EpochEnded,
    EpochTaken,
    NoVault,
    PreviousUnknown,
    ReaderUnknown,
    Refused,
)
from holdfast.core.vault.readers import who_may_read


@dataclass(frozen=True)
class Named:
    """A version that is here, by its item and its hash."""

    item: uuid.UUID
    hash: bytes


@dataclass(frozen=True)
class _Keys:
    """The person's signatures and the readers' newest keys."""

    user: uuid.UUID
    owner: keys.Signers
    newest: Mapping[uuid.UUID, keys.PublicKeys]

    def reader(self, user: uuid.UUID) -> items.Reader:
        return items.Reader(user, self.newest[user])


def _keys_of(client: Client, readers: Collection[uuid.UUID], kinds: Collection[str] = ()) -> _Keys:
    """Of the person and of readers, all of whom must be allowed to read and have a vault.

    Raises `NoVault` for the person and `ReaderUnknown`. Two SQL statements.
    """
    owner = client.user_id
    others = set(readers) - {owner}
    histories: dict[uuid.UUID, list[keys.KeyEntry]] = defaultdict(list)
    rows = KeyEntry.objects.filter(user_id__in={*others, owner}).order_by("sequence")
    for row in rows:
        histories[row.user_id].append(ways_in.entry_of(row))
    if owner is None or owner not in histories:
        raise NoVault
    if others and (others - histories.keys() or others - who_may_read(client, others, kinds)):
        raise ReaderUnknown
    newest = {user: entries[-1].keys for user, entries in histories.items()}
    return _Keys(owner, keys.signers_of(histories[owner]), newest)


def _versions(client: Client, named: Collection[Named]) -> dict[Named, ItemVersion]:
    """The versions that are here with their content; `PreviousUnknown` where one is not."""
    rows = ItemVersion.objects.filter(
        practice_id=client.practice_id,
        client=client,
        item__in={each.item for each in named},
        hash__in={each.hash for each in named},
        forgotten=False,
    ).defer("ciphertext")
    found = {Named(row.item, bytes(row.hash)): row for row in rows}
    if not found.keys() >= set(named):
        raise PreviousUnknown
    return found


def _header(row: ItemVersion) -> items.Header:
    """As far as grants and wraps are bound to it; what it follows is in the hash."""
    return items.Header(
        row.item, row.owner_id, row.kind, row.content_schema, row.revision, (), row.suite
    )


def _lock(client: Client) -> None:
    """One writer of a person's shares at a time, so that what is stopped stays so."""
    Space.objects.get_or_create(client=client, practice_id=client.practice_id)
    Space.objects.select_for_update().get(client=client)


def _of(client: Client) -> dict[str, object]:
    return {"practice_id": client.practice_id, "client": client}


# --- giving


@dataclass(frozen=True)
class NewGrant:
    """A grant of a version that is here already."""

    of: Named
    grant: items.Grant


def add_grants(client: Client, given: Sequence[NewGrant], *, by: Actor) -> int:
    """Let readers read versions that are here; a grant of the same to the same is replaced.

    Raises `NoVault`, `ReaderUnknown`, `PreviousUnknown` or `Refused`, and then keeps none.
    """
    readers = {each.grant.reader for each in given}
    with transaction.atomic():
        _lock(client)
        rows = _versions(client, {each.of for each in given})
        known = _keys_of(client, readers, {row.kind for row in rows.values()})
        for each in given:
            _check_grant(each, rows[each.of], known)
        # Of the same given twice the later one is meant; a statement may touch a row only once.
        once = {(each.of, each.grant.reader): each for each in given}
        now = clock.now()
        Grant.objects.bulk_create(
            (
                Grant(
                    **_of(client),
                    version=rows[each.of],
                    reader_id=each.grant.reader,
                    sealed=each.grant.sealed,
                    signature=each.grant.signature,
                    given_at=now,
                )
                for each in once.values()
            ),
            update_conflicts=True,
            unique_fields=["version", "reader"],
            update_fields=["sealed", "signature", "given_at"],
        )
        note_given(client, readers)
        _record("share", client, by, items={each.of.item for each in given}, readers=readers)
    return len(once)


def _check_grant(given: NewGrant, row: ItemVersion, known: _Keys) -> None:
    reader = known.reader(given.grant.reader)
    info = items.grant_info(_header(row), given.of.hash, reader)
    _verify(known, given.grant.signature, items.grant_signed(info, given.grant.sealed))


def _verify(known: _Keys, signature: bytes, message: bytes) -> None:
    try:
        known.owner.verify(signature, message)
    except Damaged:
        raise Refused from None


# --- folders


@dataclass(frozen=True)
class Begun:
    """A folder's newest epoch, and whether the folder is new."""

    epoch: int
    is_new: bool


def begin_folder(
    client: Client, folder_id: uuid.UUID, kind: str, given: Sequence[engine.FolderKey], *, by: Actor
) -> Begun:
    """A standing share with its first key. The same again changes nothing."""
    with transaction.atomic():
        _lock(client)
        there = Folder.objects.filter(pk=folder_id).first()
        if there is not None:
            if there.client_id != client.pk or there.kind != kind:
                raise Refused
            return Begun(there.epoch, is_new=False)
        folder = Folder(**_of(client), pk=folder_id, kind=kind, begun_at=clock.now())
        readers = _check_keys(client, folder, given, epochs={1}, whole=True)
        folder.save(force_insert=True)
        _keep_keys(client, folder, given)
        _record("begin-folder", client, by, folder=folder, readers=readers)
    return Begun(folder.epoch, is_new=True)


def begin_epoch(
    client: Client,
    folder_id: uuid.UUID,
    epoch: int,
    given: Sequence[engine.FolderKey],
    *,
    by: Actor,
) -> None:
    """A new key for what comes after, given to those who go on. Raises `EpochTaken`."""
    with transaction.atomic():
        folder = _folder(client, folder_id)
        if epoch != folder.epoch + 1:
            raise EpochTaken(epoch=folder.epoch)
        readers = _check_keys(client, folder, given, epochs={epoch}, whole=True)
        _keep_keys(client, folder, given)
        folder.epoch, folder.renew, folder.stopped_at = epoch, False, None
        folder.save(update_fields=["epoch", "renew", "stopped_at"])
        _record("begin-epoch", client, by, folder=folder, readers=readers)


def add_folder_keys(
    client: Client, folder_id: uuid.UUID, given: Sequence[engine.FolderKey], *, by: Actor
) -> int:
    """Another reader of a folder, from the epochs that the person chose."""
    with transaction.atomic():
        folder = _folder(client, folder_id)
        if folder.renew or folder.stopped_at is not None:
            raise EpochEnded(epoch=folder.epoch)
        epochs = set(range(1, folder.epoch + 1))
        readers = _check_keys(client, folder, given, epochs=epochs, whole=False)
        _keep_keys(client, folder, given)
        _record("share-folder", client, by, folder=folder, readers=readers)
    return len(given)


def _folder(client: Client, folder_id: uuid.UUID) -> Folder:
    """A folder of the person's, held until the transaction ends; `NotFound` for any other."""
    _lock(client)
    found = Folder.objects.filter(**_of(client), pk=folder_id).first()
    if found is None:
        raise NotFound
    return found


def _check_keys(
    client: Client,
    folder: Folder,
    given: Sequence[engine.FolderKey],
    *,
    epochs: Collection[int],
    whole: bool,
) -> set[uuid.UUID]:
    """To whom the keys are given; refuses what does not verify. `whole`: the owner's is there."""
    readers = {each.reader for each in given}
    known = _keys_of(client, readers)
    twice = len({(each.epoch, each.reader) for each in given}) != len(given)
    alone = whole and (client.user_id not in readers or len(readers) < 2)
    if twice or alone or any(each.epoch not in epochs for each in given):
        raise Refused
    shape = engine.Folder(folder.pk, known.user, folder.kind)
    for each in given:
        info = engine.key_info(shape, each.epoch, known.reader(each.reader))
        _verify(known, each.signature, engine.key_signed(info, each.sealed))
    return readers - {client.user_id}


def _keep_keys(client: Client, folder: Folder, given: Sequence[engine.FolderKey]) -> None:
    now = clock.now()
    note_given(client, {each.reader for each in given})
    FolderKey.objects.bulk_create(
        (
            FolderKey(
                **_of(client),
                folder=folder,
                epoch=each.epoch,
                reader_id=each.reader,
                sealed=each.sealed,
                signature=each.signature,
                given_at=now,
            )
            for each in given
        ),
        update_conflicts=True,
        unique_fields=["folder", "epoch", "reader"],
        update_fields=["sealed", "signature", "given_at"],
    )


@dataclass(frozen=True)
class NewWrap:
    """A version that is here, put into a folder."""

    of: Named
    wrap: engine.FolderWrap


def add_wraps(client: Client, folder_id: uuid.UUID, given: Sequence[NewWrap], *, by: Actor) -> int:
    """Put versions into a folder. Raises `EpochEnded` where its key is not to be used any more."""
    with transaction.atomic():
        folder = _folder(client, folder_id)
        ended = folder.renew or folder.stopped_at is not None
        if ended or any(each.wrap.epoch != folder.epoch for each in given):
            raise EpochEnded(epoch=folder.epoch)
        known = _keys_of(client, ())
        rows = _versions(client, {each.of for each in given})
        for each in given:
            _check_wrap(each, rows[each.of], folder, known)
        once = {each.of: each for each in given}
        now = clock.now()
        FolderWrap.objects.bulk_create(
            (
                FolderWrap(
                    **_of(client),
                    folder=folder,
                    epoch=each.wrap.epoch,
                    version=rows[each.of],
                    sealed=each.wrap.sealed,
                    signature=each.wrap.signature,
                    given_at=now,
                )
                for each in once.values()
            ),
            update_conflicts=True,
            unique_fields=["version", "folder"],
            update_fields=["epoch", "sealed", "signature", "given_at"],
        )
        _record("share", client, by, folder=folder, items={each.of.item for each in given})
    return len(once)


def _check_wrap(given: NewWrap, row: ItemVersion, folder: Folder, known: _Keys) -> None:
    if row.kind != folder.kind or given.wrap.folder != folder.pk:
        raise Refused
    header, wrap = _header(row), given.wrap
    associated = engine.wrap_associated(header, given.of.hash, folder.pk, wrap.epoch)
    _verify(known, wrap.signature, engine.wrap_signed(associated, wrap.sealed))


# --- taking back


def stop_folder(client: Client, folder_id: uuid.UUID, reader: uuid.UUID, *, by: Actor) -> None:
    """End a standing share with one reader. What they have read cannot be unread."""
    with transaction.atomic():
        folder = _folder(client, folder_id)
        if reader == client.user_id or not _take_out(client, folder, reader):
            raise NotFound
        _note_taken_back(client, reader)
        _record("stop-folder", client, by, folder=folder, readers={reader})


def stop_item(client: Client, item: uuid.UUID, reader: uuid.UUID, *, by: Actor) -> None:
    """Take one item back from one reader, in all its versions; also out of folders they read."""
    with transaction.atomic():
        _lock(client)
        if reader == client.user_id:
            raise NotFound
        mine = FolderKey.objects.filter(**_of(client), reader_id=reader).values("folder")
        gone = _drop(Grant.objects.filter(**_of(client), version__item=item, reader_id=reader))
        gone += _drop(FolderWrap.objects.filter(**_of(client), version__item=item, folder__in=mine))
        if not gone:
            raise NotFound
        _note_taken_back(client, reader)
        _record("stop-sharing", client, by, items={item}, readers={reader})


def stop_reader(client: Client, reader: uuid.UUID, *, by: Actor) -> None:
    """Take back all that one reader has. What they have read cannot be unread."""
    with transaction.atomic():
        _lock(client)
        if reader == client.user_id or not _take_all(client, reader):
            raise NotFound
        _note_taken_back(client, reader)
        _record("stop-sharing", client, by, readers={reader})


def end_cover(client: Client, reader: uuid.UUID, *, by: Actor) -> None:
    """Whoever covered for a colleague holds nothing afterwards; nobody has to think of it."""
    with transaction.atomic():
        _lock(client)
        if _take_all(client, reader):
            _record("stop-sharing", client, by, readers={reader})


def _take_all(client: Client, reader: uuid.UUID) -> int:
    gone = _drop(Grant.objects.filter(**_of(client), reader_id=reader))
    for folder in Folder.objects.filter(**_of(client), keys__reader=reader).distinct():
        gone += _take_out(client, folder, reader)
    return gone


def _take_out(client: Client, folder: Folder, reader: uuid.UUID) -> int:
    """Drop a reader's keys of a folder; how many. With the last reader its wraps go, too."""
    gone = _drop(FolderKey.objects.filter(folder=folder, reader_id=reader))
    if not gone:
        return 0
    folder.renew = True
    if not FolderKey.objects.filter(folder=folder).exclude(reader_id=client.user_id).exists():
        _drop(FolderWrap.objects.filter(folder=folder))
        folder.stopped_at = clock.now()
    folder.save(update_fields=["renew", "stopped_at"])
    return gone


def _drop(rows: QuerySet[Grant] | QuerySet[FolderKey] | QuerySet[FolderWrap]) -> int:
    """Overwrite what is sealed, then delete: the row's last page holds nothing to unseal."""
    rows.update(sealed=b"")
    gone, _ = rows.delete()
    return gone


def note_given(client: Client, readers: Collection[uuid.UUID]) -> None:
    """From now on the person is told when one of them leaves the care team."""
    others = set(readers) - {client.user_id}
    if not others:
        return
    ReaderNote.objects.bulk_create(
        (ReaderNote(**_of(client), reader_id=each) for each in others), ignore_conflicts=True
    )
    ReaderNote.objects.filter(client=client, reader_id__in=others).update(left_told_at=None)


def _note_taken_back(client: Client, reader: uuid.UUID) -> None:
    ReaderNote.objects.update_or_create(
        client=client,
        reader_id=reader,
        defaults={"practice_id": client.practice_id, "taken_back_at": clock.now()},
    )


def _record(
    action: str,
    client: Client,
    by: Actor,
    *,
    folder: Folder | None = None,
    items: Iterable[uuid.UUID] = (),
    readers: Iterable[uuid.UUID] = (),
) -> None:
    """One audit entry; ids alone."""
    detail: dict[str, object] = {
        "items": sorted(map(str, items)),
        "readers": sorted(map(str, readers)),
    }
    subject: Model = folder or client
    record(
        action,
        "vault_item",
        by=by,
        resource_id=subject.pk,
        client_id=client.pk,
        detail={name: value for name, value in detail.items() if value},
    )
