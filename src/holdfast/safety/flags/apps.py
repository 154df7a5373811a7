"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.safety.flags"
    label = "flags"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.authz import relationships, table
        from holdfast.safety.flags import queries

        relationships.register(table.FLAG_OWNER, queries.stands_as_flag_owner)
