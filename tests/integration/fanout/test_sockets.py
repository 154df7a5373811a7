"""The process with the sockets, over real ones: who is let in, who hears what, how it ends."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import ssl
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from holdfast.cli.metrics import Sockets
from holdfast.core.fanout import wire
from holdfast.core.fanout.sending import ByUnixSocket, Sender
from holdfast.live.topics import limits
from tests.integration.fanout.process import (
    ORIGIN,
    PATIENCE_SECONDS,
    Browser,
    Topics,
    running,
    ticket,
    topic,
)

pytestmark = [pytest.mark.any_database]


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topics]:
    """Behind a proxy of ours, so that tests come from addresses of their own."""
    # Longer than the address of a Unix socket may be.
    folder = tmp_path_factory.mktemp("a" * 90)
    with running(folder, HOLDFAST_TRUSTED_PROXY="1") as one:
        yield one


# --- who is let in


def test_it_says_that_it_is_alive(topics: Topics) -> None:
    assert topics.get("/healthz") == (200, {"status": "ok"})


def test_another_page_and_another_path_are_refused(topics: Topics) -> None:
    with pytest.raises(InvalidStatus) as refused:
        topics.connect(origin="https://elsewhere.example.org")
    assert refused.value.response.status_code == 403
    with pytest.raises(OSError, match="404"):
        topics.get("/other")


@pytest.mark.parametrize(
    ("first", "code", "closing"),
    [
        ({"kind": "say", "topic": "x", "data": 1}, "no-ticket", 4401),
        ({"kind": "open", "ticket": "made up"}, "ticket-refused", 4401),
        ({"kind": "open", "ticket": ticket({}, seconds=-1)}, "ticket-expired", 4401),
        ({"kind": "open", "ticket": ticket({}, secret=b"x" * 32)}, "ticket-refused", 4401),
        ([1], "malformed", 4400),
    ],
)
def test_without_a_ticket_of_ours_a_socket_is_closed(
    topics: Topics, first: object, code: str, closing: int
) -> None:
    browser = topics.connect()
    browser.socket.send(json.dumps(first))
    assert browser.hear() == {"kind": "refused", "code": code}
    assert browser.closed_with() == closing


def test_a_ticket_that_runs_out_closes_the_socket_unless_it_is_renewed(topics: Topics) -> None:
    name, account = topic(), str(uuid.uuid4())
    brief, _ = topics.open({name: "r"}, account=account, seconds=0.6)
    renewed, number = topics.open({name: "r"}, account=account, seconds=0.6)
    other = topic("account")
    renewed.send(kind="renew", ticket=ticket({other: "r"}, account=account))
    opened = renewed.hear()
    assert (opened["topics"], opened["connection"]) == ({other: "r"}, number)
    assert brief.hear() == {"kind": "refused", "code": "ticket-expired"}
    assert brief.closed_with() == 4401
    sender = topics.sender()
    sender.send(wire.told(name, 1, {}))
    sender.send(wire.told(other, 2, {}))
    assert renewed.hear()["topic"] == other
    renewed.send(kind="renew", ticket=ticket({other: "r"}))
    assert renewed.hear()["code"] == "ticket-refused", "another account's"


def test_an_account_has_so_many_sockets(topics: Topics) -> None:
    account = str(uuid.uuid4())
    several = [topics.open({}, account=account)[0] for _ in range(limits.PER_ACCOUNT)]
    one_more = topics.connect()
    one_more.send(kind="open", ticket=ticket({}, account=account))
    assert one_more.hear() == {"kind": "refused", "code": "too-many"}
    assert one_more.closed_with() == 4429
    several.pop().close()
    topics.open({}, account=account)


def test_frames_are_small_and_not_too_many(topics: Topics) -> None:
    name = topic()
    large, _ = topics.open({name: "rw"})
    large.send(kind="say", topic=name, data="x" * limits.LARGEST_FRAME)
    assert large.closed_with() == 1009
    fast, _ = topics.open({name: "rw"})
    with contextlib.suppress(ConnectionClosed):  # before we have said it all
        for _ in range(int(limits.BURST) * 2):
            fast.send(kind="say", topic=name, data=1)
    assert fast.closed_with() == 4429


# --- who hears what


def test_what_is_published_reaches_those_on_the_topic_in_order(topics: Topics) -> None:
    name, other = topic(), topic()
    reading, _ = topics.open({name: "r"})
    writing, _ = topics.open({name: "rw", other: "r"})
    elsewhere, _ = topics.open({other: "r"})
    sender = topics.sender()
    for seq in range(50):
        sender.send(wire.told(name, seq, {"n": seq}))
    sender.send(wire.told(other, None, {}))
    for browser in (reading, writing):
        heard = [browser.hear() for _ in range(50)]
        assert heard == [
            {"kind": "told", "topic": name, "seq": seq, "data": {"n": seq}} for seq in range(50)
        ]
    assert elsewhere.hear() == {"kind": "told", "topic": other, "seq": None, "data": {}}


def test_what_is_too_large_is_told_without_its_data(topics: Topics) -> None:
    name = topic()
    reading, _ = topics.open({name: "r"})
    topics.sender().send(wire.told(name, 7, {"row": "x" * wire.LONGEST_DATA}))
    assert reading.hear() == {"kind": "told", "topic": name, "seq": 7, "data": None}


def test_who_may_write_speaks_to_the_others_and_sees_who_is_there(topics: Topics) -> None:
    name, account = topic("visit"), str(uuid.uuid4())
    watching, _ = topics.open({name: "r"})
    first, first_number = topics.open({name: "rw"}, account=account)
    second, second_number = topics.open({name: "rw"}, account=account)
    came = second.hear()
    assert (came["kind"], came["connection"]) == ("came", first_number)
    assert first.hear()["connection"] == second_number
    first.send(kind="say", topic=name, data={"sdp": "offer"})
    said = second.hear()
    assert said == {
        "kind": "said", "topic": name, "from": first_number, "account": came["account"],
        "data": {"sdp": "offer"},
    }  # fmt: skip
    assert account not in str(said)
    assert watching.hear() == said, "who only reads hears, and is not told who came"
    watching.send(kind="say", topic=name, data=1)
    assert watching.hear() == {"kind": "refused", "code": "not-permitted", "topic": name}
    second.close()
    went = first.hear()
    assert (went["kind"], went["connection"]) == ("went", second_number)


def test_an_account_has_another_name_on_another_topic(topics: Topics) -> None:
    here, there, account = topic("visit"), topic("visit"), str(uuid.uuid4())
    topics.open({here: "rw", there: "rw"}, account=account)
    looking, _ = topics.open({here: "rw", there: "rw"})
    names = {looking.hear()["account"] for _ in range(2)}
    assert len(names) == 2


# --- what goes wrong


def test_a_sender_that_lost_something_says_so_and_everybody_fetches(
    topics: Topics, tmp_path: Path
) -> None:
    name = topic()
    reading, _ = topics.open({name: "r"})

    place = tmp_path / "topics.sock"
    sender = Sender(ByUnixSocket(place))
    sender.send(wire.told(name, 1, {}))
    place.symlink_to(topics.feed)
    sender.send(wire.told(name, 2, {}))  # within the pause
    sender.pause_over()
    sender.send(wire.told(name, 3, {}))
    assert reading.hear() == {"kind": "gap"}
    assert reading.hear()["seq"] == 3


def test_half_a_line_harms_nobody_else(topics: Topics) -> None:
    name = topic()
    reading, _ = topics.open({name: "r"})
    with socket.socket(socket.AF_UNIX) as broken, wire.address(topics.feed) as place:
        broken.connect(place)
        broken.sendall(b'{"kind":"told","top\n')
        assert broken.recv(1) == b"", "it is cut off"
    topics.sender().send(wire.told(name, 1, {}))
    assert reading.hear()["seq"] == 1


def test_whoever_does_not_read_is_cut_and_the_others_go_on(topics: Topics) -> None:
    name = topic()
    slow, _ = topics.open({name: "r"})
    reading, _ = topics.open({name: "r"})
    sender = topics.sender()
    # What the systems of both ends hold on the way is some megabytes.
    for seq in range(5000):
        sender.send(wire.told(name, seq, {"row": "x" * 14_000}))
        assert reading.hear()["seq"] == seq
        if seq % 50 == 0 and topics.counts()["cut"]:
            break
    assert topics.counts()["cut"] == 1
    assert slow.closed_with() == 1006, "without a word: it would not be read"


def test_it_speaks_tls_with_the_certificate_that_it_is_given(tmp_path: Path) -> None:
    certificate, key = _self_signed(tmp_path)
    options = ("--certificate", str(certificate), "--key", str(key))
    trusting = ssl.create_default_context(cafile=certificate)
    with running(tmp_path / "with-tls", *options) as one:
        with connect(
            f"wss://localhost:{one.port}/socket",
            origin=Origin(ORIGIN),
            ssl=trusting,
            proxy=None,
            legacy=True,
        ) as socket:
            browser = Browser(socket)
            browser.send(kind="open", ticket=ticket({}))
            assert browser.hear()["kind"] == "opened"
        with pytest.raises(InvalidMessage):
            one.connect()


def _self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "chain.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private


def test_the_metrics_tell_of_it(topics: Topics, settings: Any, tmp_path: Path) -> None:
    name = topic()
    reading, _ = topics.open({name: "r"})
    before = topics.counts()
    topics.sender().send(wire.told(name, 1, {}))
    assert reading.hear()["seq"] == 1
    settings.DATA_DIR = topics.feed.parents[1]
    shown = {sample.name: sample.value for one in Sockets().collect() for sample in one.samples}
    assert shown["holdfast_topics_up"] == 1
    assert shown["holdfast_topics_connections"] >= 1
    assert shown["holdfast_topics_told_total"] == before["told"] + 1
    settings.DATA_DIR = tmp_path
    [down] = Sockets().collect()
    assert [sample.value for sample in down.samples] == [0]


def test_told_to_end_it_says_goodbye_and_is_gone(tmp_path: Path) -> None:
    with running(tmp_path / "ending") as ending:
        several = [ending.open({})[0] for _ in range(3)]
        ending.process.send_signal(signal.SIGTERM)
        for browser in several:
            leaving = browser.hear()
            assert leaving["kind"] == "leaving"
            assert 0 <= leaving["after_ms"] < 200
        several[0].close()
        assert several[1].closed_with() == 1012
        assert ending.process.wait(timeout=PATIENCE_SECONDS) == 0
        assert not ending.feed.exists()
        assert ending.log.read_text() == "", "no line for a connection or a message"
