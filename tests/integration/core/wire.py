"""The accounts' endpoints as the browser calls them."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.factories import KDF_PARAMS, auth_secret

ALLAUTH = "/_allauth/browser/v1"
API = "/api/v1"


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def secret(seed: str) -> str:
    """Any well-formed secret: 32 bytes that the seed decides."""
    return b64url(hashlib.sha256(seed.encode()).digest())


def salt(seed: str) -> str:
    return b64url(hashlib.sha256(seed.encode()).digest()[:16])


def send(client: Client, method: str, path: str, body: object = None) -> Any:
    """One JSON request; `path` is absolute."""
    return client.generic(
        method,
        path,
        b"" if body is None else _json(body),
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def _json(body: object) -> bytes:
    import orjson

    return orjson.dumps(body)


def registration(name: str, **changes: Any) -> dict[str, Any]:
    body = {
        "username": name,
        "password": auth_secret(name),
        "kdf_salt": salt(name),
        "kdf_params": KDF_PARAMS,
        "recovery_secret": secret(f"recovery|{name}"),
        "adult": True,
        "chosen_name": name.title(),
        "time_zone": "Europe/Berlin",
        "language": "de",
        "country": "DE",
    }
    return {key: value for key, value in (body | changes).items() if value is not None}


def sign_up(client: Client, name: str, **changes: Any) -> Any:
    return send(client, "POST", f"{ALLAUTH}/auth/signup", registration(name, **changes))


def log_in(client: Client, name: str, password: str | None = None) -> Any:
    body = {"username": name, "password": password or auth_secret(name)}
    return send(client, "POST", f"{ALLAUTH}/auth/login", body)


def codes(response: HttpResponse) -> set[str]:
    """The error codes of an allauth or a problem answer."""
    body = response.json()  # type: ignore[attr-defined]
    found = {error["code"] for error in body.get("errors", [])}
    return found | ({body["code"]} if "code" in body else set())
