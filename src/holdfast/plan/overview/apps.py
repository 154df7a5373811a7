"""Django's entry to this capability."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class Config(AppConfig):
    name = "holdfast.plan.overview"
    label = "overview"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Once, after all is migrated; nothing is sent for a capability without tables of its own.
        post_migrate.connect(_fill_standings, sender=apps.get_app_config("tenancy"))


def _fill_standings(using: str = "default", **_: Any) -> None:
    """People from before there were standings get theirs when the database is upgraded."""
    from holdfast.core import clock
    from holdfast.plan.overview import standings

    standings.fill_missing(clock.now())
