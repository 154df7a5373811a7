"""The text-message channel, through whatever provider the operator configured."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

import orjson
from cryptography.exceptions import InvalidTag
from django.conf import settings

from holdfast.core import outbound
from holdfast.core.crypto.sealing import open_for_installation, seal_for_installation
from holdfast.core.notify.messages import text_message, words
from holdfast.core.notify.models import DeliveryAttempt, Preferences
from holdfast.core.notify.outcome import SENT, Result, failed, failed_for_good, skipped

_log = logging.getLogger(__name__)

#: An answer's size that anybody needs to say whether they took a message.
_LONGEST_ANSWER = 64 * 1024


class Provider(Protocol):
    """Somebody who passes text messages on."""

    def send(self, to: str, text: str, reference: str) -> Result:
        """Hand over one message for a number (E.164). `reference` is the same for the same message:
        a provider that knows it already sends it once. `failed_for_good("phone-dead")` says that
        the number takes none.
        """


@dataclass(frozen=True)
class HttpProvider:
    """One POST for each message. What is posted is the operator's template: JSON (or a flat form)
    with {to}, {from}, {text} and {id} in its texts. docs/how-to/sms.md has it for known providers.
    """

    url: str
    authorization: str
    sender: str
    template: Mapping[str, Any]
    form: bool = False
    #: Codes in an answer's `code`, `error_code` or `error` that mean a number that takes nothing.
    dead_codes: frozenset[str] = frozenset()

    def send(self, to: str, text: str, reference: str) -> Result:
        values = {"to": to, "from": self.sender, "text": text, "id": reference}
        body = _filled(self.template, values)
        headers = {"Idempotency-Key": reference, "Accept": "application/json"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        if self.form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            content = urlencode(body).encode()
        else:
            headers["Content-Type"] = "application/json"
            content = orjson.dumps(body)
        try:
            answer = outbound.fetch(
                "POST",
                self.url,
                headers=headers,
                content=content,
                by_operator=True,
                longest=_LONGEST_ANSWER,
            )
        except outbound.Unreachable as error:
            _log.warning("The provider of text messages is away", extra={"fault": error.reason})
            # Slow to answer is not the same as not taken: only a provider that knows the reference
            # again makes a second try harmless.
            return failed("server-unreachable")
        return self._read(answer)

    def _read(self, answer: outbound.Answer) -> Result:
        if 200 <= answer.status < 300:
            return SENT
        if answer.status in {404, 410} or _code(answer.body) & self.dead_codes:
            return failed_for_good("phone-dead")
        _log.warning("The provider of text messages refused", extra={"status": answer.status})
        if answer.status in {400, 402, 413, 422}:
            return failed_for_good(f"sms-{answer.status}")
        return failed(f"sms-{answer.status}")


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """The template with its names replaced, in texts at any depth."""
    if isinstance(template, str):
        return "".join(_pieces(template, values))
    if isinstance(template, Mapping):
        return {name: _filled(inner, values) for name, inner in template.items()}
    if isinstance(template, list):
        return [_filled(inner, values) for inner in template]
    return template


def _pieces(template: str, values: Mapping[str, str]) -> list[str]:
    """Each name once, from left to right: what a value holds is never read as a name."""
    pieces: list[str] = []
    rest = template
    while rest:
        found = [(at, name) for name in values if (at := rest.find(f"{{{name}}}")) >= 0]
        if not found:
            break
        at, name = min(found)
        pieces += [rest[:at], values[name]]
        rest = rest[at + len(name) + 2 :]
    return [*pieces, rest]


def _code(body: bytes) -> frozenset[str]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return frozenset()
    if not isinstance(said, dict):
        return frozenset()
    return frozenset(str(said[name]) for name in ("code", "error_code", "error") if name in said)


def available() -> bool:
    """Whether the operator configured a provider."""
    return settings.SMS_PROVIDER is not None


def provider() -> Provider:
    """The configured one. Needs `available`."""
    configured: dict[str, Any] = settings.SMS_PROVIDER or {}
    return HttpProvider(**configured)


def _context(user_id: Any) -> bytes:
    return f"phone|{user_id}".encode()


def seal_number(user_id: Any, number: str) -> bytes:
    """A number as it is kept."""
    return seal_for_installation(_context(user_id), number.encode())


def number_of(wishes: Preferences) -> str | None:
    """The number that an account gave, verified or not; None without one."""
    if not wishes.phone_sealed:
        return None
    try:
        return open_for_installation(_context(wishes.pk), bytes(wishes.phone_sealed)).decode()
    except (InvalidTag, ValueError):
        return None


def deliver(attempt: DeliveryAttempt, now: datetime) -> Result:
    """Send one text message to the account's verified number."""
    told = attempt.notification
    wishes = Preferences.objects.filter(user_id=told.recipient_id).first()
    number = number_of(wishes) if wishes is not None and wishes.phone_verified_at else None
    if wishes is None or number is None:
        return skipped("phone-unverified")
    if not wishes.sms:
        return skipped("turned-off")
    if wishes.phone_dead_at is not None:
        return skipped("phone-dead")
    if not available():
        return skipped("no-provider")
    said = words(told)
    if said is None:
        return skipped("no-longer-needed")
    result = provider().send(number, text_message(said), str(told.pk))
    if result.reason == "phone-dead":
        Preferences.objects.filter(pk=wishes.pk).update(
            phone_dead_at=now, phone_dead_reason=result.reason
        )
    return result
