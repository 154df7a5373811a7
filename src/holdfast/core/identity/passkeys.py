"""The account's passkeys, and the one thing of theirs that must not come here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from holdfast.core.identity.models import User
from holdfast.core.problems import Problem


@dataclass(frozen=True)
class Passkey:
    """One passkey: allauth's number, the name it was given, and the credential's identifier."""

    id: int
    name: str
    credential: bytes


def credential_of(authenticator: Authenticator) -> bytes:
    """The identifier by which a browser knows the passkey (WebAuthn level 3, section 4)."""
    data = authenticator.wrap().authenticator_data
    identifier: bytes = data.credential_data.credential_id
    return identifier


def passkeys_of(user: User) -> list[Passkey]:
    """All passkeys of an account, oldest first. One SQL statement."""
    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return [
        Passkey(row.pk, row.data["name"], credential_of(row)) for row in rows.order_by("created_at")
    ]


class PrfRefused(Problem):
    """The output of a passkey's PRF opens the vault: it belongs on the device alone."""

    code = "prf-refused"
    status = 422
    title = "A passkey's key came along; it must stay on the device. Nothing was kept."


class PrfStaysOnTheDevice:
    """Refuses a passkey's answer that holds the output of its PRF, before anything reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "/webauthn" in request.path and request.method == "POST" and holds_prf(request.body):
            problem = PrfRefused()
            return JsonResponse(
                problem.as_dict(), status=problem.status, content_type="application/problem+json"
            )
        return self.get_response(request)


def holds_prf(body: bytes) -> bool:
    """Whether a posted credential has results of the extension `prf`, or of CTAP's hmac-secret."""
    try:
        sent: Any = json.loads(body)
    except ValueError:
        return False
    for step in ("credential", "clientExtensionResults"):
        sent = sent.get(step) if isinstance(sent, dict) else None
    if not isinstance(sent, dict):
        return False
    prf = sent.get("prf")
    return bool(sent.get("hmacGetSecret") or (isinstance(prf, dict) and prf.get("results")))
