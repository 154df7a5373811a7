"""What the server keeps of the vault: public keys, ways in, ciphertext and grants."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from holdfast.core import clock
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Practice
from holdfast.core.vault.arriving import ArrivingFile


class KeyEntry(models.Model):
    """One entry of the append-only history of an account's public keys."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    sequence = models.PositiveIntegerField()
    agreement = models.BinaryField(max_length=32)
    signing = models.BinaryField(max_length=32)
    created = models.BigIntegerField()
    previous = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    continuity = models.BinaryField(max_length=64, default=b"")
    #: The keys that this entry replaced, sealed to its own; empty in the first.
    earlier = models.BinaryField(max_length=112, default=b"")

    class Meta:
        ordering = ["user", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["user", "sequence"], name="vault_key_sequence")
        ]


class Wrap(models.Model):
    """One way in: the account's private keys under a password, a recovery code or a passkey.

    `credential` names the passkey, and is empty for the two others, of which there is one each.
    """

    class Kind(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - the name of a kind
        RECOVERY = "recovery"
        PASSKEY = "passkey"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=16, choices=Kind)
    credential = models.BinaryField(max_length=1023, default=b"")
    version = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    memory_kib = models.PositiveIntegerField()
    passes = models.PositiveIntegerField()
    parallelism = models.PositiveIntegerField()
    salt = models.BinaryField(max_length=16)
    sealed = models.BinaryField(max_length=92)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "credential"], name="vault_wrap_way")
        ]


class Space(models.Model):
    """What one person has in the vault of one practice; locked by whoever writes there."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.OneToOneField(Client, on_delete=models.CASCADE)
    #: The position of the newest version: a device asks for what came after the last it has.
    position = models.PositiveIntegerField(default=0)
    stored_bytes = models.PositiveBigIntegerField(default=0)


class ItemVersion(models.Model):
    """One version of an item, as its owner sealed and signed it.

    `superseded` says that a later version follows; the others are shown, and where an item has more
    than one, they conflict. Of a `forgotten` version the ciphertext and the grants are gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    position = models.PositiveIntegerField()
    item = models.UUIDField()
    suite = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=32)
    content_schema = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    #: The hashes of the versions it follows, 32 bytes each, one after the other.
    previous = models.BinaryField(default=b"")
    hash = models.BinaryField(max_length=32)
    ciphertext = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    superseded = models.BooleanField(default=False)
    forgotten = models.BooleanField(default=False)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client", "position"], name="vault_position"
            ),
            models.UniqueConstraint(
                fields=["practice", "client", "item", "hash"], name="vault_version_once"
            ),
        ]


class Grant(models.Model):
    """A version's key, sealed to one reader and signed by its owner."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="grants")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    sealed = models.BinaryField(max_length=80)
    signature = models.BinaryField(max_length=64)
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["practice", "client", "reader"])]
        constraints = [
            models.UniqueConstraint(fields=["version", "reader"], name="vault_grant_per_reader")
        ]


class Folder(models.Model):
    """A standing share of one kind of items. The device chooses its identifier.

    `epoch` is the newest; `renew` says that somebody was taken out, so that nothing more may be put
    under its key. Of one that was `stopped_at` nobody reads.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    kind = models.CharField(max_length=32)
    epoch = models.PositiveIntegerField(default=1)
    renew = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["begun_at", "id"]
        indexes = [models.Index(fields=["practice", "client"], name="vault_folder_of_client")]


class FolderKey(models.Model):
    """A folder's key of one epoch, sealed to one reader (the owner is one, too)."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="keys")
    epoch = models.PositiveIntegerField()
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    sealed = models.BinaryField(max_length=80)
    signature = models.BinaryField(max_length=64)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["folder", "epoch", "reader"]
        indexes = [
            models.Index(fields=["practice", "client", "reader"], name="vault_folder_key_reader")
        ]
        constraints = [
            models.UniqueConstraint(fields=["folder", "epoch", "reader"], name="vault_folder_key")
        ]


class FolderWrap(models.Model):
    """A version's key under a folder's key of one epoch."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="wraps")
    epoch = models.PositiveIntegerField()
    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="wraps")
    sealed = models.BinaryField(max_length=60)
    signature = models.BinaryField(max_length=64)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "folder"], name="vault_wrap_in_folder")
        ]


class Opening(models.Model):
    """When the server last handed a version's ciphertext to a reader. It cannot know more."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="openings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "reader"], name="vault_opening_once")
        ]


class ReaderNote(models.Model):
    """What is known of one reader of one person beside what they hold.

    `taken_back_at`: when the person last took something back from them. `left_told_at`: when the
    person was told that they are of the care team no more.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    taken_back_at = models.DateTimeField(null=True)
    left_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "reader"], name="vault_note_on_reader")
        ]


class SealedFile(ArrivingFile):
    """A file that its owner sealed, such as a picture of an entry; its bytes lie in a folder.

    `item` is the entry it belongs to: whoever may read that may fetch it, and with that it goes.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    item = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["practice", "client", "item"], name="vault_file_item")]
