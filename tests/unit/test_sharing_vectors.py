"""The published vectors of sharing hold in Python: later grants, folders, excerpts, words."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest

from holdfast.core.vault.engine import errors, excerpts, folders, items, keys, pins
from tests.unit.test_vault_vectors import (
    CASES,
    VECTORS,
    content_of,
    history,
    person,
    raw,
    version_of,
)

SHARING: dict[str, Any] = VECTORS["sharing"]
FOLDER: dict[str, Any] = SHARING["folder"]


def folder() -> folders.Folder:
    owner, _ = person("owner")
    return folders.Folder(uuid.UUID(FOLDER["id"]), owner.id, FOLDER["kind"])


def holder(name: str) -> items.Holder:
    reader, private = person(name)
    return items.Holder(reader.id, (private,))


def keys_of(name: str) -> list[folders.FolderKey]:
    me, _ = person(name)
    return [
        folders.FolderKey(each["epoch"], me.id, raw(each["sealed"]), raw(each["signature"]))
        for epoch in FOLDER["epochs"]
        for each in epoch["keys"]
        if each["reader"] == str(me.id)
    ]


def opened(name: str) -> folders.OpenedFolder:
    owner, _ = person("owner")
    found = folders.open_folder_keys(folder(), keys_of(name), holder(name), owner.keys)
    return folders.OpenedFolder(folder(), found)


def wrap_of(shown: dict[str, Any]) -> folders.FolderWrap:
    return folders.FolderWrap(
        uuid.UUID(shown["folder"]), shown["epoch"], raw(shown["sealed"]), raw(shown["signature"])
    )


def test_a_version_that_exists_is_granted_to_somebody_else() -> None:
    shown, (owner, private), (reader, theirs) = SHARING["grant"], person("owner"), person("reader")
    version = version_of(CASES[shown["of"]])
    assert items.grant_info(version.header, version.hash, reader) == raw(shown["info"])
    given = items.Grant(reader.id, raw(shown["sealed"]), raw(shown["signature"]))
    wider = items.Version(
        version.header, version.ciphertext, version.signature, (*version.grants, given)
    )
    text = content_of(CASES[shown["of"]])
    assert items.open_version(wider, reader, theirs, owner.keys) == text
    (again,) = items.regrant(version, items.Holder(owner.id, (private,)), owner.keys, [reader])
    made = items.Version(version.header, version.ciphertext, version.signature, (again,))
    assert items.open_version(made, reader, theirs, owner.keys) == text


def test_a_folders_keys_open_by_epoch_to_whom_they_were_given() -> None:
    by_epoch = {each["epoch"]: raw(each["key"]) for each in FOLDER["epochs"]}
    assert opened("owner").keys == by_epoch
    assert opened("reader").keys == {1: by_epoch[1]}
    for epoch in FOLDER["epochs"]:
        for each in epoch["keys"]:
            who = next(
                name for name in ("owner", "reader") if VECTORS[name]["id"] == each["reader"]
            )
            reader, _ = person(who)
            assert folders.key_info(folder(), epoch["epoch"], reader) == raw(each["info"])


@pytest.mark.parametrize("shown", FOLDER["wraps"], ids=lambda each: str(each["of"]))
def test_a_wrap_is_made_and_opened_as_published(shown: dict[str, Any]) -> None:
    (owner, private), case = person("owner"), CASES[shown["of"]]
    version, wrap = version_of(case), wrap_of(shown)
    key = raw(next(each["key"] for each in FOLDER["epochs"] if each["epoch"] == shown["epoch"]))
    made = folders.wrap_item_key(
        version, raw(case["item_key"]), folder(), shown["epoch"], key,
        owner=private, nonce=raw(shown["nonce"]),
    )  # fmt: skip
    assert made == wrap
    bare = items.Version(version.header, version.ciphertext, version.signature)
    for name in ("owner", "reader"):
        mine = opened(name)
        if shown["epoch"] in mine.keys:
            found = folders.open_shared(bare, [wrap], [mine], holder(name), owner.keys)
            assert found == content_of(case)
        else:
            with pytest.raises(errors.NotGranted):
                folders.open_shared(bare, [wrap], [mine], holder(name), owner.keys)


def test_an_item_of_another_kind_does_not_go_into_a_folder() -> None:
    (_, private), case = person("owner"), CASES["large"]
    with pytest.raises(ValueError, match="another owner or kind"):
        folders.wrap_item_key(
            version_of(case), raw(case["item_key"]), folder(), 1, bytes(32),
            owner=private, nonce=bytes(12),
        )  # fmt: skip


def test_an_excerpt_is_the_same_bytes_everywhere() -> None:
    shown = SHARING["excerpt"]
    fields = shown["fields"] | {"of": uuid.UUID(shown["fields"]["of"])}
    made = excerpts.Excerpt(**fields)
    assert made.content == raw(shown["content"])
    assert excerpts.read(made.content) == made
    for wrong in (b"", b"[]", b"\xff", b"{}", made.content.replace(b"true", b"1")):
        with pytest.raises(errors.Damaged):
            excerpts.read(wrong)


def test_two_people_see_the_same_twelve_words() -> None:
    shown = VECTORS["words"]
    one, other = (
        pins.Pin(uuid.UUID(each["user"]), each["sequence"], raw(each["hash"]))
        for each in shown["pins"]
    )
    assert list(pins.comparison_words(one, other)) == shown["words"]
    assert pins.comparison_words(other, one) == pins.comparison_words(one, other)
    text = "\n".join(pins.word_list()) + "\n"
    assert hashlib.sha256(text.encode()).digest() == raw(shown["list_sha256"])
    changed = pins.Pin(other.user, 1, bytes(32))
    assert pins.comparison_words(one, changed) != pins.comparison_words(one, other)


def test_a_pin_moves_with_a_history_that_goes_on_and_with_no_other() -> None:
    entries, (owner, private) = history(), person("owner")
    pin = pins.check_pin(None, owner.id, entries[:1])
    assert (pin.sequence, pin.hash) == (1, entries[0].hash)
    moved = pins.check_pin(pin, owner.id, entries)
    assert moved == pins.Pin(owner.id, 2, entries[1].hash)
    other = [keys.first_entry(owner.id, private, 1)]
    for known, shown in ((moved, entries[:1]), (pin, other)):
        with pytest.raises(errors.KeysChanged):
            pins.check_pin(known, owner.id, shown)
    with pytest.raises(errors.Damaged):
        pins.check_pin(pin, owner.id, entries[1:])


def test_what_older_keys_signed_and_what_was_given_to_them_stays_readable() -> None:
    """After a change of keys, on either side."""
    entries, (_, private), (reader, theirs) = history(), person("owner"), person("reader")
    change = VECTORS["change_of_keys"]
    fresh = keys.PrivateKeys(raw(change["agreement_seed"]), raw(change["signing_seed"]))
    signers, case = keys.signers_of(entries), CASES["on the phone"]
    version = version_of(case)
    owner = items.Holder(entries[0].user, (fresh, private))
    assert items.item_key_for(version, owner, signers) == raw(case["item_key"])
    (given,) = items.regrant(version, owner, signers, [reader])
    shared = items.Version(version.header, version.ciphertext, version.signature, (given,))
    later = items.Holder(reader.id, (fresh, theirs))
    assert folders.open_shared(shared, [], [], later, signers) == content_of(case)
    with pytest.raises(errors.Damaged):
        items.item_key_for(shared, later, entries[0].keys)
