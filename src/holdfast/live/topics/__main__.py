"""`python -m holdfast.live.topics`: see `holdfast.live.topics`. `holdfast serve` starts it."""

from __future__ import annotations

import sys

from holdfast.live import logs
from holdfast.live.settings import SettingsError
from holdfast.live.topics.settings import read


def main() -> int:
    """Serve until SIGTERM; 2 where the environment does not say enough."""
    logs.configure()
    try:
        settings = read(sys.argv[1:])
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    from holdfast.live.topics.server import run

    return run(settings)


if __name__ == "__main__":
    sys.exit(main())
