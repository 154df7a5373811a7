"""How a lower wing tells a higher one: a typed event, handled after the transaction commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

E = TypeVar("E")

_handlers: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event_type: type[E], handler: Callable[[E], None]) -> None:
    """Call `handler` with every event of exactly this type; registered in `AppConfig.ready`."""
    if handler not in _handlers[event_type]:
        _handlers[event_type].append(handler)


def publish(event: object) -> None:
    """Hand a frozen dataclass to its handlers once the running transaction has committed.

    One handler's failure is logged and does not keep the others from running (`robust`).
    """
    for handler in _handlers[type(event)]:
        transaction.on_commit(partial(handler, event), robust=True)
