"""`holdfast client`: the installation's own client in front of a practice's real server."""

from __future__ import annotations

import ipaddress
import json
import shutil
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner

from holdfast.cli import client as command
from holdfast.cli.client import Client, cookie_for_browser, cookies_for_server
from holdfast.cli.main import app
from holdfast.config import page
from tests.integration.cli.installation import TOKEN, Answer, Installation, check_in
from tools import sign_build

pytestmark = [pytest.mark.any_database]


@contextmanager
def client_of(address: str) -> Iterator[str]:
    """The client's origin while it serves."""
    serving = Client(urlsplit(address), 0, page.verified_files(command.WEB_DIST))
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{serving.server_port}"
    finally:
        serving.shutdown()
        serving.server_close()
        thread.join()


def ask(url: str, body: Any = None, **headers: str) -> Answer:
    request = urllib.request.Request(
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"}
        | {name.replace("_", "-"): value for name, value in headers.items()},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, answer.read().decode(), dict(answer.headers))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode(), dict(error.headers))


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_files_are_its_own_and_data_the_servers(installation: Installation) -> None:
    (person,) = installation.people()
    with installation.serving() as served, client_of(f"http://localhost:{served.port}") as origin:
        first = ask(origin + "/")
        assert f'content="{page.build(command.WEB_DIST)}"' in first.body
        nonce = first.body.split('name="csp-nonce" content="')[1].split('"')[0]
        assert f"'nonce-{nonce}'" in first.headers["Content-Security-Policy"]
        assert (
            ask(origin + "/today").headers["Content-Security-Policy"]
            != (first.headers["Content-Security-Policy"])
        )
        worker = next(one for one in page.verified_files(command.WEB_DIST) if "kdf.worker" in one)
        assert "wasm-unsafe-eval" in ask(f"{origin}/{worker}").headers["Content-Security-Policy"]

        session = f"csrftoken={TOKEN}; sessionid={person.session}"
        body = check_in()
        sent = {"Cookie": session, "X_CSRFToken": TOKEN}
        kept = ask(origin + person.path("responses"), body, Origin=origin, **sent)
        assert kept.status == 201, kept.body
        again = ask(origin + person.path("responses"), body, Origin=origin, **sent)
        assert (again.status, again.json["id"]) == (200, body["id"])
        elsewhere = ask(
            origin + person.path("responses"), check_in(), Origin="http://evil.example", **sent
        )
        assert elsewhere.status == 403
        assert installation.query("SELECT count(*) FROM measures_response") == [(1,)]
        assert ask(origin + "/api/v1/me", Host="evil.example:80").status == 421


def test_a_server_that_is_away_is_said_to_be() -> None:
    with client_of("http://localhost:9") as origin:
        answer = ask(origin + "/api/v1/config")
    assert (answer.status, "cannot be reached" in answer.body) == (502, True)


class FakeServer(BaseHTTPRequestHandler):
    """A practice's HTTPS server: sets its cookies, and says what it was sent."""

    def do_GET(self) -> None:
        told = {name: self.headers[name] for name in ("Cookie", "Origin", "Referer", "Host")}
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header(
            "Set-Cookie", "__Host-sessionid=s2; Secure; HttpOnly; Path=/; SameSite=Lax"
        )
        self.send_header("Strict-Transport-Security", "max-age=1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


class FakePractice(BaseHTTPRequestHandler):
    """A practice's server and its live process in one: gives tickets, answers in two parts."""

    url = ""
    asked: tuple[str, dict[str, str], bytes] = ("", {}, b"")
    gate = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/companion/tickets"):
            content = json.dumps({"ticket": "t", "url": self.url}).encode()
            self.send_response(201)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return
        type(self).asked = (self.path, dict(self.headers), body)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"kind": "turn"}\n')
        self.gate.wait(30)
        self.wfile.write(b'{"kind": "end"}\n')

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


def test_words_to_the_companion_go_through_it_and_come_back_as_they_are_said() -> None:
    practice = ThreadingHTTPServer(("127.0.0.1", 0), FakePractice)
    threading.Thread(target=practice.serve_forever, daemon=True).start()
    address = f"http://localhost:{practice.server_port}"
    FakePractice.url = f"{address}/passing"
    FakePractice.gate.clear()
    try:
        with client_of(address) as origin:
            early = ask(f"{origin}/live/companion/turns", {}, Origin=origin)
            assert early.status == 502
            ticket = ask(
                f"{origin}/api/v1/practices/p/clients/c/companion/tickets", {}, Origin=origin
            )
            assert ticket.json == {"ticket": "t", "url": f"{origin}/live"}
            request = urllib.request.Request(
                f"{ticket.json['url']}/companion/turns",
                data=b'{"event": 1}',
                headers={"Authorization": "Ticket t", "Origin": origin, "Cookie": "sessionid=s"},
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.readline() == b'{"kind": "turn"}\n'
                FakePractice.gate.set()
                assert answer.readline() == b'{"kind": "end"}\n'
            path, headers, body = FakePractice.asked
            assert (path, body) == ("/passing/companion/turns", b'{"event": 1}')
            assert (headers["Authorization"], headers["Origin"]) == ("Ticket t", address)
            assert "Cookie" not in headers
            foreign = ask(f"{origin}/live/companion/turns", {}, Origin="http://evil.example")
            assert foreign.status == 403
    finally:
        FakePractice.gate.set()
        practice.shutdown()
        practice.server_close()


@pytest.mark.parametrize(
    ("ticket", "local", "there"),
    [
        ({"url": "https://live.example/live"}, False, "live.example"),
        ({"url": "http://localhost:8001"}, True, "localhost"),
        ({"url": "http://live.example"}, False, None),
        ({"url": "file:///etc/passwd"}, True, None),
        ({"url": "https://live.example?to=x"}, False, None),
        ({"url": None}, False, None),
        ({}, False, None),
        ([], False, None),
    ],
)
def test_words_are_sent_nowhere_unencrypted(ticket: Any, local: bool, there: str | None) -> None:
    found = command.place_of_live(ticket, local=local)
    assert (found.hostname if found else None) == there


@pytest.fixture
def certified(tmp_path: Path) -> Path:
    """A certificate of this machine with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path / "server.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def https(certificate: Path) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), FakeServer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_cookies_of_an_https_server_live_on_this_machine(
    certified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified))
    with https(certified) as server, client_of(server) as origin:
        answer = ask(origin + "/api/v1/me", {}, Origin=origin, Cookie="sessionid=s1; other=2")
        assert answer.json == {
            "Cookie": "__Host-sessionid=s1; other=2",
            "Origin": server,
            "Referer": f"{server}/",
            "Host": urlsplit(server).netloc,
        }
        assert answer.headers["Set-Cookie"] == "sessionid=s2; HttpOnly; Path=/; SameSite=Lax"
        assert "Strict-Transport-Security" not in answer.headers


def test_a_server_that_cannot_prove_its_name_is_sent_nothing(certified: Path) -> None:
    with https(certified) as server, client_of(server) as origin:
        assert ask(origin + "/api/v1/me", {}, Origin=origin).status == 502


def test_cookies_are_renamed_for_https_alone() -> None:
    assert cookies_for_server("sessionid=a=b; x=1", secure=True) == "__Host-sessionid=a=b; x=1"
    assert cookies_for_server("sessionid=a", secure=False) == "sessionid=a"
    assert cookie_for_browser("x=1; secure; Path=/") == "x=1; Path=/"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["practice.example"], "is no server's address"),
        (["https://practice.example/x"], "is no server's address"),
        (["http://practice.example"], "only https:// is spoken"),
        (["https://practice.example", "--build", "ab" * 32], "another build"),
    ],
)
def test_what_cannot_be_served_is_refused(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["client", *arguments])
    assert (done.exit_code, said in done.output) == (2, True), done.output


@pytest.mark.parametrize("change", ["a byte", "a file is gone", "no list"])
def test_a_changed_client_is_not_served(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "web_dist"
    shutil.copytree(command.WEB_DIST, folder)
    (script, *_) = folder.glob("assets/*.js")
    if change == "a byte":
        script.write_bytes(script.read_bytes() + b" ")
    elif change == "a file is gone":
        script.unlink()
    else:
        (folder / page.SUMS).unlink()
    monkeypatch.setattr(command, "WEB_DIST", folder)
    done = CliRunner().invoke(app, ["client", "https://practice.example"])
    assert done.exit_code == 2
    assert "is not the one that was built" in done.output
    assert (page.SUMS if change == "no list" else script.name) in done.output


def test_a_build_is_taken_from_who_signed_it_alone(tmp_path: Path) -> None:
    folder = tmp_path / "web_dist"
    folder.mkdir()
    (folder / page.SUMS).write_bytes((command.WEB_DIST / page.SUMS).read_bytes())
    theirs = sign_build.new_key(tmp_path / "theirs")
    others = sign_build.new_key(tmp_path / "others")
    assert (tmp_path / "theirs").stat().st_mode & 0o777 == 0o600
    assert not page.is_signed_by(folder, theirs)
    sign_build.sign(folder, tmp_path / "theirs")
    assert page.is_signed_by(folder, theirs)
    assert not page.is_signed_by(folder, others)
    assert not page.is_signed_by(folder, "no key")
    with (folder / page.SUMS).open("ab") as sums:
        sums.write(b"00  more.js\n")
    assert not page.is_signed_by(folder, theirs)
    done = CliRunner().invoke(app, ["client", "https://practice.example", "--signed-by", theirs])
    assert (done.exit_code, "does not carry a signature" in done.output) == (2, True)
    with pytest.raises(FileExistsError):
        sign_build.new_key(tmp_path / "theirs")
