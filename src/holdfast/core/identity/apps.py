"""Django's entry to this capability."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


def _make_cache_table(sender: AppConfig, using: str, **_: Any) -> None:
    """The shared cache is a table that migrations know nothing of."""
    call_command("createcachetable", database=using, verbosity=0)


class Config(AppConfig):
    name = "holdfast.core.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.models import EmailAddress
        from allauth.account.signals import user_logged_in
        from allauth.mfa.signals import authenticator_added
        from allauth.socialaccount.signals import social_account_added

        from holdfast.core.crypto.lookup import make_findable_email
        from holdfast.core.identity import erasure, handlers, sso

        make_findable_email(EmailAddress._meta.get_field("email"))
        post_migrate.connect(_make_cache_table, sender=self)
        authenticator_added.connect(handlers.count_as_second_factor)
        user_logged_in.connect(sso.note_sign_in)
        social_account_added.connect(sso.note_linked)
        # Next after the vault's own: what the practice's key opens of this person goes at once.
        erasure.register("record-key", erasure.destroy_record_key, position=2, keeps=True)
        erasure.register("sessions", erasure.forget_sessions, position=2, per_client=False)
        erasure.register("browsers", erasure.forget_browsers, position=3, per_client=False)
        erasure.register("messages", erasure.forget_messages, position=4, per_client=False)
        erasure.register("sealed-details", erasure.overwrite_sealed_details, position=10)
        erasure.register("client", erasure.remove_client, position=90, keeps=True)
        erasure.register("account", erasure.remove_account, position=100, per_client=False)
