"""The vault in Python: sealing and opening, and how fast a stolen way in can be guessed at.

The step that other systems are measured by is wrapping and unwrapping 500 keys (HPKE alone). The
whole way is encryption, grant, two signatures and the check that opens what was made. Guessing is
measured on one core against what a thief of the database has: our way in by password, and the same
password behind PBKDF2 with 1,000 rounds and behind SHA-512, which the field uses.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bench.report import Promise, Report, Row, Timing
from holdfast.core.vault.engine import errors, items, keys, wraps

ITEMS = 500
ROUNDS = 7
#: A page of writing, in bytes.
PAGE = 2_000
GUESSES = 6
CHEAP_GUESSES = 2_000


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> Timing:
    """Wall-clock and processor time of each round."""
    seconds, processor = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        work()
        seconds.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    return Timing(tuple(seconds), tuple(processor))


def run() -> list[Report]:
    """Sealing and opening, and guessing."""
    private = keys.PrivateKeys(os.urandom(32), os.urandom(32))
    return [_throughput(private), _guessing(private)]


def _throughput(private: keys.PrivateKeys) -> Report:
    owner = uuid.uuid4()
    reader = items.Reader(owner, private.public)
    content = os.urandom(PAGE)
    hpke = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    sealed_keys = [
        hpke.encrypt(os.urandom(32), private.public.agreement_key, info=b"bench")
        for _ in range(ITEMS)
    ]

    def wrap() -> None:
        for _ in range(ITEMS):
            hpke.encrypt(bytes(32), private.public.agreement_key, info=b"bench")

    def unwrap() -> None:
        for each in sealed_keys:
            hpke.decrypt(each, private.agreement_key, info=b"bench")

    def seal() -> list[items.Version]:
        return [
            items.seal(
                items.Header(uuid.uuid4(), owner, "journal", 1, 1),
                content,
                item_key=os.urandom(32),
                owner=private,
            )
            for _ in range(ITEMS)
        ]

    made = seal()

    def open_all() -> None:
        for version in made:
            assert items.open_version(version, reader, private, private.public) == content

    wrapped, unwrapped, sealed, opened = (timed(work) for work in (wrap, unwrap, seal, open_all))
    return Report(
        name="vault",
        title="The vault in Python: sealing and opening",
        peer="none",
        rows=[
            Row("wrap the keys alone (HPKE)", ITEMS, wrapped),
            Row("unwrap the keys alone", ITEMS, unwrapped),
            Row("seal: encrypt, sign, grant, open once to check", ITEMS, sealed),
            Row("open: both signatures, key, content", ITEMS, opened),
        ],
        packages=["cryptography"],
        promises=[
            Promise("500 keys wrapped in 217 ms of processor time", 0.217, min(wrapped.processor)),
            Promise("500 keys opened in 135 ms of processor time", 0.135, min(unwrapped.processor)),
        ],
        notes=[
            f"{ITEMS / min(sealed.processor):,.0f} entries sealed in a second of processor time, "
            f"{ITEMS / min(opened.processor):,.0f} opened; each {PAGE:,} bytes, one reader.",
        ],
    )


def _guessing(private: keys.PrivateKeys) -> Report:
    cost = wraps.Cost()
    empty = wraps.Wrap(uuid.uuid4(), "password", 1, cost, os.urandom(16), b"")
    stolen = wraps.wrap(
        empty, private, wraps.password_key("the right one", empty.salt, cost), os.urandom(12)
    )
    salt, nonce = os.urandom(16), os.urandom(12)
    weak = AESGCM(os.urandom(32)).encrypt(nonce, os.urandom(64), b"")

    def ours() -> None:
        for number in range(GUESSES):
            key = wraps.password_key(f"guess {number}", stolen.salt, stolen.cost)
            try:
                wraps.unwrap(stolen, key)
            except errors.WrongKey:
                continue
            raise AssertionError("a wrong password opened the wrap")

    def theirs(derive: Callable[[bytes], bytes]) -> Callable[[], None]:
        def guess() -> None:
            for number in range(CHEAP_GUESSES):
                key = derive(f"guess {number}".encode())
                try:
                    AESGCM(key).decrypt(nonce, weak, b"")
                except InvalidTag:
                    continue
                raise AssertionError("a wrong password opened the peer's wrap")

        return guess

    times = {
        "way in by password (Argon2id, 64 MiB, 3 passes)": (GUESSES, timed(ours, 3)),
        "PBKDF2-SHA256, 1,000 rounds": (
            CHEAP_GUESSES,
            timed(theirs(lambda p: hashlib.pbkdf2_hmac("sha256", p, salt, 1_000)), 3),
        ),
        "SHA-512, once": (
            CHEAP_GUESSES,
            timed(theirs(lambda p: hashlib.sha512(salt + p).digest()[:32]), 3),
        ),
    }
    rates = {name: count / min(timing.processor) for name, (count, timing) in times.items()}
    return Report(
        name="vault_guessing",
        title="Guesses at a stolen way in, one core",
        peer="none",
        rows=[Row(name, count, timing) for name, (count, timing) in times.items()],
        packages=["argon2-cffi", "cryptography"],
        promises=[Promise("at most 12 guesses a second at ours", 12, next(iter(rates.values())))],
        notes=[f"{name}: {rate:,.1f} guesses a second." for name, rate in rates.items()],
    )
