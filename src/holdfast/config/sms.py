"""The provider of text messages, from the environment: docs/how-to/sms.md."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import orjson

from holdfast.config.environment import ConfigurationError, is_local

TEMPLATE = '{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{id}"}'


def provider() -> dict[str, Any] | None:
    """What `core.notify.by_sms.HttpProvider` is made of; None where `HOLDFAST_SMS_URL` is empty."""
    url = os.environ.get("HOLDFAST_SMS_URL", "").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError("HOLDFAST_SMS_URL is not a web address")
    if parts.scheme != "https" and not is_local(parts.hostname):
        raise ConfigurationError("HOLDFAST_SMS_URL must start with https:// outside localhost")
    form = os.environ.get("HOLDFAST_SMS_FORMAT", "json").strip().lower()
    if form not in {"json", "form"}:
        raise ConfigurationError("HOLDFAST_SMS_FORMAT is json or form")
    token = os.environ.get("HOLDFAST_SMS_TOKEN", "").strip()
    scheme = os.environ.get("HOLDFAST_SMS_SCHEME", "Bearer").strip()
    dead = os.environ.get("HOLDFAST_SMS_DEAD_CODES", "").split(",")
    return {
        "url": url,
        "authorization": f"{scheme} {token}".strip() if token else "",
        "sender": os.environ.get("HOLDFAST_SMS_SENDER", "").strip(),
        "template": _template(flat=form == "form"),
        "form": form == "form",
        "dead_codes": frozenset(code.strip() for code in dead if code.strip()),
    }


def _template(*, flat: bool) -> dict[str, Any]:
    try:
        found = orjson.loads(os.environ.get("HOLDFAST_SMS_BODY", "").strip() or TEMPLATE)
    except orjson.JSONDecodeError as error:
        raise ConfigurationError("HOLDFAST_SMS_BODY is not JSON") from error
    if not isinstance(found, dict) or not {"{to}", "{text}"} <= set(_texts(found)):
        raise ConfigurationError('HOLDFAST_SMS_BODY needs "{to}" and "{text}" as values')
    if flat and not all(isinstance(value, str) for value in found.values()):
        raise ConfigurationError("HOLDFAST_SMS_BODY for a form holds texts and nothing else")
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def outbound_hosts() -> frozenset[str]:
    """Hosts that requests to typed addresses may reach although they are private, or not encrypted:
    `HOLDFAST_OUTBOUND_HOSTS`, comma between.
    """
    hosts = os.environ.get("HOLDFAST_OUTBOUND_HOSTS", "").split(",")
    return frozenset(host.strip().lower() for host in hosts if host.strip())
