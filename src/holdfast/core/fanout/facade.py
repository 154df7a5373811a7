"""Tell those who look on, and say who may: what capabilities call."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.fanout import sending, wire

#: `r`: is told. `rw`: is told, may say things to the others and is seen to be there.
Right = Literal["r", "rw"]
#: By whom (account and roles in the practice), in which practice, of which thing.
May = Callable[[Actor, uuid.UUID, uuid.UUID], Right | None]

_kinds: dict[str, May] = {}


def register_kind(kind: str, may: May) -> None:
    """Let topics `kind:<uuid>` be followed by whom `may` allows; called from `AppConfig.ready`."""
    _kinds[kind] = may


def publish(topic: str, seq: int | None, data: dict[str, Any] | None = None) -> None:
    """Tell everybody on `topic`, once the running transaction has committed.

    `seq` numbers what is told where gaps are to be seen. It may be lost and never fails: `data`
    (JSON, nobody's plain words) saves a request to whoever receives it, no more.
    """
    message = wire.told(topic, seq, data or {})
    transaction.on_commit(partial(sending.send, message), robust=True)


def news(account: uuid.UUID, data: dict[str, Any] | None = None) -> None:
    """Tell an account that something of its own has changed: a count, a list."""
    publish(f"account:{account}", None, data)


def allowed(actor: Actor, practice_id: uuid.UUID, topics: list[str]) -> dict[str, Right]:
    """Of these topics those that the actor may follow."""
    found: dict[str, Right] = {}
    for topic in topics:
        kind, _, name = topic.partition(":")
        may = _kinds.get(kind)
        if may is None or not wire.is_topic(topic):
            continue
        right = may(actor, practice_id, uuid.UUID(name))
        if right is not None:
            found[topic] = right
    return found
