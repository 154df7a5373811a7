"""What an identity provider says about who signed in, and whether it can be believed.

OpenID Connect Core 1.0, section 3.1.3.7. The signature is checked although the token comes over TLS
from the provider itself: it costs one look-up of keys, and a proxy in between decides nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import jwt

#: Signatures with a public key. Nothing symmetric: the keys that verify are public.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
#: How far the provider's clock may be from ours.
LEEWAY_SECONDS = 60
_NEEDED = ["iss", "sub", "aud", "exp", "iat"]


class Unbelievable(Exception):
    """The token is not one that this provider gave to us for this attempt; the text says why."""


def nonce_of(state: str) -> str:
    """The nonce of an attempt: a hash of its state, which is random, secret and used once."""
    return hashlib.sha256(f"holdfast-nonce:{state}".encode()).hexdigest()


def verified(
    token: str, *, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """The claims of a token that holds. `keys` is the provider's JWK set. Raises `Unbelievable`."""
    try:
        key = _key(token, keys)
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": _NEEDED},
        )
    except jwt.PyJWTError as error:
        raise Unbelievable(type(error).__name__) from error
    if claims.get("nonce") != nonce:
        raise Unbelievable("nonce")
    audience = claims["aud"]
    shared = isinstance(audience, list) and len(audience) > 1
    # Made for several: then it has to say that we are the one it was given to.
    if (shared or "azp" in claims) and claims.get("azp") != client_id:
        raise Unbelievable("azp")
    if not claims["sub"]:
        raise Unbelievable("sub")
    return claims


def _key(token: str, keys: Mapping[str, Any]) -> jwt.PyJWK:
    """The key that the token names; the only one there is where it names none."""
    name = jwt.get_unverified_header(token).get("kid")
    signing = [
        key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.public_key_use != "enc"
    ]
    fitting = [key for key in signing if name is None or key.key_id == name]
    if len(fitting) != 1:
        raise Unbelievable("kid")
    if fitting[0].algorithm_name not in ALGORITHMS:
        raise Unbelievable("alg")
    return fitting[0]


def vouches(claims: Mapping[str, Any], trusted: frozenset[str]) -> bool:
    """Whether `amr` or `acr` (RFC 8176; Core, section 2) has a value that the operator trusts."""
    methods = claims.get("amr")
    said = (
        {each for each in methods if isinstance(each, str)} if isinstance(methods, list) else set()
    )
    level = claims.get("acr")
    return bool(trusted & (said | ({level} if isinstance(level, str) else set())))


def signed_in_at(claims: Mapping[str, Any]) -> int | None:
    """When the person last proved to the provider who they are, in seconds since 1970, if told."""
    at = claims.get("auth_time")
    return at if isinstance(at, int) and not isinstance(at, bool) else None
