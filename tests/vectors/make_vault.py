"""Writes tests/vectors/vault.json: `python -m tests.vectors.make_vault`.

Everything comes from one seed, the one-time keys of HPKE too; see `drawing`.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from holdfast.core.identity.kdf import b64url, format_recovery_code
from holdfast.core.vault.engine import content, earlier, encoding, items, keys, wraps
from tests.vectors import make_sharing, make_thread
from tests.vectors.drawing import drawn, hpke_seal, private_keys

PATH = Path(__file__).with_name("vault.json")


def _person(name: str) -> tuple[uuid.UUID, keys.PrivateKeys]:
    return uuid.UUID(bytes=drawn(f"{name} id", 16), version=4), private_keys(name)


def _keys(private: keys.PrivateKeys) -> dict[str, str]:
    return {
        "agreement_seed": b64url(private.agreement),
        "signing_seed": b64url(private.signing),
        "agreement": b64url(private.public.agreement),
        "signing": b64url(private.public.signing),
    }


def _entry(entry: keys.KeyEntry) -> dict[str, Any]:
    return {
        "user": str(entry.user),
        "sequence": entry.sequence,
        "agreement": b64url(entry.keys.agreement),
        "signing": b64url(entry.keys.signing),
        "created": entry.created,
        "previous": b64url(entry.previous),
        "signature": b64url(entry.signature),
        "continuity": b64url(entry.continuity),
        "hash": b64url(entry.hash),
    }


def wire(version: items.Version) -> dict[str, Any]:
    """A version as it goes over the wire."""
    header = version.header
    return {
        "suite": header.suite,
        "item": str(header.item),
        "owner": str(header.owner),
        "kind": header.kind,
        "content_schema": header.schema,
        "revision": header.revision,
        "previous": [b64url(each) for each in header.previous],
        "ciphertext": b64url(version.ciphertext),
        "signature": b64url(version.signature),
        "grants": [
            {
                "reader": str(grant.reader),
                "sealed": b64url(grant.sealed),
                "signature": b64url(grant.signature),
            }
            for grant in version.grants
        ],
    }


def _wraps(owner: uuid.UUID, private: keys.PrivateKeys) -> list[dict[str, Any]]:
    password, code = "Fünf kleine ﬁsche \u2163", drawn("recovery code", 20)
    prf, credential = drawn("PRF output", 32), drawn("credential", 48)
    ways: list[tuple[wraps.Wrap, str]] = [
        (_empty(owner, "password"), password),
        (_empty(owner, "recovery"), format_recovery_code(code)),
        (replace(_empty(owner, "passkey"), credential=credential), b64url(prf)),
    ]
    made = []
    for empty, secret in ways:
        if empty.kind == "password":
            key = wraps.password_key(password, empty.salt, empty.cost)
        elif empty.kind == "recovery":
            key = wraps.recovery_key(code, empty.salt)
        else:
            key = wraps.passkey_key(prf, empty.salt)
        nonce = drawn(f"{empty.kind} nonce", 12)
        done = wraps.wrap(empty, private, key, nonce)
        shown = {
            "version": done.version,
            "kind": done.kind,
            "sequence": done.sequence,
            "memory_kib": done.cost.memory_kib,
            "passes": done.cost.passes,
            "parallelism": done.cost.parallelism,
            "salt": b64url(done.salt),
            "nonce": b64url(nonce),
            "secret": secret,
            "key": b64url(key),
            "associated": b64url(done.associated),
            "sealed": b64url(done.sealed),
        }
        made.append(shown | ({"credential": b64url(credential)} if done.credential else {}))
    return made


def _empty(owner: uuid.UUID, kind: wraps.Kind) -> wraps.Wrap:
    cost = wraps.Cost() if kind == "password" else wraps.NO_COST
    return wraps.Wrap(owner, kind, 1, cost, drawn(f"{kind} salt", 16), b"")


def _change(old: keys.PrivateKeys, fresh: keys.PrivateKeys, entry: keys.KeyEntry) -> dict[str, Any]:
    """The keys that an entry replaces, sealed to the keys of the entry."""
    one_time, info = drawn("earlier keys one-time", 32), earlier.info(entry)
    sealed = hpke_seal(one_time, entry.keys.agreement, info, old.agreement + old.signing)
    return {
        **_keys(fresh),
        "one_time_key": b64url(one_time),
        "info": b64url(info),
        "earlier": b64url(sealed),
    }


def _case(
    name: str,
    header: items.Header,
    text: bytes,
    owner: keys.PrivateKeys,
    readers: list[items.Reader],
) -> tuple[dict[str, Any], items.Version]:
    item_key = drawn(f"{name} item key", 32)
    ciphertext = content.encrypt(item_key, text, header.packed)
    bare = items.Version(header, ciphertext, b"")
    signed = items.Version(header, ciphertext, owner.sign(bare.signed))
    grants, one_time_keys = [], []
    for reader in readers:
        one_time = drawn(f"{name} one-time {reader.id}", 32)
        info = items.grant_info(header, signed.hash, reader)
        sealed = hpke_seal(one_time, reader.keys.agreement, info, item_key)
        signature = owner.sign(items.grant_signed(info, sealed))
        grants.append(items.Grant(reader.id, sealed, signature))
        one_time_keys.append(b64url(one_time))
    version = items.Version(header, ciphertext, signed.signature, tuple(grants))
    long = len(text) > 4096
    shown = wire(version)
    if long:
        shown["ciphertext_sha256"] = b64url(hashlib.sha256(ciphertext).digest())
        del shown["ciphertext"]
    case = {
        "name": name,
        # A long content is the SHAKE-256 of its name, so that this file stays small.
        "content": {"shake256": name, "length": len(text)} if long else b64url(text),
        "item_key": b64url(item_key),
        "one_time_keys": one_time_keys,
        "header": b64url(header.packed),
        "hash": b64url(version.hash),
        "version": shown,
    }
    return case, version


def make() -> dict[str, Any]:
    """All vectors, as they stand in the file."""
    owner_id, owner = _person("owner")
    reader_id, reader = _person("reader")
    item = uuid.UUID(bytes=drawn("item id", 16), version=4)
    own = items.Reader(owner_id, owner.public)
    other = items.Reader(reader_id, reader.public)
    words = json.dumps({"text": "It rained, and I slept."}).encode()

    def header(revision: int, *previous: bytes) -> items.Header:
        return items.Header(item, owner_id, "journal", 1, revision, tuple(sorted(previous)))

    first, one = _case("first", header(1), words, owner, [own])
    left, two = _case("on the phone", header(2, one.hash), b"{}", owner, [own, other])
    right, also_two = _case("on the desk", header(2, one.hash), b"", owner, [own])
    both, whole = _case("together", header(3, two.hash, also_two.hash), words * 30, owner, [own])
    large = hashlib.shake_256(b"large").digest(150_000)
    big, _ = _case(
        "large", items.Header(reader_id, owner_id, "photo", 7, 1), large, owner, [own, other]
    )
    fresh = private_keys("owner, second keys")
    begun = keys.first_entry(owner_id, owner, 1_790_000_000)
    renewed = keys.next_entry(begun, owner, fresh, 1_790_086_400)
    return {
        "about": "Made by tests/vectors/make_vault.py; docs/reference/vault-format.md explains.",
        "encoding": [
            {"fields": ["", "ab", 7, str(item)], "packed": b64url(encoding.pack("", "ab", 7, item))}
        ],
        "size_classes": [
            [n, content.size_class(n)]
            for n in (0, 504, 505, 1016, 65_528, 65_529, 131_064, 131_065)
        ],
        "owner": {"id": str(owner_id), **_keys(owner)},
        "reader": {"id": str(reader_id), **_keys(reader)},
        "history": [_entry(begun), _entry(renewed)],
        "change_of_keys": _change(owner, fresh, renewed),
        "wraps": _wraps(owner_id, owner),
        "items": [first, left, right, both, big],
        "sharing": make_sharing.section(
            (owner_id, owner), (reader_id, reader), one, whole, drawn("first item key", 32)
        ),
        "thread": make_thread.section((owner_id, owner), (reader_id, reader)),
        "words": make_sharing.words((owner_id, renewed), (reader_id, reader)),
    }


def text() -> str:
    return json.dumps(make(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
