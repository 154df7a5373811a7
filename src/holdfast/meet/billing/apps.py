"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.meet.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.core.identity import erasure as stores
        from holdfast.core.leaving import keeping
        from holdfast.meet.billing import copies, erasure

        stores.register("invoices", erasure.forget, keeps=True)
        keeping.register_contact("invoices", erasure.last_issued)
        copies.register()
