"""Which operating system process is meant, across restarts: a pid counts only together with its start time."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

POLL = 0.02
"""Seconds between two looks at something that another process will change soon."""


@dataclass(frozen=True, slots=True)
class ProcessId:
    """One process for good: a later process with the same pid has another `started`."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The process that has this pid now, or None. A zombie counts as gone."""
        started = _started_linux(pid) if sys.platform == "linux" else _started_posix(pid)
        return None if started is None else cls(pid, started)

    @classmethod
    def mine(cls) -> Self:
        """The calling process."""
        process = cls.of(os.getpid())
        assert process is not None, "the calling process runs"
        return process

    def alive(self) -> bool:
        """Whether it still runs."""
        return ProcessId.of(self.pid) == self

    def signal(self, number: signal.Signals) -> None:
        """Send a signal unless it is already gone."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    async def gone(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds for its end; whether it ended."""
        return await until(lambda: not self.alive(), timeout)


def _started_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's name and may hold spaces and parentheses.
    fields = stat.rpartition(")")[2].split()
    state, threads, started = fields[0], int(fields[17]), fields[19]
    # The first thread may be a zombie while the others still hold the process's files and ports.
    return None if state in "ZX" and threads <= 1 else f"{boot}:{started}"


def _started_posix(pid: int) -> str | None:
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    state, _, started = shown.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


async def until(holds: Callable[[], bool | Awaitable[bool]], timeout: float) -> bool:
    """Ask again and again until it holds or `timeout` seconds have passed; whether it held."""
    deadline = asyncio.get_running_loop().time() + timeout
    while True:
        held = holds()
        if held if isinstance(held, bool) else await held:
            return True
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(POLL)
