"""The same practice on two machines: two `holdfast serve` on one PostgreSQL, one Redis, one folder
of files, behind a proxy (`make e2e REPLICAS=2`).
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.e2e.server import ROOT, Server, free_port
from tools.postgres import private_server, server_programs
from tools.redis_server import private_redis


@dataclass
class Cluster:
    """What the machines share: the servers of PostgreSQL and Redis."""

    postgres: str
    redis: str

    def new_database(self) -> str:
        name = f"world_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return urlsplit(self.postgres)._replace(path=f"/{name}").geturl()


@contextmanager
def cluster() -> Iterator[Cluster]:
    with private_server() as postgres, private_redis() as redis:
        yield Cluster(postgres, redis.url)


class Replicated(Server):
    """Two of them. What is asked of `holdfast` on a command line is asked at the first."""

    shared: Cluster
    database: str
    proxy: subprocess.Popen[bytes] | None
    _replicas: tuple[Server, Server]

    @classmethod
    def within(cls, folder: Path, shared: Cluster) -> Replicated:
        made = cls.fresh(folder)
        assert isinstance(made, cls)
        made.shared, made.database = shared, shared.new_database()
        made.proxy = None
        return made

    @property
    def environment(self) -> dict[str, str]:
        shared = {"HOLDFAST_DATABASE_URL": self.database, "HOLDFAST_REDIS": self.shared.redis}
        return super().environment | shared

    def start(self, *arguments: str) -> None:
        if self.proxy is None:
            self._begin()
        first, second = self._replicas
        Server.start(first, *arguments)
        self.process = first.process
        for name in ("files", "instruments"):
            (self.data / name).mkdir(mode=0o700, exist_ok=True)
            if not (second.data / name).exists():
                (second.data / name).symlink_to(self.data / name)
        Server.start(second, *arguments)

    def stop(self) -> None:
        """Both machines, and the proxy with them: nothing answers."""
        for one in self._replicas if self.proxy else ():
            Server.stop(one)
        if self.proxy is not None:
            self.proxy.terminate()
            self.proxy.wait(timeout=20)
        self.proxy = self.process = None

    @staticmethod
    def _share_sfu(first: Server, second: Server) -> None:
        """One Janus for both, where a story wants one at all."""
        address, secret = f"127.0.0.1:{free_port()}", secrets.token_hex(24)
        first.more |= {"HOLDFAST_SFU_LISTEN": address, "HOLDFAST_SFU_SECRET": secret}
        second.more |= {"HOLDFAST_SFU_URL": f"ws://{address}", "HOLDFAST_SFU_SECRET": secret}

    def _begin(self) -> None:
        """Choose ports, and open the proxy before them."""
        public = {
            "HOLDFAST_LIVE": int(self.environment["HOLDFAST_LIVE_PORT"]),
            "HOLDFAST_TOPICS": int(self.environment["HOLDFAST_TOPICS_PORT"]),
        }
        replicas = []
        for folder in (self.folder, self.folder / "second"):
            one = Server(folder, free_port())
            one.temp.mkdir(parents=True, exist_ok=True)
            one.data.mkdir(mode=0o700, exist_ok=True)
            one.more = self.environment | {
                "HOLDFAST_DATA_DIR": str(one.data),
                "HOLDFAST_SECRETS_FILE": str(self.data / "secrets.json"),
                "TMPDIR": str(one.temp),
            }
            for name, port in public.items():
                one.more[f"{name}_PORT"] = str(free_port() if port else 0)
                if port:
                    one.more[f"{name}_ORIGIN"] = f"http://localhost:{port}"
            replicas.append(one)
        self._share_sfu(*replicas)
        self._replicas = (replicas[0], replicas[1])
        rules = [f"{self.port}={replicas[0].port},{replicas[1].port}"]
        rules += [
            f"{port}=" + ",".join(one.more[f"{name}_PORT"] for one in replicas)
            for name, port in public.items()
            if port
        ]
        command = [sys.executable, "-m", "tests.e2e.proxy", *rules]
        self.proxy = subprocess.Popen(command, cwd=ROOT)

    def log(self) -> str:
        return "".join(one.log() for one in self._replicas if (one.folder / "log").exists())

    def copy_data(self, to: Path) -> None:
        """Nothing: a database of PostgreSQL is no file, and every world here is made anew."""

    def dump(self) -> str:
        programs = server_programs()
        assert programs is not None
        command = [str(programs / "pg_dump"), "--inserts", self.database]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
