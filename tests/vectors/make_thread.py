"""The part of the vault's vectors that says how a thread is sealed: see `make_vault`."""

from __future__ import annotations

import uuid
from typing import Any

from holdfast.core.identity.kdf import b64url
from holdfast.core.vault.engine import items, keys, threads
from tests.vectors.drawing import drawn, hpke_seal

Someone = tuple[uuid.UUID, keys.PrivateKeys]


def section(owner: Someone, reader: Someone) -> dict[str, Any]:
    """Two epochs: both people, then the reader alone; and messages of both."""
    thread = uuid.UUID(bytes=drawn("thread id", 16), version=4)
    one, two = (items.Holder(who, (private,)) for who, private in (owner, reader))
    first = threads.begin_epoch(thread, [one.id, two.id], one)
    second = threads.begin_epoch(thread, [two.id], two, after=first)
    keys_of = {1: drawn("thread key 1", 32), 2: drawn("thread key 2", 32)}
    said: list[threads.Message] = []
    for epoch, author, text, after in (
        (first, one, "Good morning.", None),
        (first, two, "", None),
        (first, one, "It rains — ☔", 0),
        (second, two, "Alone now.", 1),
    ):
        said.append(
            threads.write(
                text.encode(),
                epoch,
                keys_of[epoch.number],
                author,
                salt=drawn(f"thread salt {len(said)}", 32),
                after=None if after is None else said[after],
            )
        )
    texts = ("Good morning.", "", "It rains — ☔", "Alone now.")
    readers = {1: [owner, reader], 2: [reader]}
    return {
        "id": str(thread),
        "epochs": [
            _epoch(epoch, keys_of[epoch.number], readers[epoch.number], maker)
            for epoch, maker in ((first, owner[1]), (second, reader[1]))
        ],
        "messages": [_message(text, each) for text, each in zip(texts, said, strict=True)],
    }


def _epoch(
    epoch: threads.Epoch, key: bytes, members: list[Someone], maker: keys.PrivateKeys
) -> dict[str, Any]:
    given = []
    for user, private in members:
        info = threads.key_info(epoch, items.Reader(user, private.public))
        one_time = drawn(f"thread {epoch.number} one-time {user}", 32)
        sealed = hpke_seal(one_time, private.public.agreement, info, key)
        given.append(
            {
                "member": str(user),
                "one_time_key": b64url(one_time),
                "sealed": b64url(sealed),
                "signature": b64url(maker.sign(threads.key_signed(info, sealed))),
            }
        )
    return {
        "number": epoch.number,
        "previous": b64url(epoch.previous),
        "maker": str(epoch.maker),
        "members": [str(each) for each in epoch.members],
        "signature": b64url(epoch.signature),
        "hash": b64url(epoch.hash),
        "key": b64url(key),
        "keys": given,
    }


def _message(text: str, message: threads.Message) -> dict[str, Any]:
    return {
        "text": text,
        "epoch": message.epoch,
        "author": str(message.author),
        "number": message.number,
        "previous": b64url(message.previous),
        "salt": b64url(message.salt),
        "ciphertext": b64url(message.ciphertext),
        "signature": b64url(message.signature),
        "hash": b64url(message.hash),
    }
