"""Endpoints of this capability."""

from __future__ import annotations

from holdfast.core.api import Router

router = Router()
