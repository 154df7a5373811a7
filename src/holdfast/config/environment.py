"""What the environment says, read once, with safe defaults and secrets made on first run."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit


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
    """The installation's secrets, made on first run in a file that only its owner can read."""
    path = Path(os.environ.get("HOLDFAST_SECRETS_FILE", folder / "secrets.json"))
    with contextlib.suppress(FileExistsError):
        _create_secrets(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ConfigurationError(
            f"{path} can be read by others (mode {mode:o}). Run: chmod 600 {path}"
        )
    values: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return values


def _create_secrets(path: Path) -> None:
    made = {
        "secret_key": secrets.token_urlsafe(48),
        "master_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())


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
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 24}},
    }


def sqlite(path: Path) -> dict[str, object]:
    """SQLite that keeps what it acknowledged: WAL, synchronous=FULL, IMMEDIATE transactions."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # secure_delete: what is deleted is overwritten in the file.
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"
            ),
        },
    }


def is_local(host: str) -> bool:
    """Whether a host name can only be this machine."""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")
