"""Where the master key comes from, and the one small interface to whatever holds it.

The master key opens nothing but other keys. A `Keeper` wraps and unwraps those: one that has the
key itself (from a file or an environment variable), or a command that asks a KMS, which never tells
its key. `Source` reads the environment; nothing here knows Django or the database.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import json
import os
import secrets
import shlex
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from cryptography.exceptions import InvalidTag

from holdfast.core.crypto import aead

KEY_BYTES = 32
#: A KMS on the network answers well within it, or is away.
COMMAND_TIMEOUT_SECONDS = 30.0
Kind = Literal["secrets", "file", "environment", "command"]


class MasterKeyFault(Exception):
    """The master key is not there, or not to be used so; the message says what to do."""


class Keeper(Protocol):
    """Wraps keys under one master key. `name` identifies that key and tells nothing about it.

    `context` is bound to the wrap: it unwraps with the same context only. All raise MasterKeyFault.
    """

    @property
    def name(self) -> str: ...

    def wrap(self, key: bytes, context: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes: ...


def fingerprint(master_key: bytes) -> str:
    """Tells whether two master keys are the same; 256 random bits cannot be guessed from it."""
    return hashlib.sha256(b"holdfast-master-key|" + master_key).hexdigest()[:32]


class LocalKeeper:
    """A master key that this process holds: AES-256-GCM."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.name = fingerprint(secret)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        return aead.encrypt(self._secret, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        try:
            return aead.decrypt(self._secret, wrapped, context)
        except (InvalidTag, ValueError) as error:
            raise MasterKeyFault(
                f"A key that should open with master key {self.name} does not: the row was changed."
            ) from error


class CommandKeeper:
    """A KMS behind a command: one JSON object in, one out, both a line.

    `{"operation": "identify"}` is answered with `{"key": NAME}`, the name of the key that new wraps
    are to be under. `{"operation": "wrap", "key", "context", "plaintext"}` gives `{"ciphertext"}`,
    `{"operation": "unwrap", "key", "context", "ciphertext"}` gives `{"plaintext"}`; binary values
    are base64. Older names go on being unwrapped for as long as something is under them.
    """

    def __init__(self, command: str, name: str = "") -> None:
        self._command = command
        self.name = name or self._ask({"operation": "identify"}, "key")
        if not 0 < len(self.name) <= 64:
            raise MasterKeyFault("The master key's command names a key of no or over 64 letters.")

    def wrap(self, key: bytes, context: bytes) -> bytes:
        return self._binary("wrap", "plaintext", key, context, "ciphertext")

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        return self._binary("unwrap", "ciphertext", wrapped, context, "plaintext")

    def _binary(self, operation: str, given: str, value: bytes, context: bytes, told: str) -> bytes:
        question = {
            "operation": operation,
            "key": self.name,
            "context": base64.b64encode(context).decode(),
            given: base64.b64encode(value).decode(),
        }
        try:
            return base64.b64decode(self._ask(question, told), validate=True)
        except binascii.Error as error:
            raise MasterKeyFault(f"The master key's command told no base64 {told}.") from error

    def _ask(self, question: dict[str, str], told: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 (the operator's own command)
                shlex.split(self._command),
                input=json.dumps(question) + "\n",
                capture_output=True,
                text=True,
                check=True,
                timeout=COMMAND_TIMEOUT_SECONDS,
            )
            answer: str = json.loads(done.stdout)[told]
        # What the command wrote may hold a key: only the kind of fault is told.
        except (OSError, subprocess.SubprocessError) as error:
            raise MasterKeyFault(
                f"HOLDFAST_MASTER_KEY_COMMAND failed at {question['operation']!r}"
                f" ({type(error).__name__}). Is the KMS reachable?"
            ) from None
        except (ValueError, KeyError, TypeError):
            raise MasterKeyFault(
                f"HOLDFAST_MASTER_KEY_COMMAND answered {question['operation']!r} without {told!r}."
            ) from None
        return str(answer)


@dataclass(frozen=True)
class Source:
    """Where the master key comes from. `path` is its file, for the kinds that have one."""

    kind: Kind
    path: Path | None = None
    command: str = ""

    def keepers(self) -> list[Keeper]:
        """The current one first; then those that older keys may still be under. Reads anew."""
        if self.kind == "command":
            return [CommandKeeper(self.command)]
        return [LocalKeeper(secret) for secret in self.secrets()]

    def keeper(self, name: str) -> Keeper:
        """The one of this name. Raises MasterKeyFault where this installation has none."""
        if self.kind == "command":
            return CommandKeeper(self.command, name)
        for keeper in self.keepers():
            if keeper.name == name:
                return keeper
        raise MasterKeyFault(
            f"The practice's keys are under master key {name}, and {self.where} does not hold it."
            " Put the kept copy back (docs/how-to/keys.md); without it names and notes stay shut."
        )

    @property
    def where(self) -> str:
        """For people."""
        if self.kind == "environment":
            return "HOLDFAST_MASTER_KEY"
        return "HOLDFAST_MASTER_KEY_COMMAND" if self.kind == "command" else str(self.path)

    @property
    def writable(self) -> bool:
        """Whether `holdfast keys rotate` can put a new key there itself."""
        return self.kind in {"secrets", "file"}

    def secrets(self) -> list[bytes]:
        """The master keys themselves, current first; of a KMS none. Raises MasterKeyFault."""
        if self.kind == "command":
            return []
        if self.kind == "environment":
            names = ("HOLDFAST_MASTER_KEY", "HOLDFAST_MASTER_KEY_PREVIOUS")
            texts = [text for name in names if (text := os.environ.get(name, "").strip())]
        else:
            texts = _texts(self.kind, _private(self._file()))
        found = [_decoded(text, self.where) for text in texts]
        if not found:
            raise MasterKeyFault(f"{self.where} holds no master key.")
        return found

    def add(self, secret: bytes) -> None:
        """Make `secret` the current key; the others stay and go on opening what they wrapped."""
        self._rewrite(lambda texts: [base64.b64encode(secret).decode(), *texts])

    def drop(self, name: str) -> None:
        """Forget a key that nothing is under any more."""
        self._rewrite(
            lambda texts: [
                text for text in texts if fingerprint(_decoded(text, self.where)) != name
            ]
        )

    def _file(self) -> Path:
        if self.path is None:
            raise MasterKeyFault(f"{self.where} is no file.")
        return self.path

    def _rewrite(self, change: Callable[[list[str]], list[str]]) -> None:
        """Under a lock, and in one step: a crash leaves the file as it was or as it will be."""
        path = self._file()
        with path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            text = _private(path)
            texts = change(_texts(self.kind, text))
            if self.kind == "file":
                replace(path, "\n".join(texts) + "\n")
                return
            values = json.loads(text)
            values["master_key"], values["previous_master_keys"] = texts[0], texts[1:]
            replace(path, json.dumps(values))


def source(secrets_file: Path) -> Source:
    """What the environment names; the secrets file where it names nothing."""
    command = os.environ.get("HOLDFAST_MASTER_KEY_COMMAND", "").strip()
    file = os.environ.get("HOLDFAST_MASTER_KEY_FILE", "").strip()
    given = os.environ.get("HOLDFAST_MASTER_KEY", "").strip()
    if sum(map(bool, (command, file, given))) > 1:
        raise MasterKeyFault(
            "Set one of HOLDFAST_MASTER_KEY_FILE, HOLDFAST_MASTER_KEY and"
            " HOLDFAST_MASTER_KEY_COMMAND, not several: which one holds the key must be clear."
        )
    if command:
        return Source("command", command=command)
    if file:
        return Source("file", Path(file).resolve())
    return Source("environment") if given else Source("secrets", secrets_file)


def new_secret() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def create_file(path: Path, held: Sequence[bytes]) -> None:
    """Write a new file of keys that only its owner can read. Raises FileExistsError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(path, "".join(base64.b64encode(one).decode() + "\n" for one in held))


def replace(path: Path, text: str) -> None:
    """Put `text` in the place of a private file's, durably and in one step."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    _write_new(part, text)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_new(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _private(path: Path) -> str:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        # systemd and container engines hand secrets over as files that nobody can write to.
        if mode & 0o077 and os.access(path, os.W_OK):
            raise MasterKeyFault(
                f"{path} can be read by others (mode {mode:o}). Run: chmod 600 {path}"
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MasterKeyFault(
            f"There is no master key at {path}. If its disk is not mounted, mount it; put the kept"
            " copy back after a loss; holdfast keys new FILE makes one for a new installation."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyFault(f"The master key at {path} cannot be read: {error}") from error


def _texts(kind: Kind, text: str) -> list[str]:
    if kind == "file":
        return text.split()
    values = json.loads(text)
    return [
        one for one in (values.get("master_key"), *values.get("previous_master_keys", [])) if one
    ]


def _decoded(text: str, where: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise MasterKeyFault(f"{where} holds something that is not 32 bytes of base64.")
    return secret
