"""SIPp as an ordinary telephone: it rings, picks up, and sends back what it hears."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from holdfast.core.fanout import phone_wire
from tests.e2e.server import free_port
from tools.system_packages import ensure

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Peer:
    port: int
    folder: Path

    @property
    def provider(self) -> dict[str, str]:
        """The settings by which it carries our calls."""
        return {
            phone_wire.PROXY_VARIABLE: f"sip:127.0.0.1:{self.port}",
            "HOLDFAST_SIP_CALLER": "+4930999",
        }

    @property
    def messages(self) -> str:
        """Every SIP message that came or went."""
        return "".join(one.read_text() for one in self.folder.glob("*messages.log"))

    def until(self, words: str, times: int = 1) -> str:
        late = time.monotonic() + PATIENCE_SECONDS
        while (found := self.messages).count(words) < times:
            assert time.monotonic() < late, found
            time.sleep(0.05)
        return found


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Peer]:
    ensure(["sipp"])
    port, sound = free_port(), free_port() & ~1
    command = ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-nostdin", "-trace_msg"]
    command += ["-mi", "127.0.0.1", "-mp", str(sound), "-rtp_echo"]
    command += ["-message_file", str(folder / "messages.log")]
    with (folder / "sipp.out").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)
    try:
        yield Peer(port, folder)
    finally:
        process.kill()
        process.wait(timeout=PATIENCE_SECONDS)
