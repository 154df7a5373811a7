"""Forget a vault: first what opens it, then what it holds."""

from __future__ import annotations

from holdfast.core.identity.erasure import Subject
from holdfast.core.vault.models import (
    Folder,
    FolderKey,
    FolderWrap,
    Grant,
    ItemVersion,
    KeyEntry,
    ReaderNote,
    Space,
    Wrap,
)


def forget_keys(subject: Subject) -> None:
    """Crypto-erasure: overwrite and delete every way in and every grant; safe to run twice."""
    ways = Wrap.objects.filter(user_id=subject.user_id)
    ways.update(sealed=b"", salt=b"")
    ways.delete()
    owned = (
        Grant.objects.filter(version__owner_id=subject.user_id),
        FolderKey.objects.filter(client__user_id=subject.user_id),
        FolderWrap.objects.filter(client__user_id=subject.user_id),
    )
    for given in owned:
        given.update(sealed=b"", signature=b"")
        given.delete()
    Grant.objects.filter(reader_id=subject.user_id).delete()
    FolderKey.objects.filter(reader_id=subject.user_id).delete()
    entries = KeyEntry.objects.filter(user_id=subject.user_id)
    entries.update(earlier=b"")
    entries.delete()


def forget_items(subject: Subject) -> None:
    """Overwrite every version of one record, then delete it; safe to run twice."""
    if subject.practice_id is None or subject.client_id is None:
        return
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    versions = ItemVersion.objects.filter(**of_client)
    versions.update(ciphertext=b"", signature=b"")
    versions.delete()
    for what in (Folder, ReaderNote, Space):
        what.objects.filter(**of_client).delete()
