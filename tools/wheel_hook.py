"""Refuses to build a wheel that lacks the client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ClientIsBuilt(BuildHookInterface[Any]):
    """Stops a wheel without the client; an editable install may come before the client is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        client = Path(self.root, "src/holdfast/web_dist/index.html")
        if version == "standard" and not client.is_file():
            raise FileNotFoundError(f"{client} is missing: build the client first (make setup)")
