"""Django's entry to this capability."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from holdfast.core.actor import Actor
    from holdfast.core.fanout.facade import Right


class Config(AppConfig):
    name = "holdfast.core.fanout"
    label = "fanout"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.fanout import facade

        facade.register_kind("account", _own_account)


def _own_account(actor: Actor, _practice_id: uuid.UUID, account: uuid.UUID) -> Right | None:
    return "r" if actor.user_id == account else None
