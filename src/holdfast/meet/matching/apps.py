"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.matching"
    label = "matching"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core import events
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.core.tenancy.events import CareTeamJoined, CareTeamLeft, MemberSwitchedOff
        from holdfast.meet.matching import copies, erasure, handlers, licensing
        from holdfast.meet.scheduling import facade as scheduling

        stores.register("matching", erasure.forget)
        retention.register_rows(
            "enquiries", erasure.old_enquiries, default_days=365, shortest_days=30
        )
        copies.register()
        scheduling.register_hindrance(licensing.hindrance)
        events.subscribe(CareTeamJoined, handlers.keep_room)
        events.subscribe(CareTeamLeft, handlers.keep_room)
        events.subscribe(MemberSwitchedOff, handlers.note_change)
