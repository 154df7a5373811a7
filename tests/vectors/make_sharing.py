"""The part of the vault's vectors that says how a person shares: see `make_vault`."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from holdfast.core.identity.kdf import b64url
from holdfast.core.vault.engine import excerpts, folders, items, keys, pins
from tests.vectors.drawing import drawn, hpke_seal

Someone = tuple[uuid.UUID, keys.PrivateKeys]


def section(
    owner: Someone,
    reader: Someone,
    first: items.Version,
    whole: items.Version,
    first_key: bytes,
) -> dict[str, Any]:
    """A grant of a version that was there, a folder in two epochs, and an excerpt."""
    own, other = (items.Reader(who, private.public) for who, private in (owner, reader))
    folder = folders.Folder(uuid.UUID(bytes=drawn("folder id", 16), version=4), owner[0], "journal")
    whole_key = drawn("together item key", 32)
    return {
        "grant": _grant("first", first, first_key, other, owner[1]),
        "folder": {
            "id": str(folder.id),
            "kind": folder.kind,
            "epochs": [
                _epoch(folder, 1, [own, other], owner[1]),
                _epoch(folder, 2, [own], owner[1]),
            ],
            "wraps": [
                _wrap("first", first, first_key, folder, 1, owner[1]),
                _wrap("together", whole, whole_key, folder, 2, owner[1]),
            ],
        },
        "excerpt": _excerpt(first),
    }


def _grant(
    name: str, version: items.Version, key: bytes, to: items.Reader, owner: keys.PrivateKeys
) -> dict[str, Any]:
    info = items.grant_info(version.header, version.hash, to)
    one_time = drawn(f"{name} granted later", 32)
    sealed = hpke_seal(one_time, to.keys.agreement, info, key)
    return {
        "of": name,
        "one_time_key": b64url(one_time),
        "info": b64url(info),
        "reader": str(to.id),
        "sealed": b64url(sealed),
        "signature": b64url(owner.sign(items.grant_signed(info, sealed))),
    }


def _epoch(
    folder: folders.Folder, epoch: int, readers: list[items.Reader], owner: keys.PrivateKeys
) -> dict[str, Any]:
    key = drawn(f"folder key {epoch}", 32)
    given = []
    for reader in readers:
        info = folders.key_info(folder, epoch, reader)
        one_time = drawn(f"folder {epoch} one-time {reader.id}", 32)
        sealed = hpke_seal(one_time, reader.keys.agreement, info, key)
        given.append(
            {
                "epoch": epoch,
                "reader": str(reader.id),
                "one_time_key": b64url(one_time),
                "info": b64url(info),
                "sealed": b64url(sealed),
                "signature": b64url(owner.sign(folders.key_signed(info, sealed))),
            }
        )
    return {"epoch": epoch, "key": b64url(key), "keys": given}


def _wrap(
    name: str,
    version: items.Version,
    item_key: bytes,
    folder: folders.Folder,
    epoch: int,
    owner: keys.PrivateKeys,
) -> dict[str, Any]:
    associated = folders.wrap_associated(version.header, version.hash, folder.id, epoch)
    nonce = drawn(f"{name} wrap nonce", 12)
    key = drawn(f"folder key {epoch}", 32)
    sealed = nonce + AESGCM(key).encrypt(nonce, item_key, associated)
    return {
        "of": name,
        "folder": str(folder.id),
        "epoch": epoch,
        "nonce": b64url(nonce),
        "associated": b64url(associated),
        "sealed": b64url(sealed),
        "signature": b64url(owner.sign(folders.wrap_signed(associated, sealed))),
    }


def _excerpt(version: items.Version) -> dict[str, Any]:
    made = excerpts.Excerpt(
        text='It rained.\n"Slept" — ein wenig, 😴.',
        of=version.header.item,
        of_hash=b64url(version.hash),
        edited=True,
        begun_at="2026-11-20T21:15:00.000Z",
        written_at="2026-11-20T21:15:00.000Z",
    )
    fields = {
        "text": made.text,
        "of": str(made.of),
        "of_hash": made.of_hash,
        "edited": made.edited,
        "begun_at": made.begun_at,
        "written_at": made.written_at,
    }
    return {"fields": fields, "content": b64url(made.content)}


def words(owner: tuple[uuid.UUID, keys.KeyEntry], reader: Someone) -> dict[str, Any]:
    """The words that owner and reader compare, the owner after their change of keys."""
    theirs = keys.first_entry(reader[0], reader[1], 1_790_000_000)
    both = [
        pins.Pin(owner[0], owner[1].sequence, owner[1].hash),
        pins.Pin(reader[0], 1, theirs.hash),
    ]
    text = "\n".join(pins.word_list()) + "\n"
    return {
        "list_sha256": b64url(hashlib.sha256(text.encode()).digest()),
        "pins": [
            {"user": str(pin.user), "sequence": pin.sequence, "hash": b64url(pin.hash)}
            for pin in both
        ],
        "words": list(pins.comparison_words(*both)),
    }
