"""A practice's endpoint: its address, key, model and daily budget.

The address is the administrator's alone; nothing that a person writes can change it. Practices run
models in their own network, so private addresses are allowed, and plain http only there. Addresses
that no model has (link-local, where cloud machines keep their credentials, multicast, unspecified)
are refused. Names are not looked up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

_PRIVATE_SUFFIXES: Final = (".local", ".lan", ".internal", ".home.arpa", ".localhost", ".svc")
_LONGEST_URL: Final = 500


class ConfigError(ValueError):
    """An endpoint that is not spoken to; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ModelConfig(BaseModel):
    """One endpoint. `url` is the base, without `/chat/completions`; budgets are for a UTC day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str
    key: SecretStr = SecretStr("")
    name: str = Field(min_length=1, max_length=200)
    requests_a_day: int = Field(default=500, ge=0, le=1_000_000)
    tokens_a_day: int = Field(default=200_000, ge=0, le=1_000_000_000)

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        return checked_url(value)

    @field_validator("key")
    @classmethod
    def _header(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value()
        if len(plain) > 1000 or not all("!" <= sign <= "~" for sign in plain):
            raise ConfigError("model-key-unreadable")
        return value

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> ModelConfig:
        """The endpoint in a ticket's claims. Raises ConfigError, whose text holds no secret."""
        try:
            return cls.model_validate(claims)
        except ValidationError as error:
            inner = [one.get("ctx", {}).get("error") for one in error.errors()]
            codes = [one.code for one in inner if isinstance(one, ConfigError)]
            raise ConfigError(codes[0] if codes else "model-config-invalid") from None

    @property
    def endpoint(self) -> str:
        """Where completions are asked for."""
        return f"{self.url}/chat/completions"


def checked_url(url: str) -> str:
    """The base address without a slash at its end. Raises ConfigError."""
    if len(url) > _LONGEST_URL or not url.isascii() or any(sign.isspace() for sign in url):
        raise ConfigError("model-url-invalid")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigError("model-url-invalid") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ConfigError("model-url-invalid")
    if parts.username is not None or parts.password is not None or "?" in url or "#" in url:
        raise ConfigError("model-url-invalid")
    address = _address(host)
    if address is not None and (
        address.is_link_local or address.is_multicast or address.is_unspecified
    ):
        raise ConfigError("model-url-forbidden")
    if parts.scheme == "http" and not _is_private(host, address):
        raise ConfigError("model-url-not-encrypted")
    return url.rstrip("/")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_private(host: str, address: IPv4Address | IPv6Address | None) -> bool:
    if address is not None:
        return address.is_private or address.is_loopback
    # A single label is a name of the own network (a container, a machine); digits alone are an
    # address in disguise.
    single = "." not in host and not host[0].isdigit()
    return single or host.endswith(_PRIVATE_SUFFIXES)
