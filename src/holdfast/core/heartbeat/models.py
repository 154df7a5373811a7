"""When each kind of process last said that it lives."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """One row per kind of process; any replica of it writes the same row."""

    process = models.CharField(max_length=16, primary_key=True)
    seen_at = models.DateTimeField()
