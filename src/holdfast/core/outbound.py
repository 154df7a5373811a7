"""Requests to addresses that somebody typed: a calendar elsewhere, a provider of text messages.

An address from outside must not let this server call what only it can reach (server-side request
forgery). The name is resolved here, every address it has must be a public one, and the call goes to
that very address, so that a name which changes between look and call changes nothing. No redirect
is followed, no proxy of the environment is used, and time and size have limits.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings

#: Seconds until somebody answers, and until all of it is here.
CONNECT: Final = 5.0
ALTOGETHER: Final = 20.0
LONGEST: Final = 5 * 1024 * 1024
#: Addresses of IPv4 in IPv6's clothes (RFC 6052, RFC 3056): a private one may hide in them.
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))


class Unreachable(Exception):
    """Nothing came back that could be used. `reason`: `address-not-allowed`, `unreachable`,
    `too-slow` or `too-large`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What came back: whatever status it has. Names of headers are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    by_operator: bool = False,
    longest: int = LONGEST,
) -> Answer:
    """One request. `by_operator`: the address stands in the installation's configuration, which may
    name what it likes. Raises Unreachable.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    free = by_operator or host in settings.OUTBOUND_HOSTS
    if not host or parts.scheme not in ({"http", "https"} if free else {"https"}):
        raise Unreachable("address-not-allowed")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Unreachable("address-not-allowed") from error
    address = _resolved(host, port, free=free)
    literal = f"[{address}]" if address.version == 6 else str(address)
    target = httpx.URL(url).copy_with(host=literal.strip("[]"), userinfo=b"")
    default = {"https": 443, "http": 80}[parts.scheme] == port
    sent = {
        "Host": host if default else f"{host}:{port}",
        "User-Agent": "Holdfast",
        "Accept-Encoding": "identity",
    } | dict(headers or {})
    return _call(method, target, sent, content, host, longest)


def _resolved(host: str, port: int, *, free: bool) -> IPv4Address | IPv6Address:
    """The address to call. All that the name has must be public: one private is one too many."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("unreachable") from error
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not free and not all(is_public(address) for address in addresses):
        raise Unreachable("address-not-allowed")
    return addresses[0]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the internet at large, and of nothing behind our own door."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def _call(
    method: str,
    url: httpx.URL,
    headers: Mapping[str, str],
    content: bytes,
    host: str,
    longest: int,
) -> Answer:
    ends = monotonic() + ALTOGETHER
    body = bytearray()
    try:
        with (
            httpx.Client(trust_env=False, timeout=httpx.Timeout(10, connect=CONNECT)) as client,
            client.stream(
                method,
                url,
                headers=headers,
                content=content or None,
                # The certificate has to be the name's, not the address's.
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > longest:
                    raise Unreachable("too-large")
                if monotonic() > ends:
                    raise Unreachable("too-slow")
    except httpx.TimeoutException as error:
        raise Unreachable("too-slow") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable("unreachable") from error
    return Answer(
        answer.status_code, bytes(body), {k.lower(): v for k, v in answer.headers.items()}
    )
