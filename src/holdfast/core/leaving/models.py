"""That somebody left, what the law keeps of them, and how long a practice keeps anything."""

from __future__ import annotations

from django.db import models

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Practice


class Departure(models.Model):
    """One account's deletion. Its steps are `identity.ErasureStep`, found by `user_id`.

    `receipt_hash` is the SHA-256 of the reference that the person keeps, empty where they took
    none. `restored`: done again after a backup from before had been put back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField(unique=True)
    receipt_hash = models.CharField(max_length=64, blank=True, db_index=True)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    restored = models.BooleanField(default=False)


class KeptRecord(models.Model):
    """What the law makes one practice keep of somebody who left: a record without a name.

    The name is sealed apart from it (`keeping.seal_identity`), to be opened by the operator's
    command alone. After `kept_until` the record goes too, and `erased_at` says when.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    departure = models.ForeignKey(Departure, on_delete=models.CASCADE, related_name="kept")
    client = models.ForeignKey(Client, null=True, on_delete=models.SET_NULL)
    years = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=300, blank=True)
    last_contact_on = models.DateField()
    kept_until = models.DateField()
    identity_sealed = models.BinaryField(default=b"")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "kept_until"]),
        ]


class RetentionSetting(models.Model):
    """A practice's own periods. `legal_years` empty: by the country's rule; 0: keep nothing.

    `days` maps a kind of data (`retention.kinds`) to days, or to null for as long as the record is
    there; a kind that is missing has its default.
    """

    practice = models.OneToOneField(Practice, on_delete=models.CASCADE, primary_key=True)
    legal_years = models.PositiveSmallIntegerField(null=True)
    days = models.JSONField(default=dict)


class RetentionRun(models.Model):
    """One night's run. `removed` maps a kind to the number of things that went."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    day = models.DateField()
    ran_at = models.DateTimeField()
    removed = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "day"], name="retention_once_a_day")
        ]
