"""What the live process lets out of itself: no words in its log, no memory in a dump."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.live.limits import Limits
from holdfast.live.logs import DiscreetFormatter
from holdfast.live.reports import Messenger, Reports
from holdfast.live.settings import Settings

WORDS = "nobody should read this"


def formatted(name: str, message: str, *arguments: Any, error: BaseException | None = None) -> str:
    record = logging.LogRecord(
        name,
        logging.ERROR,
        __file__,
        1,
        message,
        arguments,
        None if error is None else (type(error), error, error.__traceback__),
    )
    return DiscreetFormatter().format(record)


def raised() -> BaseException:
    try:
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(f"cannot use {WORDS}") from error
    except ValueError as error:
        return error


def test_an_exception_is_logged_by_its_type_and_place_alone() -> None:
    line = formatted("holdfast.live.turns", "something failed", error=raised())
    assert WORDS not in line
    told = json.loads(line)
    assert told["event"] == "something failed"
    assert told["fault"] == "builtins.ValueError"
    assert "test_discretion.py:" in told["at"]


@pytest.mark.parametrize("name", ["uvicorn.error", "asyncio", "httpx"])
def test_another_packages_message_is_not_written(name: str) -> None:
    assert WORDS not in formatted(name, f"task failed: {WORDS}")
    assert WORDS not in formatted(name, "task failed: %s", WORDS)
    assert WORDS not in formatted("holdfast.live.turns", "failed: %s", WORDS)


NOBODY_CATCHES = f"""
import threading
from holdfast.live import logs
logs.configure()
class Broken:
    def __del__(self): raise ValueError("{WORDS}")
    def __repr__(self): return "{WORDS}"
broken = Broken()
del broken
def fail(): raise ValueError("{WORDS}")
thread = threading.Thread(target=fail)
thread.start(); thread.join()
fail()
"""


def test_what_nobody_catches_is_not_told_either() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NOBODY_CATCHES], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert [json.loads(line)["fault"] for line in done.stderr.splitlines()] == [
        "builtins.ValueError"
    ] * 3
    assert WORDS not in done.stderr


IN_MEMORY = """
import os, resource, sys
from holdfast.live import memory
assert memory.is_dumpable()
memory.keep_private()
assert memory.is_dumpable() is (sys.platform != "linux")
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
if os.fork() == 0:
    os._exit(int(memory.is_dumpable() and sys.platform == "linux"))
assert os.wait()[1] == 0
"""


def test_neither_the_process_nor_its_children_leave_a_dump() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_MEMORY], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


NO_DJANGO = """
import sys
import holdfast.live.parent
found = [name for name in sys.modules if name.partition(".")[0] in {"django", "ninja", "allauth"}]
assert found == [], found
"""


def test_the_live_process_loads_no_django() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_DJANGO], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("called", "told"),
    [
        ("worry@3", "worry:3"),
        ("meta-llama/Llama 3 (8B)", "meta-llama:Llama:3::8B:"),
        ("模型", "unnamed"),
        ("x" * 200, "x" * 80),
    ],
)
def test_no_report_is_refused_for_the_name_of_something(called: str, told: str) -> None:
    settings = Settings("127.0.0.1", 0, 1, "http://localhost", "http://localhost", "", b"k" * 32)
    claims = {"id": "1", "practice": "2", "client": "3", "purpose": "companion"}
    report = Reports(settings, Messenger(settings)).of(
        claims, uuid.uuid4(), datetime.now(UTC), WORDS, {"versions": {"model": called}}
    )
    assert report["versions"] == {"model": told}
    assert WORDS not in json.dumps(report)


def test_who_asks_too_often_waits_for_the_next_minute_and_nobody_else_does() -> None:
    limits = Limits()
    at = 1_700_000_000.0
    assert [limits.take("ticket 1", 3, at) for _ in range(5)] == [True, True, True, False, False]
    assert limits.take("ticket 2", 3, at)
    assert limits.take("ticket 1", 3, at + 60)


def test_a_count_goes_on_in_the_next_process() -> None:
    limits = Limits()
    at = 1_700_000_000.0
    child = os.fork()
    if child == 0:
        for _ in range(3):
            limits.take("ticket 1", 3, at)
        os._exit(0)
    os.waitpid(child, 0)
    assert not limits.take("ticket 1", 3, at)
