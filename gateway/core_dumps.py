"""Keep what a process holds in memory, keys among it, out of core dumps and other processes' debuggers.

Guards nothing against root, and not the swap. core(5); PR_SET_DUMPABLE(2const): a limit alone does not hold where dumps are piped
to a program.
"""

import ctypes
import resource
import sys

_SET_DUMPABLE = 4  # linux/prctl.h
_NOT_DUMPABLE = 0


def forbid_core_dumps() -> None:
    """Let this process leave no core dump, for as long as it lives; on other systems than Linux by the limit alone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, _NOT_DUMPABLE, 0, 0, 0)
