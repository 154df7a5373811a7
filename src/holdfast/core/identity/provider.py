"""Signing in at a practice's identity provider: allauth's OpenID Connect, with less taken and more
checked. allauth finds this module by its name.

Only who somebody is at the provider is taken, as a keyed hash of issuer and subject: no name, no
address, no token. Beside state and PKCE there is a nonce, and the signature is verified.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from requests import RequestException

from holdfast.core.crypto.lookup import blind_index
from holdfast.core.identity import id_token

#: Where the browser comes back to in the client, whatever came of it.
RETURN_PATH = "/signed-in"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class _Client(OAuth2Client):  # type: ignore[misc]
    """Sends a nonce with each attempt."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        nonce = id_token.nonce_of(self.state)
        url: str = super().get_redirect_url(
            authorization_url, scope, extra_params | {"nonce": nonce}
        )
        return url


class ProviderAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One attempt's conversation with the provider."""

    client_class = _Client

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description; it must be of the issuer that the operator named."""
        config: dict[str, Any] = super().openid_config
        issuer = self.get_provider().app.settings["issuer"]
        if config.get("issuer") != issuer:
            raise OAuth2Error("the provider describes another issuer")
        allowed = {"https", urlsplit(issuer).scheme}
        for name in _ENDPOINTS:
            if urlsplit(str(config.get(name, ""))).scheme not in allowed:
                raise OAuth2Error(f"the provider has no usable {name}")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        path = reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})
        return f"{settings.ORIGIN}{path}"

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        given = kwargs["response"].get("id_token")
        if not isinstance(given, str):
            raise OAuth2Error("the provider gave no id_token")
        try:
            claims = id_token.verified(
                given,
                keys=self._keys(),
                issuer=app.settings["issuer"],
                client_id=app.client_id,
                # The view has found this state in the session, and taken it out.
                nonce=id_token.nonce_of(request.GET["state"]),
            )
        except id_token.Unbelievable as error:
            raise OAuth2Error(f"the id_token does not hold: {error}") from error
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.word = {
            "second_factor": id_token.vouches(
                claims, frozenset(app.settings["trusted_second_factor"])
            ),
            "signed_in_at": id_token.signed_in_at(claims),
        }
        return login

    def _keys(self) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        if not isinstance(keys, dict):
            raise OAuth2Error("the provider's keys are no JWK set")
        return keys


class IdentityProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """What is taken of a person who signed in: that it is the same one as before."""

    oauth2_adapter_class = ProviderAdapter
    # A token posted by a browser would have no attempt that it belongs to.
    supports_token_authentication = False
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        return ["openid"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Bound to the issuer: an operator who names another one links nobody to old accounts."""
        return blind_index("oidc-subject", f"{data['iss']}\n{data['sub']}").hex()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


provider_classes = [IdentityProvider]


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends the browser. Leads on to the client, which asks what came of it."""
    try:
        view = OAuth2CallbackView.adapter_view(ProviderAdapter(request, provider_id))
        answer: HttpResponse = view(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (OAuth2Error, RequestException):
        return HttpResponseRedirect(f"{settings.ORIGIN}{RETURN_PATH}?error=unknown")
    return answer
