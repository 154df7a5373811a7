"""`holdfast client`: the client from this installation's own files, for a practice's server.

Whoever need not trust the operator's page runs the program that seals on their own machine: files
are held against the build's list of hashes and served to a browser here, and only what is data goes
on to the practice's server.
"""

from __future__ import annotations

import hmac
import http.client
import json
import mimetypes
import secrets
import ssl
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit
from wsgiref.headers import Headers

import typer

from holdfast.cli.server import fail

#: What is data; everything else is a file of the client or one of its screens.
FORWARDED = ("/api/", "/_allauth/")
#: Under this the process that answers the companion is reached, wherever the server says it is.
LIVE = "/live"
#: What is answered here names that place.
NAMES_LIVE = ("/companion/tickets", "/companion/previews")
WEB_DIST = Path(__file__).resolve().parent.parent / "web_dist"
#: Set by us for this origin, or about this connection alone.
NOT_SENT_ON = {
    "accept-encoding", "connection", "content-length", "cookie", "host", "keep-alive", "origin",
    "proxy-authorization", "referer", "te", "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip
NOT_HANDED_BACK = {
    "connection", "content-length", "date", "keep-alive", "server", "set-cookie",
    "strict-transport-security", "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip
PREFIX = "__Host-"
COOKIES = ("sessionid", "csrftoken")
CHUNK = 65_536
SILENCE_SECONDS = 60.0
#: As the server's own limit of one request (an upload comes in parts below it).
LARGEST_BODY = 32 * 1024 * 1024


def cookies_for_server(header: str, *, secure: bool) -> str:
    """The browser's cookies under the names that an HTTPS server gave them."""
    pairs = [part.strip().partition("=") for part in header.split(";") if part.strip()]
    return "; ".join(
        f"{PREFIX if secure and name in COOKIES else ''}{name}={value}" for name, _, value in pairs
    )


def cookie_for_browser(header: str) -> str:
    """A server's Set-Cookie, as this machine's plain-HTTP origin may set it."""
    named, *attributes = [part.strip() for part in header.split(";")]
    kept = [one for one in attributes if one.lower() != "secure"]
    return "; ".join([named.removeprefix(PREFIX), *kept])


def place_of_live(ticket: Any, *, local: bool) -> SplitResult | None:
    """Where the server says that words go; None for nowhere, or where they would go unencrypted.
    `local`: the server is of this machine.
    """
    url = ticket.get("url") if isinstance(ticket, dict) else None
    found = urlsplit(url) if isinstance(url, str) else None
    if found is None or not found.hostname or found.query:
        return None
    return found if found.scheme == "https" or (local and found.scheme == "http") else None


class Client(ThreadingHTTPServer):
    """Files from memory; data from `upstream`, answers of the companion from `live`, once the
    server has said where it is. Answers this machine alone.
    """

    daemon_threads = True

    def __init__(self, upstream: SplitResult, port: int, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        from holdfast.config import page

        self.upstream = upstream
        self.live: SplitResult | None = None
        self.files = files
        self.page = page.page_of(files["index.html"].decode(), page.build(WEB_DIST))
        self.origins = {f"http://{host}:{self.server_port}" for host in ("localhost", "127.0.0.1")}

    def connect(self, to: SplitResult) -> http.client.HTTPConnection:
        host, port = to.hostname or "", to.port
        if to.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=SILENCE_SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=SILENCE_SECONDS)


class Handler(BaseHTTPRequestHandler):
    server: Client
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    # The names that the library calls.
    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: paths name records."""

    def _answer(self) -> None:
        if f"http://{self.headers['Host']}" not in self.server.origins:
            # Another name for this machine is a page elsewhere that had it resolved to here.
            self._refuse(421, "This address answers to localhost only.")
        elif self.path.startswith(FORWARDED):
            self._forward(self.server.upstream, self.path)
        elif self.path.startswith(f"{LIVE}/"):
            live = self.server.live
            if live is None:
                self._refuse(502, "The server has not said where the companion answers.")
            else:
                self._forward(live, live.path.rstrip("/") + self.path.removeprefix(LIVE))
        elif self.command in ("GET", "HEAD"):
            self._file(urlsplit(self.path).path)
        else:
            self._refuse(405, "Only the server's data can be changed.")

    def _file(self, path: str) -> None:
        from holdfast.config.headers import PERMISSIONS
        from holdfast.config.page import INTEGRITY_POLICY
        from holdfast.config.static_files import add_headers

        name = path.lstrip("/")
        headers = Headers([("Referrer-Policy", "same-origin"), ("Permissions-Policy", PERMISSIONS)])
        if name in self.server.files and name != "index.html":
            content = self.server.files[name]
            headers["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
            add_headers(headers, path, path)
        elif name.startswith(("assets/", "icons/")):
            self._refuse(404, "There is no such file in this build.")
            return
        else:
            nonce = secrets.token_urlsafe(16)
            page = self.server.page
            content = page.with_nonce(nonce).encode()
            headers["Content-Type"] = "text/html; charset=utf-8"
            headers["Content-Security-Policy"] = page.policy(nonce)
            headers["Integrity-Policy"] = INTEGRITY_POLICY
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Cache-Control"] = "no-store"
        self.send_response(200)
        for header, value in headers.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _forward(self, to: SplitResult, path: str) -> None:
        origin = self.headers["Origin"]
        if origin is not None and origin not in self.server.origins:
            self._refuse(403, "Another page asked for this.")
            return
        length = int(self.headers["Content-Length"] or 0)
        if length > LARGEST_BODY or "Transfer-Encoding" in self.headers:
            self._refuse(413, "That is more than one request may carry.")
            return
        body = self.rfile.read(length) if length else None
        connection = self.server.connect(to)
        try:
            connection.request(self.command, path, body=body, headers=self._headers(to))
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._refuse(502, "The practice's server cannot be reached.")
            return
        try:
            if path.endswith(NAMES_LIVE):
                self._hand_back_ticket(answer)
            else:
                self._hand_back(answer)
        except (OSError, ValueError, http.client.HTTPException):
            # Half an answer is told from a whole one by its length.
            self.close_connection = True
        finally:
            connection.close()

    def _headers(self, to: SplitResult) -> dict[str, str]:
        upstream = self.server.upstream
        sent = {
            name: value for name, value in self.headers.items() if name.lower() not in NOT_SENT_ON
        }
        own = f"{upstream.scheme}://{upstream.netloc}"
        cookies = cookies_for_server(
            self.headers["Cookie"] or "", secure=upstream.scheme == "https"
        )
        sent |= {"Referer": f"{own}/", "Accept-Encoding": "identity", "Connection": "close"}
        if self.headers["Origin"] is not None:
            sent["Origin"] = own
        # Cookies are the web process's alone.
        return sent | ({"Cookie": cookies} if cookies and to == upstream else {})

    def _hand_back_ticket(self, answer: http.client.HTTPResponse) -> None:
        """Words go through here like all data: the page may ask no other origin."""
        content = answer.read()
        if answer.status == HTTPStatus.CREATED:
            ticket = json.loads(content)
            live = place_of_live(ticket, local=self.server.upstream.scheme == "http")
            if live is not None:
                self.server.live = live
                content = json.dumps(
                    ticket | {"url": f"http://{self.headers['Host']}{LIVE}"}
                ).encode()
        self._hand_back_head(answer)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _hand_back_head(self, answer: http.client.HTTPResponse) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.send_header("Set-Cookie", cookie_for_browser(value))
            elif name.lower() not in NOT_HANDED_BACK:
                self.send_header(name, value)

    def _hand_back(self, answer: http.client.HTTPResponse) -> None:
        self._hand_back_head(answer)
        if answer.length is None:
            # Its end is the end of the connection.
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(answer.length))
        self.end_headers()
        # What has come is handed on at once: the companion's sentences come one by one.
        while content := answer.read1(CHUNK):
            self.wfile.write(content)

    def _refuse(self, status: int, why: str) -> None:
        content = why.encode()
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _server(address: str) -> SplitResult:
    found = urlsplit(address)
    local = found.hostname in ("localhost", "127.0.0.1", "::1")
    if found.scheme not in ("https", "http") or not found.hostname or found.path.strip("/"):
        fail(f"{address} is no server's address. It looks like https://practice.example")
    if found.scheme == "http" and not local:
        fail(f"{address}: outside this machine only https:// is spoken.")
    return found


def client_command(
    server: Annotated[str, typer.Argument(help="The practice's server: https://…")],
    port: Annotated[int, typer.Option(help="On this machine; kept, so that drafts are.")] = 8765,
    build: Annotated[
        str, typer.Option(help="Refuse any other build than this (64 hexadecimal digits).")
    ] = "",
    signed_by: Annotated[
        str, typer.Option(help="Refuse a build without the signature of this public key (base64).")
    ] = "",
) -> None:
    """Use a practice's server with the client of this installation, not with the server's page."""
    from holdfast.config import page

    upstream = _server(server)
    try:
        files = page.verified_files(WEB_DIST)
    except page.ClientChanged as changed:
        fail(f"The client's file {changed} is not the one that was built. Install it anew.")
    own = page.build(WEB_DIST)
    if build and not hmac.compare_digest(build.replace(" ", "").lower(), own):
        fail(f"This is another build: {own}")
    if signed_by and not page.is_signed_by(WEB_DIST, signed_by):
        fail("The build does not carry a signature of that key.")
    try:
        serving = Client(upstream, port, files)
    except OSError as error:
        fail(f"Port {port} cannot be used: {error.strerror}. Choose another with --port.")
    typer.echo(f"Build {own}, {len(files)} files as listed.")
    typer.echo(f"Open http://localhost:{serving.server_port} (Ctrl-C stops it)")
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        typer.echo("Stopped.")
    finally:
        serving.server_close()
