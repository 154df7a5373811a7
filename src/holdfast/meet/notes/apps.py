"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.notes"
    label = "notes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import keeping, retention
        from holdfast.meet.notes import copies, erasure

        stores.register("notes", erasure.forget, keeps=True)
        stores.register("own-sealed-notes", erasure.forget_of_author, per_client=False)
        keeping.register_contact("notes", erasure.last_contact)
        # Longer than any holiday: what somebody has begun and not signed is still theirs to finish.
        retention.register_rows(
            "note-drafts", erasure.old_drafts, default_days=None, shortest_days=90
        )
        copies.register()
