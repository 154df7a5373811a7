"""What a child serves to the client's origin: `POST /companion/turns`, `POST /looks` and
`GET /healthz`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from datetime import datetime

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holdfast.core import moved_clock, tickets
from holdfast.core.problems import BodyTooLarge, Invalid, Problem
from holdfast.live.limits import PER_ADDRESS, PER_TICKET, Limits
from holdfast.live.looks import MESSAGE, read_look
from holdfast.live.settings import Settings
from holdfast.live.turns import Answered, Companion, read_turn

LARGEST_BODY = 64 * 1024
#: How long a body may take; whoever is slower is cut, not waited for.
BODY_SECONDS = 10.0
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    # The next request may meet the next process.
    (b"connection", b"close"),
    # nginx would wait for the whole answer otherwise.
    (b"x-accel-buffering", b"no"),
)

#: What a ticket says whose bearer may talk with the companion.
CONVERSATIONS = frozenset({"companion", "preview"})


class TicketExpired(Problem):
    """The client fetches another and asks again."""

    code = "ticket-expired"
    status = 401
    title = "This conversation's ticket has run out. It is fetched anew by itself."


class TicketRefused(Problem):
    code = "ticket-refused"
    status = 401
    title = "This conversation's ticket cannot be read."


class TooMany(Problem):
    code = "rate-limited"
    status = 429
    title = "Too many requests at once. Wait a minute."


class Turns:
    """The two endpoints that receive text."""

    def __init__(
        self,
        settings: Settings,
        companion: Companion,
        limits: Limits,
        text_comes: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._companion = companion
        self._limits = limits
        self._text_comes = text_comes

    async def answer(self, request: Request) -> Response:
        """One turn of a conversation. Raises Problem."""
        claims, now = self._let_in(request, CONVERSATIONS)
        turn = read_turn(await _body(request))
        answered = await self._companion.answer(claims, turn, now)
        media_type = "application/x-ndjson"
        if answered.sentences is None:
            return Response(_line(answered.first), media_type=media_type)
        return StreamingResponse(_lines(answered), media_type=media_type)

    async def look(self, request: Request) -> Response:
        """What somebody sends to people, looked at in passing. Raises Problem."""
        claims, now = self._let_in(request, {MESSAGE})
        text = read_look(await _body(request))
        return JSONResponse(await self._companion.look(claims, text, now))

    def _let_in(
        self, request: Request, purposes: Collection[str]
    ) -> tuple[dict[str, object], datetime]:
        """The claims of a ticket that is for this, and now; not too often."""
        self._text_comes()
        now = moved_clock.now(self._settings.clock_file)
        self._slow_down(f"address {self._address(request)}", PER_ADDRESS, now.timestamp())
        claims = self._claims(request)
        if claims.get("purpose") not in purposes:
            raise TicketRefused
        self._slow_down(f"ticket {claims.get('id')}", PER_TICKET, now.timestamp())
        return claims, now

    def _claims(self, request: Request) -> dict[str, object]:
        scheme, _, blob = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "ticket":
            raise TicketRefused
        now = moved_clock.now(self._settings.clock_file)
        try:
            claims = tickets.open_sealed(tickets.TICKET, blob.strip(), self._settings.secret, now)
        except tickets.TicketRefused as refused:
            raise (TicketExpired if refused.reason == "expired" else TicketRefused) from None
        if "exp" not in claims:
            raise TicketRefused
        return claims

    def _slow_down(self, name: str, most: int, seconds: float) -> None:
        if not self._limits.take(name, most, seconds):
            raise TooMany

    def _address(self, request: Request) -> str:
        """The caller's, as the outermost of our own proxies saw it; never a name it made up."""
        named = request.headers.get("x-forwarded-for", "").split(",")
        if self._settings.proxies and len(named) >= self._settings.proxies:
            return named[-self._settings.proxies].strip()
        return request.client.host if request.client else ""


async def _body(request: Request) -> bytes:
    """Raises BodyTooLarge as soon as it is, Invalid where it does not come."""
    told = request.headers.get("content-length", "0")
    if told.isdecimal() and int(told) > LARGEST_BODY:
        raise BodyTooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_BODY:
                    raise BodyTooLarge
    except (TimeoutError, ClientDisconnect):
        raise Invalid("The request did not arrive.") from None
    return bytes(body)


def _line(value: object) -> bytes:
    return orjson.dumps(value) + b"\n"


async def _lines(answered: Answered) -> AsyncIterator[bytes]:
    yield _line(answered.first)
    if answered.sentences is not None:
        async for each in answered.sentences:
            yield _line(each)


async def _problem(_request: Request, error: Exception) -> Response:
    problem = error if isinstance(error, Problem) else Problem()
    headers = {"Retry-After": "60"} if problem.status == TooMany.status else None
    return JSONResponse(
        problem.as_dict(),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


class Failed(Problem):
    """A fault of ours; what it was is in the log, as a type and a place."""

    code = "server-error"
    status = 500
    title = "Something went wrong here. Try again in a while."


async def _failed(request: Request, _error: Exception) -> Response:
    return await _problem(request, Failed())


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


class Headers:
    """Puts the same headers on every answer, a problem's too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await self._app(scope, receive, sending)


def application(
    settings: Settings,
    companion: Companion,
    limits: Limits,
    text_comes: Callable[[], None],
) -> ASGIApp:
    """`text_comes` is called before the first byte of a body is read."""
    turns = Turns(settings, companion, limits, text_comes)
    cors = Middleware(
        CORSMiddleware,
        allow_origins=[settings.origin],
        allow_methods=["POST"],
        allow_headers=["Authorization", "Content-Type"],
        max_age=600,
    )
    served = Starlette(
        routes=[
            Route("/companion/turns", turns.answer, methods=["POST"]),
            Route("/looks", turns.look, methods=["POST"]),
            Route("/healthz", _health),
        ],
        middleware=[cors],
        exception_handlers={Problem: _problem, Exception: _failed},
    )
    return Headers(served)
