"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.core.leaving"
    label = "leaving"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.identity import erasure
        from holdfast.core.leaving import kinds, outside, own_copies

        # Independent: a backup disk that is not mounted must not keep anything else from going.
        erasure.register(
            "backups", outside.put_on_the_list, position=0, per_client=False, independent=True
        )
        kinds.register_all()
        own_copies.register_all()
