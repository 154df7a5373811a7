"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.programmes"
    label = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core import events
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.meet.messages import facade as messages
        from holdfast.meet.programmes import copies, erasure, facade, handlers, standing
        from holdfast.meet.rooms import facade as rooms
        from holdfast.meet.scheduling import facade as scheduling

        messages.register_groups(standing.find)
        scheduling.register_standing(facade.is_session)
        rooms.register_helpers(facade.facilitators_in)
        rooms.register_names(facade.names_in_session)
        events.subscribe(scheduling.AppointmentMoved, handlers.follow)
        events.subscribe(scheduling.AppointmentCancelled, handlers.follow)
        stores.register("programmes", erasure.forget)
        retention.register_rows(
            "programme-requests", erasure.old_requests, default_days=90, shortest_days=7
        )
        # Who was in a group when may be asked for as long as the record is there.
        retention.register_rows(
            "programme-enrolments", erasure.old_enrolments, default_days=None, shortest_days=90
        )
        copies.register()
