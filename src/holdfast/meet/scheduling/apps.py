"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.scheduling"
    label = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core import events
        from holdfast.meet.encounters.events import EncounterSettled
        from holdfast.meet.scheduling import handlers

        events.subscribe(EncounterSettled, handlers.settle)
