"""What the environment says, read once, with safe defaults and secrets made on first run."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import ipaddress
import json
import os
import re
import secrets
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

from holdfast.core.crypto import master_key


class ConfigurationError(Exception):
    """The environment asks for something unsafe or impossible; the message says what to do."""


def flag(name: str, default: bool = False) -> bool:
    """A yes/no variable: 1, true, yes or on mean yes."""
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def data_dir() -> Path:
    """Where database, secrets and files live: `HOLDFAST_DATA_DIR`, else `./var`."""
    folder = Path(os.environ.get("HOLDFAST_DATA_DIR", "var")).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def load_secrets(folder: Path) -> dict[str, str]:
    """The installation's secrets, made on first run in a file that only its owner can read.

    The master key is among them only where the environment names no other place for it.
    """
    path = secrets_file(folder)
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # another process was faster
            _create_secrets(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ConfigurationError(
            f"{path} can be read by others (mode {mode:o}). Run: chmod 600 {path}"
        )
    values = _read(path)
    if not values.get("vapid_private_key"):
        # A file that cannot be written (a mounted secret) leaves web push off, and nothing else.
        with contextlib.suppress(OSError):
            values = _add_vapid_key(path)
    return values


def secrets_file(folder: Path) -> Path:
    """`HOLDFAST_SECRETS_FILE`, else in the data folder."""
    return Path(os.environ.get("HOLDFAST_SECRETS_FILE", folder / "secrets.json"))


def master_key_source(folder: Path) -> master_key.Source:
    """What holds the master key. Raises ConfigurationError where it is not there.

    A command is not asked yet: a KMS that is away for a minute must not stop what needs no key.
    """
    try:
        found = master_key.source(secrets_file(folder))
        found.secrets()
    except master_key.MasterKeyFault as fault:
        raise ConfigurationError(str(fault)) from fault
    return found


def _read(path: Path) -> dict[str, str]:
    values: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return values


def _create_secrets(path: Path) -> None:
    made = {"secret_key": secrets.token_urlsafe(48), "vapid_private_key": _new_vapid_key()}
    if _names_no_master_key(path):
        made["master_key"] = base64.b64encode(master_key.new_secret()).decode()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(path, made)


def _names_no_master_key(path: Path) -> bool:
    try:
        return master_key.source(path).kind == "secrets"
    except master_key.MasterKeyFault as fault:
        raise ConfigurationError(str(fault)) from fault


def _write_new(path: Path, values: dict[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(values, file)
        file.flush()
        os.fsync(file.fileno())


def _new_vapid_key() -> str:
    """A P-256 key as PEM: by it push services know this installation (RFC 8292)."""
    # Only once per installation, so that reading the environment stays cheap.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _add_vapid_key(path: Path) -> dict[str, str]:
    """Give an older installation's file the key it lacks; returns what the file then holds.

    Web and worker start together: under the lock one of them makes the key and the other reads it.
    The new file replaces the old in one step, so that a crash leaves either and the keys that open
    every practice's data are never half written.
    """
    with path.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        values = _read(path)
        if values.get("vapid_private_key"):
            return values
        values["vapid_private_key"] = _new_vapid_key()
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        _write_new(part, values)
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return values


def derivation_cost() -> dict[str, str | int]:
    """Argon2id's cost of a new password: 64 MiB and three passes, or more where that is asked for.

    Devices do this work, at most a phone's: hence the upper ends.
    """
    memory = _number("HOLDFAST_ARGON2_MEMORY_MIB", 64, least=64, most=1024)
    passes = _number("HOLDFAST_ARGON2_PASSES", 3, least=3, most=16)
    return {
        "algorithm": "argon2id",
        "memory_kib": memory * 1024,
        "passes": passes,
        "parallelism": 1,
    }


def _number(name: str, default: int, *, least: int, most: int) -> int:
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ConfigurationError(f"{name} is a whole number from {least} to {most}.")
    return int(text)


def database(folder: Path) -> dict[str, object]:
    """Django's DATABASES entry: `HOLDFAST_DATABASE_URL`, or SQLite in the data folder."""
    url = os.environ.get("HOLDFAST_DATABASE_URL", "")
    if not url:
        return sqlite(folder / "holdfast.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ConfigurationError(
            f"HOLDFAST_DATABASE_URL has the scheme {parts.scheme!r}; use sqlite:// or postgresql://"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # A database that is away is told after ten seconds, not psycopg's thirty.
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 24, "timeout": 10}},
    }


def sqlite(path: Path) -> dict[str, object]:
    """SQLite that keeps what it acknowledged: WAL, synchronous=FULL, IMMEDIATE transactions.

    The file is never made by opening it (`mode=rw`): where a disk is not mounted, an empty database
    must not take the place of the practice's. `migrate` makes it.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{path.absolute().as_uri()}?mode=rw",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # secure_delete: what is deleted is overwritten in the file. temp_store: reading needs
            # no room on a disk that may be full.
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"
                "PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def metrics_address() -> tuple[str, int] | None:
    """Where `HOLDFAST_METRICS` asks for /metrics; None when it does not. Loopback only."""
    value = os.environ.get("HOLDFAST_METRICS", "")
    if not value:
        return None
    parts = urlsplit(f"//{value}")
    try:
        host, port = ipaddress.ip_address(parts.hostname or ""), parts.port
    except ValueError:
        host, port = None, None
    if host is None or port is None or not host.is_loopback:
        raise ConfigurationError(
            f"HOLDFAST_METRICS is {value!r}; it must be a loopback address and a port, such as"
            " 127.0.0.1:9464: whoever reads it learns how the practice is doing."
        )
    return str(host), port


#: The push services of Chrome and its kin, Firefox, Edge and Safari. Browsers choose the address
#: that we post to, so anything else would let an account make this server call where it likes.
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)


def push_hosts() -> tuple[str, ...]:
    """Hosts (and their subdomains) that web push may post to; `HOLDFAST_PUSH_HOSTS` adds some."""
    more = os.environ.get("HOLDFAST_PUSH_HOSTS", "").split(",")
    return PUSH_HOSTS + tuple(host.strip().lower() for host in more if host.strip())


def live_origin(origin: str) -> str:
    """Where browsers reach the process that answers the companion; it may have a path."""
    return _origin_of("HOLDFAST_LIVE_ORIGIN", origin, "live", 1)


def topics_origin(origin: str) -> str:
    """Where browsers reach the process that holds the sockets of live news; it may have a path."""
    return _origin_of("HOLDFAST_TOPICS_ORIGIN", origin, "topics", 2)


def _origin_of(variable: str, origin: str, path: str, step: int) -> str:
    """What the variable says; else behind our own proxy a path of the same origin, and without one
    a port after the origin's.
    """
    given = os.environ.get(variable, "").strip().rstrip("/")
    own = urlsplit(origin)
    if not given:
        if flag("HOLDFAST_TRUSTED_PROXY"):
            return f"{origin}/{path}"
        port = own.port or (443 if own.scheme == "https" else 80)
        return f"{own.scheme}://{own.hostname}:{port + step}"
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise ConfigurationError(f"{variable} is not a web address")
    if parts.scheme != "https" and not is_local(parts.hostname):
        raise ConfigurationError(f"{variable} must start with https:// outside localhost")
    return given


def redis_url() -> str:
    """`HOLDFAST_REDIS`, by which replicas tell each other live news; empty on one machine."""
    url = os.environ.get("HOLDFAST_REDIS", "").strip()
    parts = urlsplit(url)
    if url and parts.scheme not in {"redis", "rediss", "unix"}:
        raise ConfigurationError("HOLDFAST_REDIS reads redis://host:6379 (rediss:// with TLS)")
    return url


def turn_relay() -> tuple[tuple[str, ...], str]:
    """Addresses of the relay that calls may go through, and the secret shared with it.

    `HOLDFAST_TURN_URLS` (with commas between) and `HOLDFAST_TURN_SECRET`; both or neither.
    """
    given = os.environ.get("HOLDFAST_TURN_URLS", "").split(",")
    urls = tuple(one.strip() for one in given if one.strip())
    secret = os.environ.get("HOLDFAST_TURN_SECRET", "")
    if any(not re.fullmatch(r"turns?:[^/\s]+", one) for one in urls):
        raise ConfigurationError("HOLDFAST_TURN_URLS holds addresses as turn:turn.example.org:3478")
    if bool(urls) != bool(secret) or (secret and len(secret) < 32):
        raise ConfigurationError(
            "HOLDFAST_TURN_URLS and HOLDFAST_TURN_SECRET belong together; the secret has at least"
            " 32 letters and is coturn's static-auth-secret."
        )
    return urls, secret


def calls_relay_only(relays: tuple[str, ...]) -> bool:
    """`HOLDFAST_CALLS_RELAY_ONLY=1`: calls go over the relay even where a direct way exists, so
    that neither side learns the other's address. Needs a relay.
    """
    only = flag("HOLDFAST_CALLS_RELAY_ONLY")
    if only and not relays:
        raise ConfigurationError("HOLDFAST_CALLS_RELAY_ONLY needs HOLDFAST_TURN_URLS.")
    return only


def watchdog_url() -> str:
    """Where the worker reports each minute that it lives; empty for nowhere."""
    url = os.environ.get("HOLDFAST_WATCHDOG_URL", "").strip()
    parts = urlsplit(url)
    if url and parts.scheme != "https" and not is_local(parts.hostname or ""):
        raise ConfigurationError("HOLDFAST_WATCHDOG_URL must start with https:// outside localhost")
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ConfigurationError("HOLDFAST_WATCHDOG_URL is not a web address")
    return url


def is_local(host: str) -> bool:
    """Whether a host name can only be this machine."""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")
