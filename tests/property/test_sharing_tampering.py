"""Whatever is changed or swapped in a standing share, it says so and never opens to other words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.vault.engine import errors, folders, items
from tests.property.test_vault_tampering import (
    ITEM,
    OTHERS,
    OWN,
    OWNER,
    READER,
    STRANGER,
    THEIRS,
    VERSION,
    WORDS,
    flipped,
    sealed,
)
from tests.vectors.drawing import drawn

FOLDER = folders.Folder(uuid.UUID(int=20), OWNER, "journal")
ELSEWHERE = replace(FOLDER, id=uuid.UUID(int=21))
ME = items.Holder(READER, (THEIRS,))
TO_ME = items.Reader(READER, THEIRS.public)
BARE = replace(VERSION, grants=())
ITEM_KEY = items.item_key_of(VERSION, items.Reader(OWNER, OWN.public), OWN, OWN.public)


def key_of(folder: folders.Folder, epoch: int) -> bytes:
    return drawn(f"{folder.id} {epoch}", 32)


def given_key(
    folder: folders.Folder = FOLDER, epoch: int = 1, reader: items.Reader = TO_ME
) -> folders.FolderKey:
    return folders.seal_folder_key(folder, epoch, key_of(folder, epoch), reader, OWN)


def wrapped(
    version: items.Version = VERSION,
    folder: folders.Folder = FOLDER,
    epoch: int = 1,
    item_key: bytes = ITEM_KEY,
) -> folders.FolderWrap:
    return folders.wrap_item_key(
        version, item_key, folder, epoch, key_of(folder, epoch), owner=OWN, nonce=bytes(12)
    )


KEY, WRAP = given_key(), wrapped()


def opened(
    *,
    version: items.Version = BARE,
    wrap: folders.FolderWrap = WRAP,
    folder: folders.Folder = FOLDER,
    key: folders.FolderKey = KEY,
    me: items.Holder = ME,
) -> bytes:
    keys = folders.open_folder_keys(folder, [key], me, OWN.public)
    mine = folders.OpenedFolder(folder, keys)
    return folders.open_shared(version, [wrap], [mine], me, OWN.public)


def every_changed_byte(mask: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each byte of each stored field of a folder, its key and a wrap, changed alone."""
    for name in ("id", "owner"):
        for at in range(16):
            value = uuid.UUID(bytes=flipped(getattr(FOLDER, name).bytes, at, mask))
            changes: dict[str, Any] = {name: value}
            yield f"folder.{name}", {"folder": replace(FOLDER, **changes)}
    for at in range(len(FOLDER.kind)):
        kind = flipped(FOLDER.kind.encode(), at, mask).decode("latin-1")
        yield "folder.kind", {"folder": replace(FOLDER, kind=kind)}
    for at in range(8):
        suite = int.from_bytes(flipped(FOLDER.suite.to_bytes(8), at, mask))
        yield "folder.suite", {"folder": replace(FOLDER, suite=suite)}
        epoch = int.from_bytes(flipped(KEY.epoch.to_bytes(8), at, mask))
        yield "key.epoch", {"key": replace(KEY, epoch=epoch)}
        yield "wrap.epoch", {"wrap": replace(WRAP, epoch=epoch)}
    for at in range(16):
        reader = uuid.UUID(bytes=flipped(READER.bytes, at, mask))
        yield "key.reader", {"key": replace(KEY, reader=reader)}
        folder = uuid.UUID(bytes=flipped(FOLDER.id.bytes, at, mask))
        yield "wrap.folder", {"wrap": replace(WRAP, folder=folder)}
    stored: tuple[tuple[str, Any], ...] = (("key", KEY), ("wrap", WRAP))
    for name, one in stored:
        for field in ("sealed", "signature"):
            data = getattr(one, field)
            for at in range(len(data)):
                yield f"{name}.{field}", {name: replace(one, **{field: flipped(data, at, mask)})}
            yield f"{name}.{field} longer", {name: replace(one, **{field: data + b"\0"})}


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_any_changed_byte_of_a_standing_share_is_one_clear_error(mask: int) -> None:
    assert opened() == WORDS
    fields = set()
    for field, changed in every_changed_byte(mask):
        fields.add(field)
        with pytest.raises(errors.Damaged, match="changed or damaged"):
            opened(**changed)
    assert len(fields) == 16


def swaps() -> dict[str, dict[str, Any]]:
    second = replace(sealed(b"other words", revision=2, previous=(VERSION.hash,)), grants=())
    beside = replace(sealed(b"other words", item=uuid.UUID(int=10)), grants=())
    stranger = replace(sealed(b"other words", owner=STRANGER, private=OTHERS), grants=())
    other_key = drawn(f"{ITEM}{OWNER}2{b'other words'!r}", 32)
    return {
        "a wrap of another version": {"wrap": wrapped(second, item_key=other_key)},
        "another version under the wrap": {"version": second},
        "another item under the wrap": {"version": beside},
        "another owner's item": {"version": stranger},
        "a wrap of another folder": {"wrap": wrapped(folder=ELSEWHERE)},
        "the key of another folder": {"key": given_key(ELSEWHERE)},
        "the key of a later epoch under the number of this": {
            "key": replace(given_key(epoch=2), epoch=1)
        },
        "a wrap of a later epoch under the number of this": {
            "wrap": replace(wrapped(epoch=2), epoch=1)
        },
        "the owner's own key": {"key": given_key(reader=items.Reader(OWNER, OWN.public))},
        "the owner's key under the reader's name": {
            "key": replace(given_key(reader=items.Reader(OWNER, OWN.public)), reader=READER)
        },
        "a key that somebody else signed": {
            "key": folders.seal_folder_key(FOLDER, 1, key_of(FOLDER, 1), TO_ME, OTHERS)
        },
        "a wrap that the reader made": {
            "wrap": folders.wrap_item_key(
                VERSION,
                drawn("mine", 32),
                FOLDER,
                1,
                key_of(FOLDER, 1),
                owner=THEIRS,
                nonce=bytes(12),
            )
        },
    }


@pytest.mark.parametrize("what", swaps())
def test_swapping_in_a_standing_share_is_noticed(what: str) -> None:
    with pytest.raises(errors.Damaged):
        opened(**swaps()[what])


def test_a_key_of_one_epoch_opens_nothing_of_the_next() -> None:
    later = wrapped(epoch=2)
    with pytest.raises(errors.NotGranted):
        opened(wrap=later)
    forged = folders.OpenedFolder(FOLDER, {2: key_of(FOLDER, 1)})
    with pytest.raises(errors.Damaged):
        folders.open_shared(BARE, [later], [forged], ME, OWN.public)


@given(st.binary(min_size=60, max_size=60))
def test_no_other_bytes_are_a_wrap(data: bytes) -> None:
    associated = folders.wrap_associated(VERSION.header, VERSION.hash, FOLDER.id, 1)
    signature = OWN.sign(folders.wrap_signed(associated, data))
    forged = folders.FolderWrap(FOLDER.id, 1, data, signature)
    with pytest.raises(errors.Damaged):
        opened(wrap=forged)


def test_a_direct_grant_needs_no_folder_and_a_stranger_has_neither() -> None:
    assert folders.open_shared(VERSION, [], [], ME, OWN.public) == WORDS
    with pytest.raises(errors.NotGranted):
        folders.open_shared(BARE, [], [], ME, OWN.public)
    stranger = items.Holder(STRANGER, (OTHERS,))
    with pytest.raises(errors.NotGranted):
        folders.open_shared(VERSION, [], [], stranger, OWN.public)
    with pytest.raises(errors.Damaged):
        opened(me=stranger)
