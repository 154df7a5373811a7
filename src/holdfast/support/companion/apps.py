"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.support.companion"
    label = "companion"
    default_auto_field = "django.db.models.BigAutoField"
