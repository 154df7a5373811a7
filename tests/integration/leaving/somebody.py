# ruff: noqa: E402, T201 (a program of its own)
"""`python -m tests.integration.leaving.somebody make|leave|look|list`, on one installation.

Prints what is there of Ines, as JSON: her account, her name, a record of hers; or, for `list`, the
line that her deletion would put on the list.
"""

from __future__ import annotations

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
django.setup()

from holdfast.core import clock
from holdfast.core.identity import actions
from holdfast.core.identity.models import User
from holdfast.core.leaving.outside import Erasure
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters.models import Encounter
from tests.integration.leaving.scene import make_scene


def main(what: str) -> None:
    if what == "make":
        make_scene()
    clients = list(Client.objects.all())
    user = next((one.user for one in clients if one.user), None)
    if what == "leave" and user is not None:
        actions.delete_account(user)
    if what == "list" and user is not None:
        print(Erasure(user.pk, clock.now()).to_line(), end="")
        return
    found = {
        "account": user is not None and User.objects.filter(pk=user.pk).exists(),
        "name": any(one.display_name for one in Client.objects.all()),
        "record": Encounter.objects.filter(status="finished").exists(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
