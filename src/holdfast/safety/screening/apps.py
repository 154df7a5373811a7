"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.safety.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import retention
        from holdfast.core.vault import readers
        from holdfast.safety.screening import copies, erasure, passages

        stores.register("screenings", erasure.forget)
        # What was decided about a text is asked about when somebody complains or when an incident
        # is looked into, within months. Each row holds a keyed hash of words: no longer than that.
        retention.register_rows(
            "screenings", erasure.old_screenings, default_days=365, shortest_days=30
        )
        readers.register_readers(passages.KIND, passages.readers_among)
        copies.register()
