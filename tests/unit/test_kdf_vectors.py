"""The published vectors hold, and an independent HKDF gives the same numbers."""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from argon2.low_level import Type, hash_secret_raw
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.identity import kdf

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "kdf.json").read_text(encoding="utf-8")
)


def _hkdf(key: bytes, info: bytes) -> bytes:
    """RFC 5869 by hand: extract with an empty salt, one block of expand."""
    extracted = hmac.digest(bytes(32), key, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)


@pytest.mark.parametrize("row", VECTORS["passwords"], ids=lambda row: row["password"])
def test_passwords(row: dict[str, str]) -> None:
    assert kdf.derive_auth_secret(row["password"], row["salt"]) == row["auth_secret"]
    master = hash_secret_raw(
        unicodedata.normalize("NFKC", row["password"]).encode(),
        kdf.from_b64url(row["salt"], 16),
        time_cost=3,
        memory_cost=65536,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
    assert kdf.b64url(_hkdf(master, b"holdfast/v1/auth")) == row["auth_secret"]


def test_two_spellings_of_one_password_give_one_secret() -> None:
    composed, decomposed = VECTORS["passwords"][1:3]
    assert composed["password"] != decomposed["password"]
    assert composed["auth_secret"] == decomposed["auth_secret"]


@pytest.mark.parametrize("row", VECTORS["recovery_codes"], ids=lambda row: row["bytes_hex"])
def test_recovery_codes(row: dict[str, str]) -> None:
    data = bytes.fromhex(row["bytes_hex"])
    assert kdf.format_recovery_code(data) == row["code"]
    assert kdf.recovery_code_bytes(row["typed"]) == data
    expected = kdf.b64url(_hkdf(data, b"holdfast/v1/recovery-auth"))
    assert kdf.recovery_secret(row["typed"]) == row["recovery_secret"] == expected


@given(st.binary(min_size=20, max_size=20))
def test_every_code_reads_back(data: bytes) -> None:
    assert kdf.recovery_code_bytes(kdf.format_recovery_code(data)) == data


@pytest.mark.parametrize("code", ["", "ABCD", "U" * 32, "A" * 33, "!" * 32])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        kdf.recovery_code_bytes(code)


@given(st.binary(max_size=48))
def test_only_canonical_base64url_of_the_right_length_is_read(data: bytes) -> None:
    text = kdf.b64url(data)
    if len(data) == 32:
        assert kdf.from_b64url(text, 32) == data
        return
    with pytest.raises(ValueError, match=r".+"):
        kdf.from_b64url(text, 32)
