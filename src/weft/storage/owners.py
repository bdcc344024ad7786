"""Who holds a lease: a process of a machine. One that is known to be gone need not be waited for."""

import os
import socket
import sys
from functools import cache

from weft.storage.processes import ProcessId


@cache
def _machine() -> str:
    """Where a pid means something: this host and, on Linux, this pid namespace."""
    namespace = os.readlink("/proc/self/ns/pid") if sys.platform == "linux" else ""
    return f"{socket.gethostname()} {namespace}"


def this_process() -> str:
    """The calling process as it is written into leases."""
    process = ProcessId.mine()
    return f"{_machine()}|{process.pid}|{process.started}"


def is_gone(owner: str) -> bool:
    """True when the owner ran on this machine and does not run any more; False whenever that is not certain."""
    machine, _, process = owner.partition("|")
    pid, _, started = process.partition("|")
    return machine == _machine() and pid.isdecimal() and not ProcessId(int(pid), started).alive()
