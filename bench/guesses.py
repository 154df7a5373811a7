"""How many passwords a second somebody can try who has stolen the database, on one core.

A thief of the database has, per account, the way in by password (the vault's private keys, wrapped)
and the hash of the authentication secret. Each costs them Argon2id per guess, by the C library that
they would use themselves. Beside it, the same password behind what the field uses: PBKDF2 with
1,000 rounds, and one SHA-512. The process is kept on one core; processor time is what counts.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.report import Promise, Report, Row, Timing
from bench.vault import timed
from holdfast.core.identity import kdf
from holdfast.core.vault.engine import errors, keys, wraps

GUESSES = 6
CHEAP_GUESSES = 2_000
ROUNDS = 3
#: As `core.identity.auth_secret.SecretHasher`, which needs Django.
SECRET_ITERATIONS = 5_000
MOST_A_SECOND = 12


def run() -> list[Report]:
    """Ours twice, and the two weaker ones."""
    with _one_core():
        times = {
            "way in by password (Argon2id, 64 MiB, 3 passes)": (
                GUESSES,
                timed(_at_a_wrap(), ROUNDS),
            ),
            "hash of the authentication secret": (GUESSES, timed(_at_a_hash(), ROUNDS)),
            "peer: PBKDF2-SHA256, 1,000 rounds": (
                CHEAP_GUESSES,
                timed(_at_a_peer(lambda p, s: hashlib.pbkdf2_hmac("sha256", p, s, 1_000)), ROUNDS),
            ),
            "peer: SHA-512, once": (
                CHEAP_GUESSES,
                timed(_at_a_peer(lambda p, s: hashlib.sha512(s + p).digest()[:32]), ROUNDS),
            ),
        }
    rates = {name: _rate(count, timing) for name, (count, timing) in times.items()}
    ours = [rate for name, rate in rates.items() if not name.startswith("peer")]
    return [
        Report(
            name="guesses",
            title="Passwords tried against a stolen database, one core",
            peer="none",
            rows=[Row(name, count, timing) for name, (count, timing) in times.items()],
            packages=["argon2-cffi", "cryptography"],
            promises=[
                Promise("at most 12 guesses a second at ours", MOST_A_SECOND, max(ours)),
            ],
            notes=[
                f"{name}: {rate:,.1f} guesses a second, {rate / ours[0]:,.0f} times ours."
                for name, rate in rates.items()
            ],
        )
    ]


def _rate(count: int, timing: Timing) -> float:
    """Guesses a second of the fastest round, which is the thief's best."""
    return count / min(timing.processor)


@contextmanager
def _one_core() -> Iterator[None]:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _at_a_wrap() -> Callable[[], None]:
    private = keys.PrivateKeys(os.urandom(32), os.urandom(32))
    cost = wraps.Cost()
    empty = wraps.Wrap(uuid.uuid4(), "password", 1, cost, os.urandom(16), b"")
    right = wraps.password_key("the right one", empty.salt, cost)
    stolen = wraps.wrap(empty, private, right, os.urandom(12))

    def guess() -> None:
        for number in range(GUESSES):
            key = wraps.password_key(f"guess {number}", stolen.salt, stolen.cost)
            try:
                wraps.unwrap(stolen, key)
            except errors.WrongKey:
                continue
            raise AssertionError("a wrong password opened the wrap")

    return guess


def _at_a_hash() -> Callable[[], None]:
    salt, hashed_with = kdf.new_salt(), os.urandom(16)

    def hashed(password: str) -> bytes:
        secret = kdf.derive_auth_secret(password, salt).encode()
        return hashlib.pbkdf2_hmac("sha256", secret, hashed_with, SECRET_ITERATIONS)

    stolen = hashed("the right one")

    def guess() -> None:
        assert all(hashed(f"guess {number}") != stolen for number in range(GUESSES))

    return guess


def _at_a_peer(derive: Callable[[bytes, bytes], bytes]) -> Callable[[], None]:
    salt, nonce = os.urandom(16), os.urandom(12)
    stolen = AESGCM(os.urandom(32)).encrypt(nonce, os.urandom(64), b"")

    def guess() -> None:
        for number in range(CHEAP_GUESSES):
            key = derive(f"guess {number}".encode(), salt)
            try:
                AESGCM(key).decrypt(nonce, stolen, b"")
            except InvalidTag:
                continue
            raise AssertionError("a wrong password opened the peer's wrap")

    return guess
