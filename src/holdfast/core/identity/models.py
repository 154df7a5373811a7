"""The account: how someone signs in. What they are in a practice is in `core.tenancy`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from holdfast.core.ids import uuid7


class UserManager(BaseUserManager["User"]):
    """Makes accounts; `password` is the browser-derived authentication secret, never a password."""

    def create_user(self, login: str, auth_secret: str | None = None, **fields: Any) -> User:
        user = self.model(login=login, **fields)
        user.set_password(auth_secret)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(login__iexact=username)


class User(AbstractBaseUser):
    """One person's account. `password` holds Django's hash of the authentication secret."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    login = models.CharField(max_length=64)
    email = models.EmailField(blank=True)
    kdf_salt = models.CharField(max_length=64)
    kdf_params = models.JSONField(default=dict)
    recovery_hash = models.CharField(max_length=256, blank=True)
    language = models.CharField(max_length=16, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    discreet = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("login"), name="user_login_unique")]

    def __str__(self) -> str:
        return str(self.pk)
