"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.safety.flags"
    label = "flags"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core import events
        from holdfast.core.authz import relationships, table
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import keeping
        from holdfast.core.tenancy.events import CareTeamLeft, CaseloadHandedOver
        from holdfast.safety.flags import erasure, handing_over, queries

        stores.register("flags", erasure.forget, keeps=True)
        keeping.register_contact("flags", erasure.last_contact)
        relationships.register(table.FLAG_OWNER, queries.stands_as_flag_owner)
        events.subscribe(CareTeamLeft, handing_over.pass_on)
        events.subscribe(CaseloadHandedOver, handing_over.pass_on_the_rest)
