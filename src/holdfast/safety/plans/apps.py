"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.safety.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.identity import erasure as stores
        from holdfast.core.vault import readers
        from holdfast.safety.plans import audience, erasure

        readers.register_readers(audience.KIND, audience.readers_among)
        stores.register("safety-plans", erasure.forget)
        stores.register("own-plan-proposals", erasure.forget_of_author, per_client=False)
