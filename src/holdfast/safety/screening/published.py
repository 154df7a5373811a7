"""What everybody may know of the crisis protocol and the screen: versions and sources."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from holdfast.safety.engine.protocol import format as protocol


@cache
def texts() -> dict[str, Any]:
    """Versions, languages and sources of what ships; read once in the life of a process."""
    found = protocol.shipped()
    sources = found.script.file.sources.values()
    weights = files("holdfast.safety") / "content" / "screen" / "weights" / "manifest.json"
    return {
        "protocol": {
            "version": f"{found.script.version}-{found.digest}",
            "languages": sorted(found.languages),
            "references": [
                {"cite": one.cite, "url": f"https://doi.org/{one.doi}" if one.doi else None}
                for one in sources
            ],
        },
        "screen": {"version": sha256(weights.read_bytes()).hexdigest()[:12]},
    }
