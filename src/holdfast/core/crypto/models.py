"""Keys, each wrapped under the one above it, and what a record needs to have one of its own."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models, transaction
from django.db.models import Q

#: Keys of the installation itself belong to no practice.
INSTALLATION = uuid.UUID(int=0)


class MasterKeyName(models.Model):
    """A master key that keys may be under. `id` is the keeper's name for it, never the key.

    A rotation deletes the row: from then on the foreign key refuses what is wrapped under it.
    """

    id = models.CharField(max_length=64, primary_key=True)
    noted_at = models.DateTimeField()


class Key(models.Model):
    """A random key, wrapped under a master key.

    PRACTICE keys wrap record keys; INSTALLATION seals what belongs to no practice; LOOKUP (AES-SIV)
    seals what must be found by equality; INDEX (HMAC) makes blind indexes. One of each is current;
    an older practice key has its row for as long as a record key is under it.
    """

    class Purpose(models.TextChoices):
        PRACTICE = "practice"
        INSTALLATION = "installation"
        LOOKUP = "lookup"
        INDEX = "index"

    # Never used twice, so that what a process remembers of a key stays true.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=16, choices=Purpose)
    practice_id = models.UUIDField(default=INSTALLATION)
    version = models.PositiveIntegerField(default=1)
    current = models.BooleanField(default=True)
    master = models.ForeignKey(MasterKeyName, on_delete=models.PROTECT)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "purpose", "version"], name="key_version_unique"
            ),
            models.UniqueConstraint(
                fields=["practice_id", "purpose"], condition=Q(current=True), name="key_one_current"
            ),
        ]


class Rotation(models.Model):
    """One run of `holdfast keys rotate`; open until it is finished, however often it is killed."""

    class What(models.TextChoices):
        MASTER = "master"
        PRACTICES = "practices"

    what = models.CharField(max_length=16, choices=What)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["what"], condition=Q(finished_at=None), name="rotation_one_open"
            )
        ]


class KeyedRecord(models.Model):
    """A record with a key of its own for everything sealed that belongs to it, in any table.

    `record_key` is NULL once the key was destroyed. It is written when the row is made, by
    `records` and `rotation`, and never by `save()` of a row that exists: an instance that was read
    before could bring back an older wrap, or a key that was destroyed meanwhile.
    """

    record_key = models.BinaryField(null=True, default=b"", editable=False)
    record_key_under = models.ForeignKey(
        Key, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        from holdfast.core.crypto import records

        if self._state.adding:
            with transaction.atomic():
                records.wrap_new([self])
                super().save(*args, **kwargs)
            return
        if kwargs.get("update_fields") is None and not args:
            kwargs["update_fields"] = self._columns_to_save()
        super().save(*args, **kwargs)

    def _columns_to_save(self) -> list[str]:
        kept = {"record_key", "record_key_under_id"} | self.get_deferred_fields()
        return [
            field.name
            for field in self._meta.concrete_fields
            if not field.primary_key and field.attname not in kept
        ]
