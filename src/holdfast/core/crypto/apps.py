"""Django's entry to this capability."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _make_installation_keys(sender: AppConfig, **_: Any) -> None:
    """A database that was emptied (between tests) gets them again; a migration makes the first."""
    from holdfast.core.crypto import keys

    keys.make_missing()


class Config(AppConfig):
    name = "holdfast.core.crypto"
    label = "crypto"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_make_installation_keys, sender=self)
