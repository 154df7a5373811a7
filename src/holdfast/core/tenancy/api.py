"""Endpoints of this capability: practice settings, people, clients' records."""

from __future__ import annotations

from holdfast.core.api import Router
from holdfast.core.tenancy import api_clients, api_handing_over, api_people, api_practice

router = Router()
router.add_router("", api_practice.router)
router.add_router("", api_people.router)
router.add_router("", api_handing_over.router)
router.add_router("", api_clients.router)
