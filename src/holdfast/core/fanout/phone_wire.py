"""What Django and the process with the sockets agree on about calls to ordinary phones. No Django
in here.

The number is in the sealed ticket: it passes through the browser unread, and from the process with
the sockets to the SFU's SIP plugin on loopback.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

#: Seals the tickets by which a browser has one number called.
TICKET: Final = "phone ticket"
PROXY_VARIABLE: Final = "HOLDFAST_SIP_PROXY"
#: Read by the process with the sockets, and by `holdfast serve` for the SFU's configuration.
VARIABLES: Final = frozenset(
    {
        PROXY_VARIABLE,
        "HOLDFAST_SIP_USERNAME",
        "HOLDFAST_SIP_SECRET",
        "HOLDFAST_SIP_SECRET_FILE",
        "HOLDFAST_SIP_CALLER",
        "HOLDFAST_SIP_SRTP",
    }
)
_PROXY: Final = re.compile(r"sips?:[A-Za-z0-9.\-\[\]:]+(;transport=(udp|tcp|tls))?")
_CALLER: Final = re.compile(r"[A-Za-z0-9+._\-]{1,64}")
_SRTP: Final = {"off": "", "optional": "sdes_optional", "required": "sdes_mandatory"}


class TrunkError(Exception):
    """The settings do not fit together; the message says what to do."""


@dataclass(frozen=True)
class Trunk:
    """The practice's SIP provider: who carries a call to the telephone network.

    `proxy` is a SIP URI ("sip:trunk.example.org;transport=tls"), `caller` the number or name that
    the called phone is shown, `srtp` what the SIP plugin is told of encrypted sound.
    """

    proxy: str
    caller: str
    username: str = ""
    secret: str = field(default="", repr=False)
    srtp: str = ""

    @property
    def host(self) -> str:
        """The provider's, with its port."""
        return self.proxy.partition(":")[2].partition(";")[0]

    @property
    def identity(self) -> str:
        return f"sip:{self.caller}@{self.host}"

    def address(self, number: str) -> str:
        """Of a phone (E.164), as the provider is asked for it."""
        return f"sip:{number}@{self.host}"


def trunk(environment: Mapping[str, str] = os.environ) -> Trunk | None:
    """From `HOLDFAST_SIP_…`; None where no provider is named. Raises TrunkError."""
    proxy = environment.get(PROXY_VARIABLE, "").strip()
    if not proxy:
        return None
    if not _PROXY.fullmatch(proxy):
        raise TrunkError(f"{PROXY_VARIABLE} reads sip:trunk.example.org;transport=tls")
    username = environment.get("HOLDFAST_SIP_USERNAME", "").strip()
    caller = environment.get("HOLDFAST_SIP_CALLER", "").strip() or username
    if not _CALLER.fullmatch(caller):
        raise TrunkError("HOLDFAST_SIP_CALLER reads +4930123456: what the called phone shows.")
    srtp = environment.get("HOLDFAST_SIP_SRTP", "off").strip()
    if srtp not in _SRTP:
        raise TrunkError("HOLDFAST_SIP_SRTP is off, optional or required.")
    return Trunk(proxy, caller, username, _secret(environment), _SRTP[srtp])


def _secret(environment: Mapping[str, str]) -> str:
    path = environment.get("HOLDFAST_SIP_SECRET_FILE", "").strip()
    if not path:
        return environment.get("HOLDFAST_SIP_SECRET", "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise TrunkError(f"HOLDFAST_SIP_SECRET_FILE cannot be read: {error.strerror}.") from None
