"""Reads a streamed completion: server-sent events with JSON in them, every size bounded.

Written out here and not taken from a package because packages for server-sent events read lines of
any length. What is not as it should be raises WireFault, whose code says what; no text is in it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Final

import httpx

MOST_BYTES: Final = 256 * 1024  # of a whole answer; three sentences take some 20 kB of events
MOST_LINE: Final = 16 * 1024
_DONE: Final = "[DONE]"


class WireFault(Exception):
    """An answer that is not taken. `resting`: seconds that the server asked to be left alone."""

    def __init__(self, code: str, resting: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.resting = resting


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the answer. `finished` is the server's reason to end, as a word of its own."""

    text: str = ""
    finished: str | None = None
    tokens: int | None = None  # of the whole exchange, where the server says


def check_head(response: httpx.Response) -> None:
    """Raises WireFault unless the answer is a plain stream of events."""
    if response.is_redirect or 300 <= response.status_code < 400:
        raise WireFault("redirect")
    if response.status_code in {429, 503}:
        raise WireFault("busy", _resting(response.headers.get("retry-after", "")))
    if response.status_code in {401, 403, 404}:
        raise WireFault("refused")
    if response.status_code != 200:
        raise WireFault("status")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/event-stream":
        raise WireFault("content-type")
    # Unpacking could make much out of little; we asked for none.
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise WireFault("content-encoding")


def _resting(value: str) -> float | None:
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else None


async def pieces(response: httpx.Response) -> AsyncGenerator[Piece, None]:
    """The pieces of the answer until it is done. Raises WireFault, httpx.HTTPError."""
    async for line in _lines(response):
        if not line.startswith(b"data:"):
            continue  # a comment, an event's name, an empty line
        data = line[5:].strip()
        if data == _DONE.encode():
            yield Piece(finished="stop")
            return
        yield _piece(data)
    raise WireFault("cut")


async def _lines(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    size, left = 0, b""
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > MOST_BYTES:
            raise WireFault("too-large")
        *lines, left = (left + chunk).split(b"\n")
        for line in lines:
            yield line
        if len(left) > MOST_LINE:
            raise WireFault("too-large")


def _piece(data: bytes) -> Piece:
    if len(data) > MOST_LINE:
        raise WireFault("too-large")
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        raise WireFault("malformed") from None
    if not isinstance(event, dict):
        raise WireFault("malformed")
    if event.get("error"):
        raise WireFault("error")
    tokens = _tokens(event.get("usage"))
    choices = event.get("choices")
    if choices == [] or (choices is None and tokens is not None):
        return Piece(tokens=tokens)
    if not isinstance(choices, list) or not isinstance(choices[0], dict):
        raise WireFault("malformed")
    delta, finished = choices[0].get("delta") or {}, choices[0].get("finish_reason")
    if not isinstance(delta, dict) or not isinstance(finished, str | None):
        raise WireFault("malformed")
    if delta.get("tool_calls") or delta.get("function_call"):
        raise WireFault("tool")
    text = delta.get("content") or ""
    if not isinstance(text, str):
        raise WireFault("malformed")
    return Piece(text, finished, tokens)


def _tokens(usage: Any) -> int | None:
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and 0 <= total < 10_000_000 else None
