"""Signs the built client: `SHA256SUMS.sig` beside the list of all its files.

    python tools/sign_build.py --new KEY   a new key in KEY, for its owner; prints the public part
    python tools/sign_build.py KEY         signs what `make setup` built, before the wheel is made

The signature is Ed25519 over the bytes of SHA256SUMS, base64. Who has the public part checks it
with `holdfast client --signed-by`, and finds there the build that the log-in page shows.
"""

from __future__ import annotations

import argparse
import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

WEB_DIST = Path(__file__).parents[1] / "src/holdfast/web_dist"


def new_key(file: Path) -> str:
    """Write a new private key; returns the public part. FileExistsError where a file is there."""
    key = Ed25519PrivateKey.generate()
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(base64.b64encode(key.private_bytes_raw()) + b"\n")
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign(folder: Path, file: Path) -> Path:
    """Sign a built client's list of files; returns where the signature is."""
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(file.read_bytes(), validate=False))
    signature = folder / "SHA256SUMS.sig"
    signed = key.sign((folder / "SHA256SUMS").read_bytes())
    signature.write_text(base64.b64encode(signed).decode() + "\n", encoding="ascii")
    return signature


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("key", type=Path)
    parser.add_argument("--new", action="store_true", help="make the key")
    options = parser.parse_args()
    if options.new:
        print(f"public key: {new_key(options.key)}")
    else:
        print(f"signed: {sign(WEB_DIST, options.key)}")


if __name__ == "__main__":
    main()
