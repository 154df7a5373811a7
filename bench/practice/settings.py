"""The server's own settings, with statements counted and the peer's view beside ours."""

from holdfast.config.settings import *  # noqa: F403
from holdfast.config.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["bench.practice.counting.Counting", *_MIDDLEWARE]
ROOT_URLCONF = "bench.practice.urls"
