"""What turning a password into a key costs: today's, and that of accounts from before it rose.

An installation may ask for more than the least (`HOLDFAST_ARGON2_MEMORY_MIB`, `…_PASSES`). An
account keeps the cost it was made with until its owner next logs in; their browser then derives
anew. It never goes down.
"""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count

from holdfast.core.crypto.lookup import blind_index
from holdfast.core.identity.kdf import PARAMS, KdfParams
from holdfast.core.identity.models import User
from holdfast.core.problems import Conflict

_SHARES = "derivation-costs"
_SHARES_SECONDS = 600
_DRAW_BYTES = 8


class CostNotRaised(Conflict):
    code = "cost-not-raised"
    title = "The cost of this password is not below what is asked for."


def wanted() -> KdfParams:
    """What a new password costs here."""
    return cast(KdfParams, dict(settings.KDF_PARAMS))


def is_accepted(params: object) -> bool:
    """Whether a new password may have this cost: today's, or the least of all.

    The least is what a client from before the rise uses; its next log-in raises it.
    """
    return params in (PARAMS, wanted())


def is_below(params: KdfParams, other: KdfParams) -> bool:
    """Whether a guess at the first is cheaper than one at the second, in no respect dearer."""
    ours = (params["memory_kib"], params["passes"], params["parallelism"])
    theirs = (other["memory_kib"], other["passes"], other["parallelism"])
    return ours != theirs and all(a <= b for a, b in zip(ours, theirs, strict=True))


def stand_in(name: str) -> KdfParams:
    """The cost that an unknown name is answered with.

    While accounts have different costs, unknown names have them in the same shares, each the same
    one every time, and go up with the accounts. Where nothing was raised there is but one.
    """
    if wanted() == PARAMS:
        return wanted()
    shares = cast("list[tuple[KdfParams, int]]", cache.get_or_set(_SHARES, _count, _SHARES_SECONDS))
    draw = _drawn(name) * sum(number for _, number in shares)
    for params, number in shares:
        draw -= number
        if draw < 0:
            return params
    return wanted()


def _count() -> list[tuple[KdfParams, int]]:
    """How many accounts there are at each cost, the lowest first."""
    rows = User.objects.filter(is_active=True).values_list("kdf_params").annotate(Count("pk"))
    found = [(cast(KdfParams, params), number) for params, number in rows if params]
    return sorted(found, key=lambda each: (each[0]["memory_kib"], each[0]["passes"]))


def _drawn(name: str) -> float:
    """A number from 0 up to 1 that a name always has, and that nobody outside can compute."""
    digest = blind_index("stand-in-cost", name)
    return float(int.from_bytes(digest[:_DRAW_BYTES]) / 2 ** (8 * _DRAW_BYTES))
