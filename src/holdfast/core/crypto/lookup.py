"""Columns that are sealed and yet found by equality, and blind indexes.

Both are under keys of their own. Equal values look equal to whoever has the database, and that is
all it shows: nobody without the key can try values, as they could against a plain hash.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.db import models

from holdfast.core.crypto import keys
from holdfast.core.crypto.models import Key

#: Begins every value that was sealed; no name or address that people have begins so.
MARK = "~1."
_LOOKUPS = frozenset({"exact", "in", "isnull"})


def length(characters: int) -> int:
    """The column's length for values of so many characters, of up to four bytes each."""
    return len(MARK) + -(-(characters * 4 + 16) * 4 // 3) + 3


@lru_cache(maxsize=2)
def _cipher(key: bytes) -> AESSIV:
    return AESSIV(key)


def seal_text(purpose: str, text: str) -> str:
    """AES-SIV (RFC 5297): the same text gives the same value. "" stays empty."""
    if not text:
        return text
    cipher = _cipher(keys.of_installation(Key.Purpose.LOOKUP))
    blob = cipher.encrypt(text.encode(), [purpose.encode()])
    return MARK + base64.urlsafe_b64encode(blob).rstrip(b"=").decode()


def open_text(purpose: str, value: str) -> str:
    """What `seal_text` sealed. Raises InvalidTag or ValueError for what was changed or moved."""
    if not value:
        return value
    if not value.startswith(MARK):
        raise ValueError("a value that should be sealed is not")
    blob = base64.urlsafe_b64decode(value[len(MARK) :] + "==")
    cipher = _cipher(keys.of_installation(Key.Purpose.LOOKUP))
    return cipher.decrypt(blob, [purpose.encode()]).decode()


def blind_index(purpose: str, value: str) -> bytes:
    """32 bytes that find a value without telling it: HMAC-SHA-256 under the index key."""
    key = keys.of_installation(Key.Purpose.INDEX)
    return hmac.digest(key, purpose.encode() + b"\0" + value.encode(), hashlib.sha256)


class _Findable(models.CharField):  # type: ignore[type-arg]
    """Seals on the way to the database and opens on the way back; asked for by equality only."""

    purpose: str

    def clone(self) -> Any:
        """For migrations it is the text column that it is: they see what is stored."""
        _, path, args, kwargs = self.deconstruct()
        plain: type[Any] = getattr(models, path.rpartition(".")[2])
        return plain(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return text if text is None else seal_text(self.purpose, text)

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return value if value is None else open_text(self.purpose, value)

    def get_lookup(self, lookup_name: str) -> Any:
        """None, which Django refuses, for whatever would silently find nothing."""
        return super().get_lookup(lookup_name) if lookup_name in _LOOKUPS else None


class FindableField(_Findable):
    """Text that is sealed in the database and can be asked for by equality, and no other way.

    `purpose` keeps columns apart: the same text looks different in two purposes. `max_length` is
    that of the value; the column itself is wider.
    """

    max_length: int

    def __init__(self, *, purpose: str, max_length: int, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(max_length=max_length, **kwargs)

    def db_type_parameters(self, connection: Any) -> Any:
        found = dict(super().db_type_parameters(connection))
        return found | {"max_length": length(self.max_length)}

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        wide = kwargs | {"max_length": length(self.max_length)}
        return name, "django.db.models.CharField", args, wide


class FindableEmail(_Findable, models.EmailField):  # type: ignore[type-arg]
    """An e-mail address, sealed as `FindableField` seals; alike in every table."""

    purpose = "e-mail"

    def deconstruct(self) -> Any:
        """As Django's own field, whose place it takes in models that are not ours."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs


def make_findable_email(field: Any) -> None:
    """Seal an e-mail column of a model that is not ours: the field stays, and learns to seal."""
    field.__class__ = FindableEmail
