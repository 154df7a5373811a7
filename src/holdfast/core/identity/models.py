"""The account: how someone signs in. What they are in a practice is in `core.tenancy`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from holdfast.core.crypto.lookup import FindableEmail, FindableField
from holdfast.core.identity import names
from holdfast.core.ids import uuid7


class UserManager(BaseUserManager["User"]):
    """Makes accounts; `password` is the browser-derived authentication secret, never a password."""

    def create_user(self, login: str, auth_secret: str | None = None, **fields: Any) -> User:
        user = self.model(login=login, **fields)
        user.set_password(auth_secret)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(login=names.normalise(username or ""))


class User(AbstractBaseUser):
    """One person's account. `password` holds Django's hash of the authentication secret.

    `secret_signs_in` is false for whoever signs in at an identity provider: then the secret, where
    there is one, is that of the vault passphrase. It proves who is there, and opens no session.
    `login` is always stored as `names.normalise` spells it, so that uniqueness is plain equality.
    Name and address are sealed so that equality, and nothing else, finds them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    login = FindableField(purpose="login", max_length=64, unique=True)
    email = FindableEmail(blank=True, max_length=1740)
    kdf_salt = models.CharField(max_length=64)
    kdf_params = models.JSONField(default=dict)
    recovery_hash = models.CharField(max_length=256, blank=True)
    secret_signs_in = models.BooleanField(default=True)
    language = models.CharField(max_length=16, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    discreet = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        # Log-in by e-mail looks here, too; most accounts have none.
        indexes = [models.Index(fields=["email"], name="user_email", condition=~models.Q(email=""))]

    def __str__(self) -> str:
        return str(self.pk)

    def set_recovery_secret(self, secret: str) -> None:
        """Keep a hash of the secret that the recovery code gives."""
        self.recovery_hash = make_password(secret)

    def check_recovery_secret(self, secret: str) -> bool:
        return bool(self.recovery_hash) and check_password(secret, self.recovery_hash)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.login = names.normalise(self.login)
        super().save(*args, **kwargs)


class ErasureStep(models.Model):
    """One store that an account's deletion has to clear; kept as proof that it did.

    Holds identifiers only. `done_at` stays empty, and the step is tried again at
    `next_attempt_at`, until the store answers; `fault` names the kind of the last failure. `keep`:
    the law makes the practice keep the record, which loses its person here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    practice_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    store = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    requested_at = models.DateTimeField()
    keep = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=64, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["requested_at", "position"]
        indexes = [
            models.Index(fields=["done_at", "requested_at"]),
            models.Index(fields=["user_id"], name="erasure_of_account"),
            models.Index(fields=["practice_id", "user_id"], name="erasure_of_practice"),
        ]
