"""Django's entry to this capability."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "holdfast.core.heartbeat"
    label = "heartbeat"
    default_auto_field = "django.db.models.BigAutoField"
