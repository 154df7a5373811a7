"""The audit trail. Rows hold no foreign keys, so history survives deletion."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import orjson
from django.db import models
from django.db.models import Q

from holdfast.core.audit.engine import GENESIS
from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7

#: Events of the installation itself stand in a chain of their own.
INSTALLATION = uuid.UUID(int=0)


if TYPE_CHECKING:
    _Text = models.TextField[dict[str, Any], dict[str, Any]]
else:
    _Text = models.TextField


class Detail(_Text):
    """A JSON object, kept as one certain text on every database, so that its hash is one, too."""

    @staticmethod
    def text(value: dict[str, Any]) -> str:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def get_prep_value(self, value: Any) -> Any:
        return self.text(value) if isinstance(value, dict) else value

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return None if value is None else orjson.loads(value)


class AuditEvent(models.Model):
    """One thing that someone read or did. `detail` holds codes and ids, never health text.

    A request inserts it without a place; the worker gives it `seq` and `hash` (see `chaining`),
    after which nothing about it changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice_id = models.UUIDField(default=INSTALLATION)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    resource = models.CharField(max_length=64)
    resource_id = models.CharField(max_length=64, blank=True)
    client_id = models.UUIDField(null=True)
    detail = Detail(default=dict)
    seq = models.PositiveBigIntegerField(null=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        # Every request inserts here: each index is one that a query below could not do without.
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "seq"], condition=Q(seq__isnull=False), name="audit_place"
            )
        ]
        indexes = [
            # The worker: what waits for its place.
            models.Index(
                fields=["practice_id", "id"], condition=Q(seq__isnull=True), name="audit_unchained"
            ),
            # A person's access log.
            models.Index(fields=["practice_id", "client_id", "-id"], name="audit_of_client"),
            # The same: lists in which a person was shown.
            models.Index(
                fields=["practice_id", "-id"],
                condition=Q(client_id__isnull=True),
                name="audit_lists",
            ),
        ]


class AuditChain(models.Model):
    """Where a practice's chain ends, and what the last look at it found.

    Whoever chains, signs or removes holds this row. `checked_seq` and `checked_hash` are how far a
    look has come that is under way, and the beginning between two of them.
    """

    practice_id = models.UUIDField(primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)
    signing_sealed = models.BinaryField(default=b"")
    checked_seq = models.PositiveBigIntegerField(default=0)
    checked_hash = models.CharField(max_length=64, default=GENESIS)
    checked_at = models.DateTimeField(null=True)
    broken_seq = models.PositiveBigIntegerField(null=True)

    #: The key that checkpoints are signed with, in base64.
    signing_seed = sealed("signing_sealed")


class AuditCheckpoint(models.Model):
    """The practice's signature on where its chain stood.

    `removes`: what stood up to there was removed as too old, and the chain begins after it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    removes = models.BooleanField(default=False)
    signature = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["practice_id", "seq"], name="audit_checkpoints")]
