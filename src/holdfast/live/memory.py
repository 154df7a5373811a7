"""Keeps the memory of this process from being written anywhere, as far as the system lets us."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

# linux/prctl.h
_PR_SET_PDEATHSIG, _PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 1, 3, 4


def keep_private(*, readable: bool = False) -> None:
    """No core file; on Linux nobody but root may read this memory or attach to it either, unless
    it is to be `readable`.

    A dump that goes to a program (core_pattern with a pipe) does not ask for the limit on core
    files, but is made of no process that is not dumpable. Children inherit both.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and not readable:
        _prctl(_PR_SET_DUMPABLE, 0)


def is_dumpable() -> bool:
    """Whether the kernel would write this memory to a dump."""
    return sys.platform != "linux" or _prctl(_PR_GET_DUMPABLE, 0) == 1


def end_with(parent: int) -> None:
    """End at once when `parent` does: nobody would end this process in time otherwise."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _prctl(option: int, value: int) -> int:
    done: int = ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
    if done < 0:
        raise OSError(ctypes.get_errno(), "prctl")
    return done
