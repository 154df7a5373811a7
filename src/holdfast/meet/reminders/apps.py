"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.reminders"
    label = "reminders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core import events
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.core.links import facade as links
        from holdfast.core.notify import messages
        from holdfast.core.notify.events import DeliveryProblemChanged, WishesChanged
        from holdfast.meet.reminders import copies, erasure, handlers, on_links, wording
        from holdfast.meet.scheduling.facade import (
            AppointmentBooked,
            AppointmentCancelled,
            AppointmentMoved,
        )

        events.subscribe(AppointmentBooked, handlers.on_change)
        events.subscribe(AppointmentMoved, handlers.on_change)
        events.subscribe(AppointmentCancelled, handlers.on_change)
        events.subscribe(WishesChanged, handlers.on_wishes)
        events.subscribe(DeliveryProblemChanged, handlers.on_problem)
        links.register(on_links.PURPOSE)
        messages.register_writer("appointment-reminder", wording.write)
        stores.register("reminders", erasure.forget)
        stores.register("reminder-wishes", erasure.forget_wishes, per_client=False)
        retention.register_rows(
            "reminders", erasure.old_reminders, default_days=365, shortest_days=30
        )
        copies.register()
