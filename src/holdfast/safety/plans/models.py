"""What a clinician proposes for a person's safety plan. The plan itself is the vault's."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from holdfast.core.tenancy.models import Client, Practice


class Proposal(models.Model):
    """An item of the vault's format, sealed by its author to themself and to the person."""

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    content_schema = models.PositiveIntegerField()
    hash = models.BinaryField(max_length=32)
    ciphertext = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    #: The key, sealed to each of the two, and the author's signature of that.
    author_sealed = models.BinaryField(max_length=80)
    author_signature = models.BinaryField(max_length=64)
    person_sealed = models.BinaryField(max_length=80)
    person_signature = models.BinaryField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client", "author"], name="plan_proposal_of_author"
            )
        ]
