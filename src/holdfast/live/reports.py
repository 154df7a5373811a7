"""What the web process is told of a turn: codes, offsets and versions, never a word."""

from __future__ import annotations

import asyncio
import re
import ssl
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import httpx

from holdfast.core import tickets
from holdfast.live.settings import Settings

#: For both tries together: whoever needs the crisis card does not wait for our bookkeeping.
SECONDS = 1.5
Told = Literal["yes", "no", "unreachable"]


def _plain(version: str) -> str:
    """A version as a report may hold it, whatever a practice calls its model: a sign of danger must
    not be refused for the name of something.
    """
    return re.sub(r"[^A-Za-z0-9_.:+-]", ":", version).lstrip("_.:+-")[:80] or "unnamed"


class Reports:
    """Makes reports and sends them, sealed so that nobody in between reads them."""

    def __init__(self, settings: Settings, messenger: Messenger) -> None:
        self._settings = settings
        self._messenger = messenger

    def of(
        self,
        claims: Mapping[str, Any],
        name: uuid.UUID,
        now: datetime,
        text: str,
        found: Mapping[str, Any],
    ) -> dict[str, Any]:
        """A report of what was `found` of `text`, of which only a keyed hash goes into it."""
        return {
            "gate": [],
            **found,
            "versions": {name: _plain(value) for name, value in found["versions"].items()},
            "id": str(name),
            "ticket": claims["id"],
            "practice": claims["practice"],
            "client": claims["client"],
            "at": now.isoformat(timespec="milliseconds"),
            "source": "companion" if claims.get("purpose") == "preview" else claims["purpose"],
            "hash": self.hashed(text),
            "passage_agreed": bool(claims.get("passage_agreed", False)),
        }

    def hashed(self, text: str) -> str:
        """Tells whether two texts are the same to whoever has the secret."""
        return tickets.text_hash(text, self._settings.secret)

    async def send(self, report: Mapping[str, Any]) -> tuple[str, Told, Any]:
        """The sealed report, whether the web process has it, and the flag it made of it."""
        blob = tickets.seal(tickets.REPORT, report, self._settings.secret)
        told, flag = await self._messenger.tell(blob)
        return blob, told, flag


class Messenger:
    """Posts sealed reports to the web process. One for the life of a child."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Read from disk here, in the parent; the connection is each child's own.
        self._trust = _trust(settings)
        self._client: httpx.AsyncClient | None = None

    async def tell(self, blob: str) -> tuple[Told, Any]:
        """Whether the web process has it, and the flag it made of it.

        Where it has not, the client posts the same blob itself, when it can.
        """
        client = self._client = self._client or self._connected()
        try:
            async with asyncio.timeout(SECONDS):
                for left in (1, 0):
                    told = await self._post(client, blob)
                    if told is not None:
                        return told
                    if left:
                        await asyncio.sleep(0.1)
        except TimeoutError:
            pass
        return "unreachable", None

    async def _post(self, client: httpx.AsyncClient, blob: str) -> tuple[Told, Any] | None:
        """None where another try may do better."""
        try:
            answer = await client.post(
                "/api/v1/live/reports",
                json={"report": blob},
                # The certificate is for the name that people type, not for the loopback address.
                extensions={"sni_hostname": self._settings.web_host.partition(":")[0]},
            )
        except httpx.HTTPError:
            return None
        if answer.status_code == httpx.codes.OK:
            return "yes", answer.json().get("flag")
        return None if answer.is_server_error else ("unreachable", None)

    def _connected(self) -> httpx.AsyncClient:
        settings = self._settings
        secure = settings.origin.startswith("https:")
        return httpx.AsyncClient(
            base_url=settings.web,
            headers={
                "Host": settings.web_host,
                "X-Forwarded-Proto": "https" if secure else "http",
            },
            verify=self._trust,
            timeout=SECONDS,
            trust_env=False,
        )


def _trust(settings: Settings) -> ssl.SSLContext | bool:
    """Whom to believe that they are the web process; nobody is asked over plain HTTP."""
    if not settings.web.startswith("https:"):
        return False
    context = ssl.create_default_context()
    if settings.certificate is not None:
        # Our own web process serves this very chain, whoever signed it.
        context = ssl.create_default_context(cafile=str(settings.certificate))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
