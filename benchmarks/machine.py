"""The machine (Linux): which core measures what, and how much of it a process has used."""

import os
import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_CORES = sorted(os.sched_getaffinity(0))


def settle() -> None:
    """Keeps this process, the client, and all it starts off the first core, and lets it open enough sockets."""
    os.sched_setaffinity(0, _CORES[1:] or _CORES)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def first_core() -> Generator[None, None, None]:
    """What is started inside has the first core, shared only with servers that are idle meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _CORES[:1])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_kib(pid: int) -> int:
    """What a process holds of the machine's memory."""
    (line,) = (one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1])
