"""What cannot be done with the companion's settings."""

from __future__ import annotations

from holdfast.core.problems import Conflict


class ModelIncomplete(Conflict):
    code = "model-incomplete"
    title = "A model needs an address and a name before it can be switched on."
