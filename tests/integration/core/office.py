"""An administrator at work: what tests of a practice start from."""

from __future__ import annotations

from typing import Any

from holdfast.core.tenancy.models import Practice, Role
from tests import factories
from tests.integration.core import wire


class Office:
    """An administrator at work in one practice."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.administrator = factories.make_member(practice, Role.ADMINISTRATOR)
        self.browser = factories.browser(self.administrator.user)

    def path(self, rest: str = "") -> str:
        return f"/api/v1/practices/{self.practice.pk}{rest}"

    def send(self, method: str, rest: str = "", body: object = None) -> Any:
        return wire.send(self.browser, method, self.path(rest), body)
