"""Django's entry to this capability."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    name = "holdfast.sense.measures"
    label = "measures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core import events
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.core.notify.events import DeliveryProblemChanged
        from holdfast.core.tenancy.events import TimeZoneChanged
        from holdfast.sense.measures import checks, erasure  # noqa: F401
        from holdfast.sense.measures.prompting import handlers

        stores.register("measures", erasure.forget, keeps=True)
        # What a device handed in and this server could never read.
        retention.register_rows(
            "unread-entries", erasure.refused_entries, default_days=None, shortest_days=30
        )
        events.subscribe(TimeZoneChanged, handlers.on_time_zone_changed)
        events.subscribe(DeliveryProblemChanged, handlers.on_delivery_problem_changed)
        post_migrate.connect(_publish, sender=self)


def _publish(using: str = "default", **_: Any) -> None:
    from holdfast.sense.measures import packs

    packs.publish_releases()
