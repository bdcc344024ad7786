"""A process is itself only as long as it lives."""

import asyncio
import os
import signal
import sys

from weft.storage.processes import ProcessId, until


async def test_a_process_is_alive_until_it_ends_even_unreaped() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    known = ProcessId.of(process.pid)
    assert known is not None
    assert known.alive()
    known.signal(signal.SIGKILL)
    assert await known.gone(10)
    await process.wait()
    known.signal(signal.SIGKILL)  # of no effect
    assert ProcessId.of(process.pid) is None


def test_the_same_pid_with_another_start_is_another_process() -> None:
    assert ProcessId.mine() == ProcessId.of(os.getpid())
    assert not ProcessId(os.getpid(), "long ago").alive()


async def test_waiting_gives_up_at_the_deadline() -> None:
    assert not await until(lambda: False, 0.01)
