"""What the process is told: addresses on the command line, secrets by environment or file."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.core.fanout import phone_wire, rooms_wire, wire
from holdfast.core.fanout.phone_wire import Trunk
from holdfast.live.settings import SettingsError, is_local, proxies, secret_from

SECRET_VARIABLE = "HOLDFAST_TOPICS_SECRET"  # noqa: S105 (its name)
REDIS_VARIABLE = "HOLDFAST_REDIS"


@dataclass(frozen=True)
class Settings:
    """`origin` is the page's; sockets from any other are refused."""

    host: str
    port: int
    origin: str
    secret: bytes = field(repr=False)
    #: Where Django and the worker of this machine send what they publish.
    socket: Path
    #: Joins this process to its replicas; empty where there are none.
    redis: str = field(default="", repr=False)
    #: Where the SFU's API answers on loopback, and its secret; empty where there is none.
    sfu: str = ""
    sfu_secret: str = field(default="", repr=False)
    #: Who carries calls to ordinary phones; None where nobody does.
    trunk: Trunk | None = None
    certificate: Path | None = None
    key: Path | None = None
    #: How many proxies are ours, and name the caller's address; 0: none.
    proxies: int = 0
    clock_file: str | None = None


def read(arguments: Sequence[str]) -> Settings:
    """From the command line and the environment. Raises SettingsError."""
    data = Path(os.environ.get("HOLDFAST_DATA_DIR", "var"))
    parser = argparse.ArgumentParser(prog="python -m holdfast.live.topics")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--socket", type=Path, default=wire.socket_path(data))
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    given = parser.parse_args(arguments)
    origin = os.environ.get("HOLDFAST_ORIGIN", "http://localhost:8000").rstrip("/")
    clock_file = os.environ.get("HOLDFAST_TEST_CLOCK_FILE")
    if clock_file and not is_local(origin):
        raise SettingsError("HOLDFAST_TEST_CLOCK_FILE works on localhost only.")
    return Settings(
        host=given.host,
        port=given.port,
        origin=origin,
        secret=secret_from(SECRET_VARIABLE, wire.secret_of),
        socket=given.socket,
        redis=os.environ.get(REDIS_VARIABLE, "").strip(),
        sfu=os.environ.get(rooms_wire.URL_VARIABLE, ""),
        sfu_secret=os.environ.pop(rooms_wire.SECRET_VARIABLE, ""),
        trunk=_trunk(),
        certificate=given.certificate,
        key=given.key,
        proxies=proxies(),
        clock_file=clock_file,
    )


def _trunk() -> Trunk | None:
    try:
        return phone_wire.trunk()
    except phone_wire.TrunkError as error:
        raise SettingsError(str(error)) from None
