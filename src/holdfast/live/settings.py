"""What the live process is told: addresses on the command line, secrets by environment or file."""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from holdfast.core import tickets

SECRET_VARIABLE = "HOLDFAST_LIVE_SECRET"  # noqa: S105 (its name)
#: For tests, which do not wait a minute; never more than what security.md promises.
WINDOW_VARIABLE = "HOLDFAST_LIVE_WINDOW_SECONDS"
LONGEST_WINDOW = 60.0
#: For tests that search memory without being root.
MEMORY_VARIABLE = "HOLDFAST_TEST_MEMORY"


class SettingsError(Exception):
    """The environment does not say what is needed; the message says what to do."""


@dataclass(frozen=True)
class Window:
    """How long a process lives once it has received a text, in seconds."""

    whole: float = LONGEST_WINDOW

    @property
    def accepting(self) -> float:
        """After this it takes no new request: 45 of 60 seconds."""
        return self.whole * 0.75

    @property
    def draining(self) -> float:
        """After this much more, a connection on which no request came is closed: 5 of 60."""
        return self.whole / 12

    @property
    def last(self) -> float:
        """It is killed now, whatever it does; a second of 60 is left for the kill itself."""
        return self.whole * 59 / 60


@dataclass(frozen=True)
class Settings:
    """`origin` is the client's; reports go to `web`, which answers to the name `web_host`."""

    host: str
    port: int
    workers: int
    origin: str
    web: str
    web_host: str
    secret: bytes = field(repr=False)
    window: Window = Window()
    certificate: Path | None = None
    key: Path | None = None
    #: How many proxies are ours, and name the caller's address; 0: none.
    proxies: int = 0
    clock_file: str | None = None
    #: Where stays what the practices' models were asked for today; None: in memory only.
    spend: Path | None = None
    #: Whether the account itself may look into the memory: for tests that search it.
    readable: bool = False


def secret_of(installation: str) -> bytes:
    """What the live process needs of the installation's secret: enough to read tickets and to seal
    reports, not to sign anybody in.
    """
    return tickets.derived("live", installation.encode())


def read(arguments: Sequence[str]) -> Settings:
    """From the command line and the environment. Raises SettingsError."""
    parser = argparse.ArgumentParser(prog="python -m holdfast.live")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--web", default="http://127.0.0.1:8000")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--spend", type=Path)
    given = parser.parse_args(arguments)
    origin = os.environ.get("HOLDFAST_ORIGIN", "http://localhost:8000").rstrip("/")
    clock_file = os.environ.get("HOLDFAST_TEST_CLOCK_FILE")
    readable = os.environ.get(MEMORY_VARIABLE, "") == "1"
    if (clock_file or readable) and not is_local(origin):
        raise SettingsError(
            f"HOLDFAST_TEST_CLOCK_FILE and {MEMORY_VARIABLE} work on localhost only."
        )
    return Settings(
        host=given.host,
        port=given.port,
        workers=given.workers,
        origin=origin,
        web=given.web.rstrip("/"),
        web_host=urlsplit(origin).netloc,
        secret=secret_from(SECRET_VARIABLE, secret_of),
        window=_window(),
        certificate=given.certificate,
        key=given.key,
        spend=given.spend,
        proxies=proxies(),
        clock_file=clock_file,
        readable=readable,
    )


def secret_from(variable: str, derive: Callable[[str], bytes]) -> bytes:
    """A process's own secret: handed over in `variable`, else derived from the installation's.

    Raises SettingsError where there is neither.
    """
    given = os.environ.pop(variable, "")
    if given:
        try:
            secret = base64.b64decode(given, validate=True)
        except binascii.Error:
            secret = b""
        if len(secret) != 32:
            raise SettingsError(f"{variable} holds something that is not 32 bytes of base64")
        return secret
    folder = Path(os.environ.get("HOLDFAST_DATA_DIR", "var"))
    path = Path(os.environ.get("HOLDFAST_SECRETS_FILE", folder / "secrets.json"))
    try:
        return derive(json.loads(path.read_text(encoding="utf-8"))["secret_key"])
    except (OSError, ValueError, KeyError):
        raise SettingsError(
            f"There is no secret to read tickets with: neither {variable} nor {path}."
            " `holdfast serve` hands it over by itself."
        ) from None


def _window() -> Window:
    text = os.environ.get(WINDOW_VARIABLE, "")
    try:
        seconds = float(text) if text else LONGEST_WINDOW
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_WINDOW:
        raise SettingsError(f"{WINDOW_VARIABLE} is a number of seconds, at most 60.")
    return Window(seconds)


def proxies() -> int:
    """How many proxies are ours, by the environment."""
    if os.environ.get("HOLDFAST_TRUSTED_PROXY", "").strip().lower() not in {
        "1",
        "true",
        "yes",
        "on",
    }:
        return 0
    return int(os.environ.get("HOLDFAST_TRUSTED_PROXY_COUNT", "1"))


def is_local(origin: str) -> bool:
    """Whether only this machine can reach it."""
    host = urlsplit(origin).hostname or ""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")
