"""Exit code 0 when Holdfast serves on this machine: what a container's health check runs.

    python healthcheck.py [PORT]

The request carries the host name of `HOLDFAST_ORIGIN`, as a proxy's would: others are refused.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit


def serves(port: int, origin: str) -> bool:
    """Whether /healthz answers 200, or asks for HTTPS (then it serves, behind a proxy)."""
    parts = urlsplit(origin)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        headers = {"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme}
        connection.request("GET", "/healthz", headers=headers)
        return connection.getresponse().status in {200, 301}
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    listening = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    named = os.environ.get("HOLDFAST_ORIGIN", f"http://localhost:{listening}")
    sys.exit(0 if serves(listening, named) else 1)
