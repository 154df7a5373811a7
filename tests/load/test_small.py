"""`make load` in small, so that it runs when it is wanted: real servers, killed and tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import DATABASE
from tests.load import crowd, kills, sockets
from tests.load.crowd import Waits
from tests.load.practice import Practice, practice
from tests.load.servers import replicas
from tools.postgres import free_port, private_server

pytestmark = pytest.mark.django_db
PEOPLE = 12


@pytest.fixture(scope="module")
def installation() -> Iterator[Practice]:
    """On the database under test; a server of its own, because the tests' holds a test database."""
    if DATABASE == "sqlite":
        with practice(PEOPLE) as one:
            yield one
    else:
        with private_server() as url, practice(PEOPLE, url) as one:
            yield one


@pytest.mark.exhaustive
def test_a_process_killed_between_write_and_reply_loses_and_doubles_nothing(
    installation: Practice,
) -> None:
    found = kills.run(installation, 6)
    assert found.kills == 6
    assert found.kept >= 3, "every other kill comes after the commit and before the reply"
    assert (found.lost, found.doubled, found.faults) == (0, 0, [])


@pytest.mark.postgres
@pytest.mark.exhaustive_on_postgres
def test_people_who_come_at_once_go_to_the_other_replica_when_one_is_killed(
    installation: Practice,
) -> None:
    before, _ = installation.stored()
    with replicas([free_port(), free_port()], installation.environment, installation.log) as two:

        async def kill_one() -> None:
            await asyncio.sleep(0.5)
            two[1].kill()

        ports = [server.port for server in two]
        came = asyncio.run(crowd.come(installation.people, ports, 2, beside=kill_one))
    stored, faults = installation.stored()
    assert len(came.acknowledged) == len(came.handing_in.seconds) == PEOPLE
    assert (stored - before, faults) == (came.sent, [])


@pytest.mark.any_database
@pytest.mark.exhaustive
@pytest.mark.parametrize("how", [sockets.embedded, sockets.replicated])
def test_what_is_published_reaches_every_open_socket(
    how: Callable[[int, float], sockets.Found],
) -> None:
    found = how(40, 1.0)
    assert found.lost == 0
    assert len(found.thread.seconds) > 100
    assert len(found.everybody.seconds) >= 40


def test_the_waits_of_most_people_leave_out_the_longest() -> None:
    waits = Waits([float(number) for number in range(100, 0, -1)])
    assert [waits.percentile(share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert Waits([3.0, 1.0]).percentile(0.99) == 3.0
