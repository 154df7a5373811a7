"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.safety.lines"
    label = "lines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.tenancy import readiness
        from holdfast.safety.lines import queries

        readiness.register("crisis-line", queries.requirement)
