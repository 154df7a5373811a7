"""Which identity providers people may sign in with: the operator's file, read once at the start."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from holdfast.config.environment import ConfigurationError, is_local

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_REQUIRED = ("id", "name", "issuer", "client_id")
_SECRETS = ("client_secret_file", "client_secret_env")
_KNOWN = {*_REQUIRED, *_SECRETS, "trusted_second_factor"}
_LONGEST_NAME = 40


@dataclass(frozen=True)
class IdentityProvider:
    """One OpenID provider, as the operator described it.

    `trusted_second_factor`: values of the claims `amr` or `acr` that the operator takes for a
    second factor of staff. Empty: the provider's word counts for nothing there.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    trusted_second_factor: frozenset[str] = frozenset()


def identity_providers() -> tuple[IdentityProvider, ...]:
    """What `HOLDFAST_OIDC_FILE` describes; none without it. Raises ConfigurationError."""
    named = os.environ.get("HOLDFAST_OIDC_FILE", "").strip()
    if not named:
        return ()
    path = Path(named)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"HOLDFAST_OIDC_FILE ({path}) cannot be read: {error}") from error
    tables = content.pop("provider", None)
    if content or not isinstance(tables, list) or not tables:
        raise ConfigurationError(f"{path} consists of tables [[provider]], and of nothing else.")
    found = tuple(_provider(table, path) for table in tables)
    if len({each.id for each in found}) != len(found):
        raise ConfigurationError(f"{path}: two providers have the same id.")
    return found


def _provider(table: Any, path: Path) -> IdentityProvider:
    if not isinstance(table, dict) or set(table) - _KNOWN:
        raise ConfigurationError(f"{path}: a [[provider]] has {', '.join(sorted(_KNOWN))}.")
    for name in _REQUIRED:
        if not isinstance(table.get(name), str) or not table[name].strip():
            raise ConfigurationError(f"{path}: a [[provider]] without {name}.")
    given, where = table["id"], f"{path}: {table['id']}"
    if not _ID.fullmatch(given):
        raise ConfigurationError(f"{path}: an id has lower-case letters, digits and dashes.")
    if len(table["name"]) > _LONGEST_NAME:
        raise ConfigurationError(f"{where}: the name stands on a button; 40 characters at most.")
    trusted = table.get("trusted_second_factor", [])
    if not isinstance(trusted, list) or not all(isinstance(each, str) and each for each in trusted):
        raise ConfigurationError(f"{where}: trusted_second_factor is a list of texts.")
    return IdentityProvider(
        id=given,
        name=table["name"].strip(),
        issuer=_issuer(table["issuer"], where),
        client_id=table["client_id"],
        client_secret=_secret(table, path, where),
        trusted_second_factor=frozenset(trusted),
    )


def _issuer(address: str, where: str) -> str:
    parts = urlsplit(address)
    plain = parts.scheme == "http" and is_local(parts.hostname or "")
    if not parts.hostname or (parts.scheme != "https" and not plain):
        raise ConfigurationError(f"{where}: the issuer is an address that begins with https://")
    if parts.query or parts.fragment or "/.well-known/" in parts.path:
        raise ConfigurationError(f"{where}: the issuer alone, without /.well-known and without ?")
    return address


def _secret(table: dict[str, Any], path: Path, where: str) -> str:
    """The client secret, out of a file of its own or the environment: never out of this one."""
    named = [name for name in _SECRETS if isinstance(table.get(name), str) and table[name]]
    if len(named) != 1:
        raise ConfigurationError(f"{where}: either {' or '.join(_SECRETS)}.")
    source = table[named[0]]
    if named == ["client_secret_env"]:
        secret = os.environ.get(source, "").strip()
    else:
        try:
            secret = (path.parent / source).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{where}: the client secret cannot be read.") from error
    if not secret:
        raise ConfigurationError(f"{where}: the client secret is empty.")
    return secret
