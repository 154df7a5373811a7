"""The client's page as it was built, and the policy it is served under: no Django in here."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

NONCE_PLACE = "__CSP_NONCE__"
#: Where the page says what was built: the hash of the list of all built files' hashes.
BUILD_PLACE = "__BUILD__"
SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"
_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)

SELF, NONE = "'self'", "'none'"
#: Stands for the answer's own nonce.
NONCE = "nonce"
DIRECTIVES = {
    # What is not named below is refused: frames, plug-ins, media, prefetching.
    "default-src": [NONE],
    "script-src": [SELF],
    # Mantine writes style elements, which carry the nonce. React sets single properties by
    # script, which is no style attribute of the markup: those are refused.
    "style-src": [SELF, NONCE],
    "style-src-attr": [NONE],
    # Pictures of the journal are opened on the device (blob:), Mantine's ticks are data:.
    "img-src": [SELF, "data:", "blob:"],
    # Voice notes are opened on the device.
    "media-src": ["blob:"],
    "font-src": [SELF],
    # And where the live processes answer; see `connections`.
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "worker-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    # web/src/app/trusted.ts makes the one policy.
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["default"],
}


def connections(origin: str, live: str, topics: str) -> list[str]:
    """Values of connect-src for a page of `origin`, when the live process answers at `live` and
    sockets are opened at `topics`.
    """
    parts = urlsplit(live)
    place = f"{parts.scheme}://{parts.netloc}"
    parts = urlsplit(topics)
    # Not every browser counts a socket to the page's own server as 'self'.
    sockets = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    return [SELF, *([] if place == origin else [place]), sockets]


#: With an import map of hashes: scripts without one are not run.
INTEGRITY_POLICY = "blocked-destinations=(script)"


@dataclass(frozen=True)
class Page:
    """The page's text, and the hash (CSP's form) of the one script inside it."""

    text: str
    import_map: str | None

    def with_nonce(self, nonce: str) -> str:
        return self.text.replace(NONCE_PLACE, nonce)

    def policy(self, nonce: str) -> str:
        """The value of Content-Security-Policy for an answer with this nonce."""
        more = {"script-src": [self.import_map]} if self.import_map else {}
        named = f"'nonce-{nonce}'"
        return "; ".join(
            " ".join(
                [name, *(named if one == NONCE else one for one in values + more.get(name, []))]
            )
            for name, values in DIRECTIVES.items()
        )


def page_of(text: str, build: str) -> Page:
    """The page as it is sent, but for the nonce, from the text that was built."""
    text = text.replace(BUILD_PLACE, build)
    found = _IMPORT_MAP.search(text)
    if found is None:
        return Page(text, None)
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    return Page(text, f"'sha256-{digest}'")


@lru_cache(maxsize=1)
def read_page(folder: Path) -> Page:
    """The built page, which says its build; FileNotFoundError where nothing was built."""
    return page_of((folder / "index.html").read_text(encoding="utf-8"), build(folder))


def build(folder: Path) -> str:
    """The SHA-256 of the list of all files' hashes, in hexadecimal; empty without a list."""
    sums = folder / SUMS
    return hashlib.sha256(sums.read_bytes()).hexdigest() if sums.exists() else ""


def is_signed_by(folder: Path, public_key: str) -> bool:
    """Whether the list of all files carries a signature (Ed25519, base64) of this key's owner."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        signature = base64.b64decode((folder / SIGNATURE).read_bytes())
        key.verify(signature, (folder / SUMS).read_bytes())
    except (OSError, ValueError, InvalidSignature):
        return False
    return True


class ClientChanged(Exception):
    """A file of the client that is not as the list of the build says."""


def verified_files(folder: Path) -> dict[str, bytes]:
    """Every listed file by its name, read once and held against its hash.

    Raises ClientChanged, naming the first that differs or is not there.
    """
    sums = folder / SUMS
    if not sums.exists():
        raise ClientChanged(SUMS)
    found = {}
    for line in sums.read_text(encoding="utf-8").splitlines():
        digest, name = line.split(maxsplit=1)
        file = folder / name
        content = file.read_bytes() if file.is_file() else b""
        if hashlib.sha256(content).hexdigest() != digest:
            raise ClientChanged(name)
        found[name] = content
    return found
