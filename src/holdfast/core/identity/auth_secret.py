"""The authentication secret on the server: its form, and how it is hashed at rest."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.exceptions import ValidationError

from holdfast.core.crypto.lookup import blind_index
from holdfast.core.identity.kdf import SALT_BYTES, SECRET_BYTES, b64url, from_b64url


class SecretHasher(PBKDF2PasswordHasher):
    """PBKDF2 with few iterations.

    The slow, memory-hard work (Argon2id, 64 MiB) is done in the browser, and what arrives is 256
    bits that nobody can enumerate without doing that work for every guess. Here a salted hash only
    has to make a stolen table useless for logging in; more iterations would cost the server and
    not the thief.
    """

    algorithm = "pbkdf2_sha256_secret"
    iterations = 5_000


class SecretFormValidator:
    """The only "password" validator: insists on exactly 32 bytes of base64url.

    A client that forgets to derive the secret and posts a password is refused here, so that no
    password can be stored by mistake.
    """

    def validate(self, password: str, user: object = None) -> None:
        if not is_secret(password):
            raise ValidationError(
                "This is not an authentication secret (32 bytes, base64url).", code="secret-form"
            )

    def get_help_text(self) -> str:
        return "32 bytes, base64url, derived from the password in the browser."


def is_secret(text: str) -> bool:
    try:
        from_b64url(text, SECRET_BYTES)
    except ValueError:
        return False
    return True


def is_salt(text: str) -> bool:
    try:
        from_b64url(text, SALT_BYTES)
    except ValueError:
        return False
    return True


def stand_in_salt(name: str) -> str:
    """The salt that an unknown name is answered with: stable, and like any other to look at.

    Under the index key, which no rotation replaces: were these salts to change one day, those that
    stayed the same would be the real ones.
    """
    return b64url(blind_index("stand-in-salt", name)[:SALT_BYTES])
