"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.core.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_removed

        from holdfast.core.identity import erasure as stores
        from holdfast.core.vault import erasure, files, handlers

        authenticator_removed.connect(handlers.forget_passkey)

        # First of all stores: without the wraps nothing of the vault can be opened any more.
        stores.register("vault-keys", erasure.forget_keys, position=1, per_client=False)
        stores.register("vault-items", erasure.forget_items, position=5)
        stores.register("vault-files", files.forget_files, position=6)
