"""What the web process is told of a turn: codes, offsets and versions, never a word."""

from __future__ import annotations

import asyncio
import ssl
from datetime import datetime
from typing import Any, Literal

import httpx

from holdfast.core import tickets
from holdfast.live.settings import Settings
from holdfast.safety.engine.screen import Level, Screening

#: For both tries together: whoever needs the crisis card does not wait for our bookkeeping.
SECONDS = 1.5
Told = Literal["yes", "no", "unreachable"]


def findings(screening: Screening | None) -> dict[str, Any]:
    """The screen's part of a report. None: it failed, and `level` is null."""
    if screening is None:
        return {
            "level": None, "categories": [], "temporality": None, "experiencer": None,
            "evidence": [], "languages": [], "supported": False,
        }  # fmt: skip
    return {
        "level": screening.level.code,
        "categories": [one.value for one in screening.categories],
        "temporality": screening.temporality.value,
        "experiencer": screening.experiencer.value,
        "evidence": [
            {
                "code": one.code,
                "level": one.level.code,
                "category": one.category.value if one.category else None,
                "start": one.start,
                "end": one.end,
                "turn": one.turn,
            }
            for one in screening.evidence
        ],
        "languages": list(screening.languages),
        "supported": screening.supported,
    }


def nothing_said() -> dict[str, Any]:
    """The same of a turn in which nothing was written: a button of the protocol, say."""
    return {**findings(None), "level": Level.NONE.code, "supported": True}


def sealed(settings: Settings, report: dict[str, Any]) -> str:
    """As the web process reads it, and nobody in between."""
    return tickets.seal(tickets.REPORT, report, settings.secret)


def stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds")


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
