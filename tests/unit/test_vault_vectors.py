"""The published vectors of the vault hold in Python, and what is wrong says so."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from holdfast.core.identity.kdf import recovery_code_bytes
from holdfast.core.vault.engine import content, earlier, encoding, errors, items, keys, wraps
from tests.vectors import make_vault
from tests.vectors.drawing import private_keys

VECTORS: dict[str, Any] = json.loads(make_vault.PATH.read_text(encoding="utf-8"))
CASES = {case["name"]: case for case in VECTORS["items"]}


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def person(name: str) -> tuple[items.Reader, keys.PrivateKeys]:
    found = VECTORS[name]
    private = keys.PrivateKeys(raw(found["agreement_seed"]), raw(found["signing_seed"]))
    return items.Reader(uuid.UUID(found["id"]), private.public), private


def content_of(case: dict[str, Any]) -> bytes:
    given = case["content"]
    if isinstance(given, str):
        return raw(given)
    return hashlib.shake_256(given["shake256"].encode()).digest(given["length"])


def version_of(case: dict[str, Any]) -> items.Version:
    shown = case["version"]
    header = items.Header(
        uuid.UUID(shown["item"]),
        uuid.UUID(shown["owner"]),
        shown["kind"],
        shown["content_schema"],
        shown["revision"],
        tuple(raw(each) for each in shown["previous"]),
        shown["suite"],
    )
    if "ciphertext" in shown:
        ciphertext = raw(shown["ciphertext"])
    else:
        ciphertext = content.encrypt(raw(case["item_key"]), content_of(case), header.packed)
        digest = hashlib.sha256(ciphertext).digest()
        assert digest == raw(shown["ciphertext_sha256"])
    grants = tuple(
        items.Grant(uuid.UUID(each["reader"]), raw(each["sealed"]), raw(each["signature"]))
        for each in shown["grants"]
    )
    return items.Version(header, ciphertext, raw(shown["signature"]), grants)


def test_the_file_is_what_the_script_writes() -> None:
    assert make_vault.PATH.read_text(encoding="utf-8") == make_vault.text()


def test_the_public_keys_follow_from_the_seeds() -> None:
    for name in ("owner", "reader"):
        reader, _ = person(name)
        assert reader.keys.agreement == raw(VECTORS[name]["agreement"])
        assert reader.keys.signing == raw(VECTORS[name]["signing"])


@pytest.mark.parametrize("name", CASES)
def test_each_reader_opens_what_is_granted_to_them(name: str) -> None:
    case, (owner, _) = CASES[name], person("owner")
    version = version_of(case)
    assert version.header.packed == raw(case["header"])
    assert version.hash == raw(case["hash"])
    granted = {each.reader for each in version.grants}
    for who in ("owner", "reader"):
        reader, private = person(who)
        if reader.id in granted:
            opened = items.open_version(version, reader, private, owner.keys)
            assert opened == content_of(case)
        else:
            with pytest.raises(errors.NotGranted):
                items.open_version(version, reader, private, owner.keys)


@pytest.mark.parametrize("name", CASES)
def test_sealing_again_gives_the_same_but_for_the_one_time_keys(name: str) -> None:
    case, (_, private), (other, _) = CASES[name], person("owner"), person("reader")
    version = version_of(case)
    readers = [other] if len(version.grants) == 2 else []
    sealed = items.seal(
        version.header,
        content_of(case),
        item_key=raw(case["item_key"]),
        owner=private,
        readers=readers,
    )
    assert (sealed.ciphertext, sealed.signature) == (version.ciphertext, version.signature)
    assert {len(each.sealed) for each in sealed.grants} == {items.SEALED_KEY_BYTES}
    assert sealed.grants[0].sealed != version.grants[0].sealed


@pytest.mark.parametrize("shown", VECTORS["wraps"], ids=lambda each: str(each["kind"]))
def test_a_wrap_opens_with_its_secret_alone(shown: dict[str, Any]) -> None:
    (owner, private), cost = (
        person("owner"),
        wraps.Cost(shown["memory_kib"], shown["passes"], shown["parallelism"]),
    )
    stored = wraps.Wrap(
        owner.id,
        shown["kind"],
        shown["sequence"],
        cost,
        raw(shown["salt"]),
        raw(shown["sealed"]),
        credential=raw(shown.get("credential", "")),
    )
    assert stored.associated == raw(shown["associated"])
    if shown["kind"] == "password":
        key = wraps.password_key(shown["secret"], stored.salt, cost)
    elif shown["kind"] == "recovery":
        key = wraps.recovery_key(recovery_code_bytes(shown["secret"]), stored.salt)
    else:
        key = wraps.passkey_key(raw(shown["secret"]), stored.salt)
    assert key == raw(shown["key"])
    assert wraps.unwrap(stored, key) == private
    assert wraps.wrap(replace(stored, sealed=b""), private, key, raw(shown["nonce"])) == stored
    with pytest.raises(errors.WrongKey):
        wraps.unwrap(stored, bytes(32))


def test_a_password_that_could_be_guessed_fast_is_never_wrapped_with() -> None:
    (owner, private), weak = person("owner"), wraps.Cost(19_456, 2)
    with pytest.raises(errors.TooWeak):
        wraps.password_key("a password", bytes(16), weak)
    empty = wraps.Wrap(owner.id, "password", 1, weak, bytes(16), b"")
    with pytest.raises(errors.TooWeak):
        wraps.wrap(empty, private, bytes(32), bytes(12))
    with pytest.raises(errors.TooWeak):
        wraps.unwrap(empty, bytes(32))


def history() -> list[keys.KeyEntry]:
    return [
        keys.KeyEntry(
            uuid.UUID(each["user"]),
            each["sequence"],
            keys.PublicKeys(raw(each["agreement"]), raw(each["signing"])),
            each["created"],
            raw(each["previous"]),
            raw(each["signature"]),
            raw(each["continuity"]),
        )
        for each in VECTORS["history"]
    ]


def test_a_history_of_keys_is_checked_from_its_first_entry() -> None:
    entries, (owner, _) = history(), person("owner")
    assert keys.verify_history(owner.id, entries) == entries[-1]
    assert [each.hash for each in entries] == [raw(each["hash"]) for each in VECTORS["history"]]
    stranger = private_keys("stranger")
    forged = keys.next_entry(entries[0], stranger, stranger, 1_790_086_400)
    for wrong in ([], entries[1:], [entries[0], forged], [*entries, entries[1]]):
        with pytest.raises(errors.Damaged):
            keys.verify_history(owner.id, wrong)


def test_replaced_keys_are_opened_by_those_that_follow() -> None:
    entries, (_, old), shown = history(), person("owner"), VECTORS["change_of_keys"]
    fresh = keys.PrivateKeys(raw(shown["agreement_seed"]), raw(shown["signing_seed"]))
    assert fresh.public == entries[1].keys
    assert earlier.info(entries[1]) == raw(shown["info"])
    sealed = [b"", raw(shown["earlier"])]
    assert earlier.open_all(entries, sealed, fresh) == [fresh, old]
    assert earlier.open_all(entries, [b"", earlier.seal(entries[1], old)], fresh) == [fresh, old]
    assert earlier.open_all(entries[:1], sealed[:1], old) == [old]
    assert keys.next_entry(entries[0], old, fresh, entries[1].created) == entries[1]


def test_sizes_fall_into_classes() -> None:
    for length, expected in VECTORS["size_classes"]:
        assert content.size_class(length) == expected
        assert len(content.pad(bytes(length))) == expected


def test_different_fields_never_pack_alike() -> None:
    assert encoding.pack("ab", "c") != encoding.pack("a", "bc") != encoding.pack("abc")
    for case in VECTORS["encoding"]:
        *plain, identifier = case["fields"]
        assert encoding.pack(*plain, uuid.UUID(identifier)) == raw(case["packed"])
