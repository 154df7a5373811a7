"""What the browser does to a password, as plain functions: for the command line and the tests.

The browser derives a master key from the password with Argon2id (RFC 9106) and from that, with
HKDF-SHA256 (RFC 5869), an authentication secret. Only the latter reaches the server. A recovery
code is 160 random bits; it needs no slow function, and what reaches the server is derived from it
by HKDF as well. `tests/vectors/kdf.json` pins both ends to the same numbers.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from typing import TypedDict

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT_BYTES = 16
SECRET_BYTES = 32
RECOVERY_BYTES = 20
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: What people write for what Crockford's alphabet leaves out.
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class KdfParams(TypedDict):
    """Argon2id's cost. `memory_kib` in KiB, the others plain counts."""

    algorithm: str
    memory_kib: int
    passes: int
    parallelism: int


#: The least that is accepted anywhere: RFC 9106's second recommended option, about half a second on
#: a phone. What an installation asks for is in `cost`.
PARAMS: KdfParams = {
    "algorithm": "argon2id",
    "memory_kib": 65536,
    "passes": 3,
    "parallelism": 1,
}


def b64url(data: bytes) -> str:
    """base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64url(text: str, length: int) -> bytes:
    """The bytes of canonical, unpadded base64url; ValueError unless there are exactly `length`."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(data) != length or b64url(data) != text:
        raise ValueError(f"expected {length} bytes as unpadded base64url")
    return data


def new_salt() -> str:
    return b64url(secrets.token_bytes(SALT_BYTES))


def _hkdf(key: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=SECRET_BYTES, salt=b"", info=info).derive(key)


def derive_auth_secret(password: str, salt: str, params: KdfParams = PARAMS) -> str:
    """The authentication secret of a password: 32 bytes, base64url. Takes 0.2 s and 64 MiB."""
    master = hash_secret_raw(
        unicodedata.normalize("NFKC", password).encode(),
        from_b64url(salt, SALT_BYTES),
        time_cost=params["passes"],
        memory_cost=params["memory_kib"],
        parallelism=params["parallelism"],
        hash_len=SECRET_BYTES,
        type=Type.ID,
    )
    return b64url(_hkdf(master, b"holdfast/v1/auth"))


def new_recovery_code() -> str:
    """160 random bits as 32 Crockford base32 letters in groups of four."""
    return format_recovery_code(secrets.token_bytes(RECOVERY_BYTES))


def format_recovery_code(data: bytes) -> str:
    number = int.from_bytes(data)
    letters = "".join(_CROCKFORD[number >> shift & 31] for shift in range(155, -1, -5))
    return "-".join(letters[i : i + 4] for i in range(0, 32, 4))


def recovery_code_bytes(code: str) -> bytes:
    """The 20 bytes of a code as people type it; ValueError says what is wrong with it."""
    letters = "".join(c for c in code.upper().translate(_MISREAD) if c not in " -")
    if len(letters) != 32:
        raise ValueError("a recovery code has 32 letters and digits")
    number = 0
    for letter in letters:
        number = number << 5 | _CROCKFORD.index(letter)
    return number.to_bytes(RECOVERY_BYTES)


def recovery_secret(code: str) -> str:
    """What the server stores a hash of: derived from the recovery code, 32 bytes, base64url."""
    return b64url(_hkdf(recovery_code_bytes(code), b"holdfast/v1/recovery-auth"))
