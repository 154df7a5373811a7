"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.encounters"
    label = "encounters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import keeping
        from holdfast.meet.encounters import copies, erasure

        stores.register("meetings", erasure.forget, keeps=True)
        keeping.register_contact("meetings", erasure.last_contact)
        copies.register()
