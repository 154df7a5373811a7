"""What a practice decided about the companion. Conversations are kept nowhere here."""

from __future__ import annotations

from django.db import models

from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Membership, Practice


class FlowSwitch(models.Model):
    """A practice switched a flow on or off in one language."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    flow = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    on = models.BooleanField()
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "flow", "language"], name="flow_switch_unique"
            )
        ]


class FlowComment(models.Model):
    """What somebody of the practice says of a flow, or of one step of it (`step` empty: of all)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    flow = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    step = models.CharField(max_length=40, blank=True)
    text_sealed = models.BinaryField(default=b"")
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    text = sealed("text_sealed", "")

    class Meta:
        indexes = [models.Index(fields=["practice", "flow", "id"])]


class ModelEndpoint(models.Model):
    """The language model that a practice runs or chose; off unless it is switched on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.OneToOneField(Practice, on_delete=models.CASCADE)
    on = models.BooleanField(default=False)
    url = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=200, blank=True)
    key_sealed = models.BinaryField(default=b"")
    requests_a_day = models.PositiveIntegerField(default=500)
    tokens_a_day = models.PositiveIntegerField(default=200_000)

    key = sealed("key_sealed", "")
