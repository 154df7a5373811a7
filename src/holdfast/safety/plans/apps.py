"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.safety.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.identity import erasure as stores
        from holdfast.safety.plans import copies, erasure

        stores.register("safety-plans", erasure.forget)
        copies.register()
