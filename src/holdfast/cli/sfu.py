"""Janus as the SFU of group visits, started by `holdfast serve`: its configuration and command.

Its API listens on loopback, on a port of the moment, under a secret of the moment, unless machines
share it; of its plugins and transports only what we use is loaded. Media come in on the UDP ports
that the operator names.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.core.fanout import phone_wire, rooms_wire

#: Where distributions put Janus' plugins; HOLDFAST_JANUS_FOLDER names another place.
_FOLDERS = ("/usr/lib/*/janus", "/usr/lib/janus", "/usr/local/lib/janus", "/opt/janus/lib/janus")
_PLUGIN, _TRANSPORT = "libjanus_videoroom.so", "libjanus_websockets.so"
_SIP = "libjanus_sip.so"
#: Where other machines find its API.
_LISTEN = "HOLDFAST_SFU_LISTEN"


@dataclass(frozen=True)
class Sfu:
    """`address` is the one that browsers reach, where the machine has another; may be empty."""

    program: str
    folder: Path
    port: int
    secret: str
    #: Where its API listens.
    host: str = "127.0.0.1"
    media_ports: str = "20000-20400"
    address: str = ""
    #: With the plugin that calls ordinary phones, and the ports of their sound.
    sip: bool = False
    sip_ports: str = "20500-20599"
    #: On loopback alone: for tests.
    local: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """For the processes that speak with it."""
        return {
            rooms_wire.URL_VARIABLE: f"ws://{self.host}:{self.port}",
            rooms_wire.SECRET_VARIABLE: self.secret,
        }

    def command(self, configuration: Path) -> list[str]:
        """Write the configuration into a folder of ours, and say what is to be run."""
        configuration.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in self._files(configuration).items():
            (configuration / name).write_text(text, encoding="utf-8")
            (configuration / name).chmod(0o600)
        main = str(configuration / "janus.jcfg")
        return [self.program, "-C", main, "-F", str(configuration)]

    def _files(self, configuration: Path) -> Mapping[str, str]:
        mapped = f'nat_1_1_mapping = "{self.address}"' if self.address else ""
        only = (
            'ice_enforce_list = "127.0.0.1"' if self.local else 'ice_ignore_list = "vmnet,docker"'
        )
        return {
            "janus.jcfg": f"""
general: {{
  configs_folder = "{configuration}"
  plugins_folder = "{self.folder / "plugins"}"
  transports_folder = "{self.folder / "transports"}"
  events_folder = "{self.folder / "events"}"
  loggers_folder = "{self.folder / "loggers"}"
  api_secret = "{self.secret}"
  admin_secret = "{secrets.token_hex(24)}"
  interface = "127.0.0.1"
  debug_level = 1
  debug_timestamps = false
  session_timeout = 60
  hide_dependencies = true
}}
media: {{ rtp_port_range = "{self.media_ports}" }}
nat: {{
  full_trickle = true
  ice_lite = false
  {only}
  {mapped}
}}
plugins: {{ disable = "{self._others("plugins", *self._plugins)}" }}
transports: {{ disable = "{self._others("transports", _TRANSPORT)}" }}
events: {{ broadcast = false }}
""",
            "janus.transport.websockets.jcfg": f"""
general: {{
  json = "compact"
  ws = true
  ws_port = {self.port}
  ws_ip = "{self.host}"
  wss = false
}}
admin: {{ admin_ws = false }}
""",
            "janus.plugin.videoroom.jcfg": f"""
general: {{
  admin_key = "{rooms_wire.admin_key(self.secret)}"
  string_ids = true
}}
""",
        } | ({"janus.plugin.sip.jcfg": self._sip_file()} if self.sip else {})

    @property
    def _plugins(self) -> tuple[str, ...]:
        return (_PLUGIN, _SIP) if self.sip else (_PLUGIN,)

    def _sip_file(self) -> str:
        here = 'local_ip = "127.0.0.1"' if self.local else ""
        sound = f'sdp_ip = "{self.address}"' if self.address else ""
        return f"""
general: {{
  {here}
  {sound}
  rtp_port_range = "{self.sip_ports}"
  user_agent = "Holdfast"
  events = false
}}
"""

    def _others(self, kind: str, *ours: str) -> str:
        every = (one.name for one in (self.folder / kind).glob("*.so"))
        return ",".join(sorted(set(every) - set(ours)))


def to_start(*, needed: bool) -> Sfu | None:
    """What this machine is to run; None where Janus is not installed, or another machine of the
    installation runs the one for all. Raises ValueError, with what to type.
    """
    if os.environ.get(rooms_wire.URL_VARIABLE):
        _check_other()
        return None
    found = installed()
    if found is None and needed:
        raise ValueError("HOLDFAST_SFU=1 needs Janus. Run: apt-get install janus")
    if found is not None and os.environ.get("HOLDFAST_REDIS") and not os.environ.get(_LISTEN):
        # Two would divide a group between them.
        raise ValueError(
            f"Machines joined by HOLDFAST_REDIS share one Janus: {_LISTEN} on one of them,"
            f" {rooms_wire.URL_VARIABLE} on the others; HOLDFAST_SFU=0 where there is to be none."
        )
    return found


def _check_other() -> None:
    if not re.fullmatch(r"wss?://[^/\s]+", os.environ[rooms_wire.URL_VARIABLE]):
        raise ValueError(f"{rooms_wire.URL_VARIABLE} reads ws://10.0.0.1:8188")
    _shared_secret()


def _shared_secret() -> str:
    secret = os.environ.get(rooms_wire.SECRET_VARIABLE, "")
    # It stands between quotation marks in Janus' configuration.
    if not re.fullmatch(r"[\w-]{32,}", secret, re.ASCII):
        raise ValueError(
            f"{rooms_wire.SECRET_VARIABLE} must be the same on all machines: 32 letters and digits"
            " or more, as of: openssl rand -hex 24"
        )
    return secret


def _listens() -> tuple[str, int, str]:
    """Host and port of its API, and its secret. Raises ValueError."""
    given = os.environ.get(_LISTEN, "").strip()
    if not given:
        return "127.0.0.1", _free_port(), secrets.token_hex(24)
    found = re.fullmatch(r"(\d+(?:\.\d+){3}):(\d{1,5})", given)
    if found is None:
        raise ValueError(f"{_LISTEN} reads 10.0.0.1:8188")
    return found[1], int(found[2]), _shared_secret()


def installed() -> Sfu | None:
    """Janus as it is installed here; None without one. With a port and a secret of the moment,
    unless HOLDFAST_SFU_LISTEN says where other machines find it.

    With SIP where HOLDFAST_SIP_PROXY names a provider. Raises ValueError where a setting cannot be
    read, or that plugin is not there.
    """
    program = shutil.which("janus")
    named = os.environ.get("HOLDFAST_JANUS_FOLDER")
    root = Path("/")
    folders = [Path(named)] if named else [f for g in _FOLDERS for f in root.glob(g.lstrip("/"))]
    folder = next((one for one in folders if (one / "plugins" / _PLUGIN).exists()), None)
    if program is None or folder is None:
        return None
    sip = bool(os.environ.get(phone_wire.PROXY_VARIABLE, "").strip())
    if sip and not (folder / "plugins" / _SIP).exists():
        raise ValueError("HOLDFAST_SIP_PROXY needs Janus' SIP plugin, which is not installed.")
    ports = _ports("HOLDFAST_SFU_MEDIA_PORTS", "20000-20400")
    host, port, secret = _listens()
    return Sfu(
        program,
        folder,
        port,
        secret,
        host=host,
        media_ports=ports,
        sip=sip,
        sip_ports=_ports("HOLDFAST_SIP_MEDIA_PORTS", "20500-20599"),
        address=os.environ.get("HOLDFAST_SFU_ADDRESS", ""),
    )


def _ports(variable: str, usual: str) -> str:
    ports = os.environ.get(variable, usual)
    if not re.fullmatch(r"\d{4,5}-\d{4,5}", ports):
        raise ValueError(f"{variable} reads {usual}")
    return ports


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
