"""An excerpt or a summary of an item, shared in its place: an item of its own kind."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from holdfast.core.vault.engine.errors import Damaged

KIND = "excerpt"
SCHEMA = 1
_FIELDS = {
    "text": str,
    "of": str,
    "of_hash": str,
    "edited": bool,
    "begun_at": str,
    "written_at": str,
}


@dataclass(frozen=True)
class Excerpt:
    """`text` is what the reader sees; the original stays unshared.

    `of` is the original's item and `of_hash` its version's hash (base64url); `edited` says that the
    text differs from what stands there. Instants are ISO 8601, those of the original.
    """

    text: str
    of: uuid.UUID
    of_hash: str
    edited: bool
    begun_at: str
    written_at: str

    @property
    def content(self) -> bytes:
        """JSON in UTF-8, fields in this order, no spaces: what is sealed."""
        fields = {name: getattr(self, name) for name in _FIELDS} | {"of": str(self.of)}
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def read(content: bytes) -> Excerpt:
    """The excerpt in an opened item; `Damaged` where it is not one."""
    try:
        found: Any = json.loads(content)
        if not isinstance(found, dict) or any(
            not isinstance(found.get(name), kind) for name, kind in _FIELDS.items()
        ):
            raise Damaged
        return Excerpt(**{name: found[name] for name in _FIELDS} | {"of": uuid.UUID(found["of"])})
    except ValueError:  # JSON, UTF-8 and UUID errors are all of this kind
        raise Damaged from None
