"""A passkey as allauth keeps it: a credential with a real key, attested by nobody."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from holdfast.core.identity.models import User
from holdfast.core.vault.schemas import written

_RP = "testserver"
#: The library's maker of keys is not typed.
_COSE: Any = ES256


def credential_json(credential: bytes, **results: Any) -> dict[str, Any]:
    """What a browser posts after it made a passkey."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    attested = AttestedCredentialData.create(
        Aaguid.NONE, credential, _COSE.from_cryptography_key(public)
    )
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(hashlib.sha256(_RP.encode()).digest(), flags, 0, attested)
    client = CollectedClientData.create(
        CollectedClientData.TYPE.CREATE, secrets.token_bytes(32), f"http://{_RP}"
    )
    return {
        "type": "public-key",
        "id": written(credential),
        "rawId": written(credential),
        "response": {
            "clientDataJSON": written(bytes(client)),
            "attestationObject": written(bytes(AttestationObject.create("none", data, {}))),
        },
        "clientExtensionResults": results,
    }


def make_passkey(user: User, credential: bytes, name: str = "my phone") -> Authenticator:
    return Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": name, "credential": credential_json(credential)},
    )
