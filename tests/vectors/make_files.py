"""Writes tests/vectors/vault-files.json: `python -m tests.vectors.make_files`."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from holdfast.core.identity.kdf import b64url
from holdfast.core.vault.engine import files
from tests.vectors.drawing import drawn

PATH = Path(__file__).with_name("vault-files.json")
#: In bytes: empty, small, the last that fits one chunk, one more, and several chunks.
SIZES = (0, 100, 65_528, 65_529, 200_000)


def content_of(size: int) -> bytes:
    """The bytes 0 to 250, again and again: short to describe, and no chunk is like another."""
    return bytes(at % 251 for at in range(size))


def sealed(size: int) -> files.SealedFile:
    file = uuid.UUID(bytes=drawn(f"file {size}", 16), version=4)
    owner = uuid.UUID(bytes=drawn("file owner", 16), version=4)
    return files.seal(file, owner, content_of(size), key=drawn(f"file key {size}", 32))


def _case(size: int) -> dict[str, Any]:
    made = sealed(size)
    return {
        "file": str(made.file),
        "owner": str(made.owner),
        "key": b64url(made.key),
        "size": size,
        "ciphertext_bytes": len(made.ciphertext),
        "ciphertext_start": b64url(made.ciphertext[:32]),
        "sha256": b64url(hashlib.sha256(made.ciphertext).digest()),
    }


def text() -> str:
    about = "Byte n of each content is n modulo 251. sha256 is of the whole ciphertext."
    return json.dumps({"about": about, "files": [_case(size) for size in SIZES]}, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
