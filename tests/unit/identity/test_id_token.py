"""Which tokens of an identity provider hold. The rest of it is tried at the wire."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from holdfast.core.identity import id_token

ISSUER, CLIENT, NONCE = "https://id.example", "holdfast", "once"
KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: ec.EllipticCurvePrivateKey, **more: Any) -> dict[str, Any]:
    public: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    return public | {"use": "sig"} | more


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {"iss": ISSUER, "aud": CLIENT, "sub": "s", "nonce": NONCE, "iat": now, "exp": now + 300}
    return told | changes


def verified(token: str, *keys: dict[str, Any]) -> dict[str, Any]:
    return id_token.verified(
        token, keys={"keys": list(keys)}, issuer=ISSUER, client_id=CLIENT, nonce=NONCE
    )


def test_a_token_names_its_key_or_there_is_only_one() -> None:
    named = jwt.encode(claims(), KEY, "ES256", headers={"kid": "b"})
    other = ec.generate_private_key(ec.SECP256R1())
    assert verified(named, jwk(other, kid="a"), jwk(KEY, kid="b"))["sub"] == "s"
    unnamed = jwt.encode(claims(), KEY, "ES256")
    assert verified(unnamed, jwk(KEY, kid="b"), jwk(other, use="enc"))["sub"] == "s"
    with pytest.raises(id_token.Unbelievable):
        verified(unnamed, jwk(other, kid="a"), jwk(KEY, kid="b"))


def test_an_rsa_key_that_does_not_say_its_algorithm_is_rs256() -> None:
    public = json.loads(RSAAlgorithm.to_jwk(RSA_KEY.public_key())) | {"kid": "r"}
    token = jwt.encode(claims(), RSA_KEY, "RS256", headers={"kid": "r"})
    assert verified(token, public)["sub"] == "s"


def test_an_unsigned_token_is_refused() -> None:
    with pytest.raises(id_token.Unbelievable):
        verified(jwt.encode(claims(), "", "none"), jwk(KEY))


def test_a_public_key_does_not_serve_as_a_shared_one() -> None:
    """HS256 with the public key, which everybody has (RFC 8725, section 2.1)."""
    public = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    forged = jwt.encode(claims(), public, "HS256", headers={"kid": "k"})
    with pytest.raises(id_token.Unbelievable):
        verified(forged, jwk(KEY, kid="k"))
    shared = {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "k"}
    key = b"secret-secret-secret-secret-secret"
    with pytest.raises(id_token.Unbelievable):
        verified(jwt.encode(claims(), key, "HS256", headers={"kid": "k"}), shared)


def test_what_is_no_token_and_no_key_set_is_refused() -> None:
    for text in ("", "a.b.c", "not a token"):
        with pytest.raises(id_token.Unbelievable):
            verified(text, jwk(KEY))
    with pytest.raises(id_token.Unbelievable):
        verified(jwt.encode(claims(), KEY, "ES256"))


def test_a_token_for_several_must_say_that_it_was_given_to_us() -> None:
    several = claims(aud=[CLIENT, "other"], azp=CLIENT)
    assert verified(jwt.encode(several, KEY, "ES256"), jwk(KEY))["azp"] == CLIENT
    with pytest.raises(id_token.Unbelievable):
        verified(jwt.encode(claims(aud=[CLIENT, "other"]), KEY, "ES256"), jwk(KEY))


@pytest.mark.parametrize(
    ("told", "trusted", "expected"),
    [
        ({"amr": ["pwd", "mfa"]}, {"mfa"}, True),
        ({"acr": "loa3"}, {"loa3"}, True),
        ({"amr": ["pwd"], "acr": "loa1"}, {"mfa", "loa3"}, False),
        ({"amr": "mfa"}, {"mfa"}, False),
        ({"amr": [["mfa"]], "acr": None}, {"mfa"}, False),
        ({"amr": ["mfa"], "acr": "loa3"}, set(), False),
    ],
)
def test_a_provider_vouches_only_with_words_that_are_trusted(
    told: dict[str, Any], trusted: set[str], expected: bool
) -> None:
    assert id_token.vouches(told, frozenset(trusted)) is expected


def test_an_instant_is_a_number_or_nothing() -> None:
    assert id_token.signed_in_at({"auth_time": 5}) == 5
    for other in ({}, {"auth_time": "5"}, {"auth_time": True}, {"auth_time": None}):
        assert id_token.signed_in_at(other) is None
