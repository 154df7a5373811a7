"""Two processes with sockets and one Redis: who is at one hears and sees who is at the other."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.core.fanout import wire
from holdfast.core.fanout.sending import ByRedis, Sender
from tests.integration.fanout.process import SECRET, Topics, running, topic
from tools.redis_server import Redis, private_redis

pytestmark = [pytest.mark.any_database, pytest.mark.exhaustive]


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with private_redis() as one:
        yield one


@pytest.fixture
def two(redis: Redis, tmp_path: Path) -> Iterator[tuple[Topics, Topics]]:
    with (
        running(tmp_path / "a", HOLDFAST_REDIS=redis.url) as a,
        running(tmp_path / "b", HOLDFAST_REDIS=redis.url) as b,
    ):
        yield a, b


def sender(redis: Redis) -> Sender:
    return Sender(ByRedis(redis.url, wire.Channels(SECRET)))


def test_what_is_published_reaches_both_once_and_in_order(
    two: tuple[Topics, Topics], redis: Redis
) -> None:
    name = topic()
    browsers = [one.open({name: "r"})[0] for one in two]
    publishing = sender(redis)
    for seq in range(50):
        publishing.send(wire.told(name, seq, {"n": seq}))
    for browser in browsers:
        assert [browser.hear()["seq"] for _ in range(50)] == list(range(50))


def test_another_installation_on_the_same_redis_is_not_heard(
    two: tuple[Topics, Topics], redis: Redis
) -> None:
    name = topic()
    browser, _ = two[0].open({name: "r"})
    Sender(ByRedis(redis.url, wire.Channels(b"o" * 32))).send(wire.told(name, 1, {}))
    sender(redis).send(wire.told(name, 2, {}))
    assert browser.hear()["seq"] == 2


def test_people_at_two_processes_see_and_hear_each_other(two: tuple[Topics, Topics]) -> None:
    name, account = topic("visit"), str(uuid.uuid4())
    here, here_number = two[0].open({name: "rw"}, account=account)
    there, there_number = two[1].open({name: "rw"})
    assert here.hear()["connection"] == there_number
    came = there.hear()
    assert (came["kind"], came["connection"]) == ("came", here_number)
    second, second_number = two[0].open({name: "rw"})
    assert {second.hear()["connection"] for _ in range(2)} == {here_number, there_number}
    assert here.hear()["connection"] == there.hear()["connection"] == second_number
    here.send(kind="say", topic=name, data={"sdp": "offer"})
    for browser in (there, second):
        said = browser.hear()
        assert (said["kind"], said["from"]) == ("said", here_number)
        assert said["account"] == came["account"], "the same name at every process"
    here.close()
    assert there.hear() == {**came, "kind": "went"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_who_was_at_a_process_that_ended_is_gone(
    two: tuple[Topics, Topics], number: signal.Signals
) -> None:
    name = topic("visit")
    here, _ = two[0].open({name: "rw"})
    _, there_number = two[1].open({name: "rw"})
    assert here.hear()["connection"] == there_number
    os.kill(two[1].process.pid, number)
    went = here.hear()
    assert (went["kind"], went["connection"]) == ("went", there_number)


def test_when_redis_comes_back_everybody_fetches_and_hears_again(
    two: tuple[Topics, Topics], redis: Redis
) -> None:
    name = topic("visit")
    here, here_number = two[0].open({name: "rw"})
    redis.stop()
    publishing = sender(redis)
    publishing.send(wire.told(name, 1, {}))
    while_away, away_number = two[1].open({name: "rw"})
    redis.start()
    assert here.hear_kind("gap")
    assert while_away.hear_kind("gap")
    assert here.hear_kind("came")["connection"] == away_number
    assert while_away.hear_kind("came")["connection"] == here_number
    publishing.pause_over()
    publishing.send(wire.told(name, 2, {}))
    assert here.hear_kind("told")["seq"] == 2
    assert while_away.hear_kind("told")["seq"] == 2
