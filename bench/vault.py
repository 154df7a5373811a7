"""The vault in Python: sealing and opening.

The step that other systems are measured by is wrapping and unwrapping 500 keys (HPKE alone). The
whole way is encryption, grant, two signatures and the check that opens what was made.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable

from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bench.report import Promise, Report, Row, Timing
from holdfast.core.vault.engine import items, keys

ITEMS = 500
ROUNDS = 7
#: A page of writing, in bytes.
PAGE = 2_000


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
    """Sealing and opening; `bench.guesses` has what a stolen way in is worth."""
    private = keys.PrivateKeys(os.urandom(32), os.urandom(32))
    return [_throughput(private)]


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
