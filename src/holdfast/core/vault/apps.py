"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.core.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_removed

        from holdfast.core import events
        from holdfast.core.identity import erasure as stores
        from holdfast.core.tenancy.events import CareTeamJoined, CareTeamLeft, MemberSwitchedOff
        from holdfast.core.vault import announcements, erasure, files, handlers
        from holdfast.core.vault.events import KeysChanged

        authenticator_removed.connect(handlers.forget_passkey)

        events.subscribe(KeysChanged, announcements.tell_of_new_keys)
        events.subscribe(CareTeamLeft, announcements.on_left)
        events.subscribe(CareTeamJoined, announcements.on_joined)
        events.subscribe(MemberSwitchedOff, announcements.on_switched_off)

        # First of all stores: without the wraps nothing of the vault can be opened any more.
        stores.register("vault-keys", erasure.forget_keys, position=1, per_client=False)
        stores.register("vault-items", erasure.forget_items, position=5)
        stores.register("vault-files", files.forget_files, position=6)
