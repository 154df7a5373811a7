"""A private PostgreSQL server for tests and benchmarks.

    python tools/postgres.py run -- COMMAND ...     COMMAND sees HOLDFAST_DATABASE_URL

The cluster lives in a temporary folder, listens on a free loopback port and is gone afterwards. It
does not wait for the disk: what it holds is worth nothing. PostgreSQL refuses to run as root, so
root runs it as the user `postgres`.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.console import Failure, failures_explained

UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def server_programs() -> Path | None:
    """The folder that holds initdb and pg_ctl, the newest version first; None without a server."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -float(p.parent.name))
    on_path = [Path(found).resolve().parent] if (found := shutil.which("pg_ctl")) else []
    for folder in (*debian, *on_path):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _owner() -> str | None:
    """Who runs the server when we are root; None when we run it ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise Failure("PostgreSQL does not run as root, and there is no user postgres.") from None


def _run(owner: str | None, command: list[str], log: Path) -> None:
    with log.open("ab") as output:
        # A server must not hold the terminal or the pipe of whoever started it.
        result = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
            cwd="/",
        )
    if result.returncode:
        raise Failure(f"{command[0]} failed:\n{log.read_text(errors='replace')[-2000:]}")


@contextmanager
def private_server() -> Iterator[str]:
    """Start a server, yield its URL (`postgresql://postgres@127.0.0.1:PORT/holdfast`), stop it."""
    programs = server_programs()
    if programs is None:
        raise Failure("There is no PostgreSQL server here. Type: sudo apt-get install postgresql")
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="holdfast-postgres-"))
    log = folder / "log"
    log.touch()
    if owner:
        shutil.chown(folder, owner, owner)
        shutil.chown(log, owner, owner)
    data, port = folder / "data", free_port()
    pg_ctl = [str(programs / "pg_ctl"), "--pgdata", str(data), "--wait", "--silent"]
    options = [
        f"-p {port}",
        "-c listen_addresses=127.0.0.1",
        f"-c unix_socket_directories={folder}",
    ]
    options += [f"-c {setting}" for setting in (*UNSAFE_BUT_FAST, "max_connections=200")]
    try:
        initdb = [str(programs / "initdb"), "--pgdata", str(data), "--username", "postgres"]
        _run(owner, [*initdb, "--auth", "trust", "--encoding", "UTF8", "--no-sync"], log)
        _run(owner, [*pg_ctl, "--log", str(log), "--options", " ".join(options), "start"], log)
        try:
            createdb = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port)]
            _run(owner, [*createdb, "-U", "postgres", "holdfast"], log)
            yield f"postgresql://postgres@127.0.0.1:{port}/holdfast"
        finally:
            _run(owner, [*pg_ctl, "--mode", "immediate", "stop"], log)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["run"])
    parser.add_argument("command", nargs="+")
    command = parser.parse_args().command
    with failures_explained(), private_server() as url:
        environment = {**os.environ, "HOLDFAST_DATABASE_URL": url}
        code = subprocess.run(command, check=False, env=environment).returncode
    sys.exit(code)


if __name__ == "__main__":
    main()
