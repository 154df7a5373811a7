"""A vault as a device makes it for the server: keys and ways in. Knows no Django."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from holdfast.core.identity.kdf import b64url, recovery_code_bytes, recovery_secret
from holdfast.core.vault.engine import keys, wraps


def new_keys() -> keys.PrivateKeys:
    return keys.PrivateKeys(secrets.token_bytes(32), secrets.token_bytes(32))


def entry_posted(made: keys.KeyEntry) -> dict[str, Any]:
    return {
        "sequence": made.sequence,
        "agreement": b64url(made.keys.agreement),
        "signing": b64url(made.keys.signing),
        "created": made.created,
        "previous": b64url(made.previous),
        "signature": b64url(made.signature),
        "continuity": b64url(made.continuity),
    }


def wrap_posted(
    empty: wraps.Wrap, private: keys.PrivateKeys, key: bytes, *, credential: bytes = b""
) -> dict[str, Any]:
    """A way in with these keys in it; `empty` says of what kind and cost."""
    done = wraps.wrap(empty, private, key, secrets.token_bytes(wraps.NONCE_BYTES))
    return {
        "kind": done.kind,
        "version": done.version,
        "sequence": done.sequence,
        "memory_kib": done.cost.memory_kib,
        "passes": done.cost.passes,
        "parallelism": done.cost.parallelism,
        "salt": b64url(done.salt),
        "sealed": b64url(done.sealed),
        "credential": b64url(credential),
    }


def vault_posted(user: uuid.UUID, password: str, auth_secret: str, code: str) -> dict[str, Any]:
    """`POST /me/vault`: first keys, which the password and the recovery code open."""
    private, salts = new_keys(), [secrets.token_bytes(wraps.SALT_BYTES) for _ in range(2)]
    by_password = wraps.Wrap(user, "password", 1, wraps.Cost(), salts[0], b"")
    by_code = wraps.Wrap(user, "recovery", 1, wraps.NO_COST, salts[1], b"")
    return {
        "current_auth_secret": auth_secret,
        "recovery_secret": recovery_secret(code),
        "keys": entry_posted(keys.first_entry(user, private, 1_790_000_000)),
        "wraps": [
            wrap_posted(
                by_password, private, wraps.password_key(password, salts[0], by_password.cost)
            ),
            wrap_posted(by_code, private, wraps.recovery_key(recovery_code_bytes(code), salts[1])),
        ],
    }
