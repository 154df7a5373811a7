"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.calendars"
    label = "calendars"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core import events
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.core.notify import messages
        from holdfast.meet.calendars import copies, erasure, facade, handlers, invitations
        from holdfast.meet.scheduling import facade as scheduling

        scheduling.register_busy(facade.busy)
        events.subscribe(scheduling.AppointmentBooked, handlers.on_change)
        events.subscribe(scheduling.AppointmentMoved, handlers.on_change)
        events.subscribe(scheduling.AppointmentCancelled, handlers.on_change)
        messages.register_writer("appointment-invitation", invitations.write, must_go=True)
        stores.register("invitations", erasure.forget)
        stores.register("calendars", erasure.forget_account, per_client=False)
        # Longer than anything is booked ahead (365 days): an invitation that is forgotten would be
        # sent once more with its appointment's next change.
        retention.register_rows(
            "invitations-by-mail", erasure.old_invitations, default_days=400, shortest_days=400
        )
        copies.register()
