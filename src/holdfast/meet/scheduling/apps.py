"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.scheduling"
    label = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core import events
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.meet.encounters.facade import EncounterSettled
        from holdfast.meet.scheduling import copies, erasure, handlers

        events.subscribe(EncounterSettled, handlers.settle)
        stores.register("appointments", erasure.forget)
        # What was booked a quarter ago still explains a bill.
        retention.register_rows(
            "appointments", erasure.old_appointments, default_days=None, shortest_days=90
        )
        retention.register_rows(
            "waiting-entries", erasure.old_waiting, default_days=90, shortest_days=7
        )
        copies.register()
