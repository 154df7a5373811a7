"""Whatever is changed, swapped or held back, the vault says so and never opens to other words."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.vault.engine import content, earlier, errors, items, keys, wraps
from tests.vectors.drawing import drawn, private_keys

OWNER, READER, STRANGER = (uuid.UUID(int=n) for n in (1, 2, 3))
OWN, THEIRS, OTHERS = (private_keys(name) for name in ("own", "theirs", "others"))
ITEM = uuid.UUID(int=9)
WORDS = b"I told nobody until today."


def sealed(
    words: bytes = WORDS,
    *,
    item: uuid.UUID = ITEM,
    owner: uuid.UUID = OWNER,
    private: keys.PrivateKeys = OWN,
    revision: int = 1,
    previous: tuple[bytes, ...] = (),
) -> items.Version:
    header = items.Header(item, owner, "journal", 1, revision, previous)
    return items.seal(
        header,
        words,
        item_key=drawn(f"{item}{owner}{revision}{words!r}", 32),
        owner=private,
        readers=[items.Reader(READER, THEIRS.public)],
    )


VERSION = sealed()


def opened(version: items.Version, *, as_reader: bool = False) -> bytes:
    who, private = (READER, THEIRS) if as_reader else (OWNER, OWN)
    reader = items.Reader(who, private.public)
    return items.open_version(version, reader, private, OWN.public)


def flipped(data: bytes, at: int, mask: int) -> bytes:
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def with_grant(version: items.Version, number: int, **changes: object) -> items.Version:
    grants = list(version.grants)
    grants[number] = replace(grants[number], **changes)  # type: ignore[arg-type]
    return replace(version, grants=tuple(grants))


def with_header(version: items.Version, changes: dict[str, Any]) -> items.Version:
    return replace(version, header=replace(version.header, **changes))


def every_changed_byte(version: items.Version, mask: int) -> Iterator[tuple[str, items.Version]]:
    """Each byte of each stored field of a version, changed alone."""
    header = version.header
    for at in range(len(version.ciphertext)):
        yield "ciphertext", replace(version, ciphertext=flipped(version.ciphertext, at, mask))
    for at in range(len(version.signature)):
        yield "signature", replace(version, signature=flipped(version.signature, at, mask))
    for name in ("item", "owner"):
        for at in range(16):
            value = uuid.UUID(bytes=flipped(getattr(header, name).bytes, at, mask))
            yield name, with_header(version, {name: value})
    for at in range(len(header.kind)):
        kind = flipped(header.kind.encode(), at, mask).decode("latin-1")
        yield "kind", replace(version, header=replace(header, kind=kind))
    for name in ("suite", "schema", "revision"):
        for at in range(8):
            number = int.from_bytes(flipped(getattr(header, name).to_bytes(8), at, mask))
            yield name, with_header(version, {name: number})
    for number, one in enumerate(header.previous):
        for at in range(len(one)):
            hashes = list(header.previous)
            hashes[number] = flipped(one, at, mask)
            changed = replace(header, previous=tuple(sorted(hashes)))
            yield "previous", replace(version, header=changed)
    for at in range(items.SEALED_KEY_BYTES):
        given_key = flipped(version.grants[0].sealed, at, mask)
        yield "grant.sealed", with_grant(version, 0, sealed=given_key)
    for at in range(keys.SIGNATURE_BYTES):
        signed = flipped(version.grants[0].signature, at, mask)
        yield "grant.signature", with_grant(version, 0, signature=signed)


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_any_changed_byte_of_any_stored_field_is_one_clear_error(mask: int) -> None:
    version = sealed(revision=2, previous=(VERSION.hash,))
    assert opened(version) == WORDS
    fields = set()
    for field, changed in every_changed_byte(version, mask):
        fields.add(field)
        with pytest.raises(errors.Damaged, match="changed or damaged"):
            opened(changed)
    assert len(fields) == 11


@given(st.integers(0, 15), st.integers(1, 255))
def test_a_grant_moved_to_another_name_is_no_grant(at: int, mask: int) -> None:
    reader = uuid.UUID(bytes=flipped(OWNER.bytes, at, mask))
    with pytest.raises(errors.VaultError):
        opened(with_grant(VERSION, 0, reader=reader))


@given(st.binary(max_size=2_000), st.data())
def test_a_damaged_ciphertext_never_opens(words: bytes, data: st.DataObject) -> None:
    header = items.Header(ITEM, OWNER, "journal", 1, 1)
    key = drawn("a key", 32)
    ciphertext = content.encrypt(key, words, header.packed)
    assert content.decrypt(key, ciphertext, header.packed) == words
    cut = data.draw(st.integers(0, len(ciphertext) - 1))
    changed = flipped(ciphertext, cut, data.draw(st.integers(1, 255)))
    for wrong in (changed, ciphertext[:cut], ciphertext + b"\0"):
        with pytest.raises(errors.Damaged):
            content.decrypt(key, wrong, header.packed)


CHUNKED = content.encrypt(drawn("chunks", 32), bytes(200_000), b"a")
STEP = content.CHUNK_BYTES + content.TAG_BYTES


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c[STEP:],
        lambda c: c[:-STEP],
        lambda c: c[STEP : 2 * STEP] + c[:STEP] + c[2 * STEP :],
        lambda c: c + c[-STEP:],
        lambda c: c[:STEP] + c,
        lambda c: b"",
    ],
    ids=["first gone", "last gone", "two swapped", "last twice", "first twice", "nothing"],
)
def test_chunks_cannot_be_left_out_moved_or_added(change: Callable[[bytes], bytes]) -> None:
    assert content.decrypt(drawn("chunks", 32), CHUNKED, b"a") == bytes(200_000)
    with pytest.raises(errors.Damaged):
        content.decrypt(drawn("chunks", 32), change(CHUNKED), b"a")


def swaps() -> dict[str, items.Version]:
    second = sealed(b"other words", revision=2, previous=(VERSION.hash,))
    elsewhere = sealed(b"other words", item=uuid.UUID(int=10))
    of_another = sealed(b"other words", owner=STRANGER, private=OTHERS)
    return {
        "content of another revision": replace(VERSION, ciphertext=second.ciphertext),
        "revision of another version": replace(VERSION, header=second.header),
        "grants of another revision": replace(VERSION, grants=second.grants),
        "grants of another item": replace(VERSION, grants=elsewhere.grants),
        "content of another item": replace(elsewhere, header=VERSION.header),
        "item of another owner": of_another,
        "owner's name alone": replace(of_another, header=replace(of_another.header, owner=OWNER)),
        "the reader's grant under the owner's name": replace(
            VERSION, grants=(replace(VERSION.grants[1], reader=OWNER),)
        ),
        "no grants": replace(VERSION, grants=()),
    }


@pytest.mark.parametrize("what", swaps())
def test_swapping_is_noticed(what: str) -> None:
    with pytest.raises(errors.VaultError):
        opened(swaps()[what])


def test_who_holds_no_grant_opens_nothing() -> None:
    assert opened(VERSION, as_reader=True) == WORDS
    revoked = replace(VERSION, grants=VERSION.grants[:1])
    with pytest.raises(errors.NotGranted):
        opened(revoked, as_reader=True)
    stranger = items.Reader(READER, OTHERS.public)
    with pytest.raises(errors.Damaged):
        items.open_version(VERSION, stranger, OTHERS, OWN.public)


def test_a_grant_kept_from_before_opens_no_later_version() -> None:
    header = items.Header(ITEM, OWNER, "journal", 1, 2, (VERSION.hash,))
    later = items.seal(header, b"later words", item_key=drawn("later", 32), owner=OWN)
    with pytest.raises(errors.Damaged):
        opened(replace(later, grants=VERSION.grants), as_reader=True)
    key = items.item_key_of(VERSION, items.Reader(READER, THEIRS.public), THEIRS, OWN.public)
    with pytest.raises(errors.Damaged):
        content.decrypt(key, later.ciphertext, later.header.packed)


def test_a_device_that_has_seen_the_newer_one_notices_what_came_back() -> None:
    second = sealed(b"second", revision=2, previous=(VERSION.hash,))
    beside = sealed(b"beside", revision=2, previous=(VERSION.hash,))
    third = sealed(b"third", revision=3, previous=tuple(sorted((second.hash, beside.hash))))
    seen = items.look({}, [VERSION])
    seen = items.look(seen, [second])
    assert items.look(seen, [second, beside])[ITEM].hashes == {second.hash, beside.hash}
    assert items.look(seen, [third])[ITEM].revision == 3
    for withheld in ([VERSION], [], [beside], [sealed(item=uuid.UUID(int=10))]):
        with pytest.raises(errors.RolledBack):
            items.look(seen, withheld)


WRAP = wraps.wrap(
    wraps.Wrap(OWNER, "recovery", 1, wraps.NO_COST, bytes(16), b""), OWN, bytes(32), bytes(12)
)


def test_any_change_to_a_wrap_keeps_it_shut() -> None:
    assert wraps.unwrap(WRAP, bytes(32)) == OWN
    changed = [
        replace(WRAP, user=READER),
        replace(WRAP, kind="password", cost=wraps.Cost()),
        replace(WRAP, sequence=2),
        replace(WRAP, version=2),
        replace(WRAP, cost=wraps.Cost()),
        replace(WRAP, sealed=WRAP.sealed + b"\0"),
    ]
    changed += [replace(WRAP, salt=flipped(WRAP.salt, at, 1)) for at in range(16)]
    changed += [
        replace(WRAP, sealed=flipped(WRAP.sealed, at, 1)) for at in range(wraps.SEALED_BYTES)
    ]
    for wrong in changed:
        with pytest.raises(errors.WrongKey):
            wraps.unwrap(wrong, bytes(32))


PASSKEY = wraps.wrap(
    wraps.Wrap(OWNER, "passkey", 1, wraps.NO_COST, bytes(16), b"", credential=b"a passkey"),
    OWN,
    bytes(32),
    bytes(12),
)


def test_a_passkeys_wrap_opens_for_that_passkey_alone() -> None:
    assert wraps.unwrap(PASSKEY, bytes(32)) == OWN
    changed = [
        replace(PASSKEY, kind="recovery"),
        replace(PASSKEY, kind="recovery", credential=b""),
        replace(PASSKEY, credential=b""),
        replace(PASSKEY, credential=b"a passkey" + bytes(1023)),
        replace(WRAP, credential=b"a passkey"),
    ]
    changed += [replace(PASSKEY, credential=flipped(b"a passkey", at, 1)) for at in range(9)]
    changed += [
        replace(PASSKEY, sealed=flipped(PASSKEY.sealed, at, 1)) for at in range(wraps.SEALED_BYTES)
    ]
    for wrong in changed:
        with pytest.raises(errors.WrongKey):
            wraps.unwrap(wrong, bytes(32))
    for length in (0, 31, 33, 64):
        with pytest.raises(errors.WrongKey):
            wraps.passkey_key(bytes(length), bytes(16))


FIRST = keys.first_entry(OWNER, OWN, 1_790_000_000)
SECOND = keys.next_entry(FIRST, OWN, THEIRS, 1_790_086_400)
THIRD = keys.next_entry(SECOND, THEIRS, OTHERS, 1_790_172_800)
HISTORY = [FIRST, SECOND, THIRD]
CARRIED = [b"", earlier.seal(SECOND, OWN), earlier.seal(THIRD, THEIRS)]


def test_every_changed_byte_of_replaced_keys_is_noticed() -> None:
    assert earlier.open_all(HISTORY, CARRIED, OTHERS) == [OTHERS, THEIRS, OWN]
    for number in (1, 2):
        for at in range(earlier.SEALED_BYTES):
            changed = list(CARRIED)
            changed[number] = flipped(CARRIED[number], at, 1)
            with pytest.raises(errors.Damaged):
                earlier.open_all(HISTORY, changed, OTHERS)


def test_other_keys_in_the_place_of_replaced_ones_are_noticed() -> None:
    stranger = keys.PrivateKeys(drawn("a", 32), drawn("b", 32))
    half = keys.PrivateKeys(THEIRS.agreement, stranger.signing)
    for wrong in (
        [b"", CARRIED[1], earlier.seal(THIRD, stranger)],
        [b"", CARRIED[1], earlier.seal(THIRD, half)],
        [b"", CARRIED[2], CARRIED[1]],
        [b"", CARRIED[1]],
        [b"", CARRIED[1], b""],
    ):
        with pytest.raises(errors.Damaged):
            earlier.open_all(HISTORY, wrong, OTHERS)
    with pytest.raises(errors.Damaged):
        earlier.open_all(HISTORY, CARRIED, THEIRS)
    elsewhere = replace(THIRD, created=1)
    with pytest.raises(errors.Damaged):
        earlier.open_all([FIRST, SECOND, elsewhere], CARRIED, OTHERS)
