"""Viewers to whom nothing is said: the server's memory for each of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from benchmarks.fanout import FloorFanout, WeftFanout
from benchmarks.figures import Round, report
from benchmarks.machine import resident_kib
from benchmarks.servers import Server, floor, mongo, weft

SETTLE_SECONDS = 2.0
"""From the last viewer's arrival to the measurement."""
AT_ONCE = 50
"""Threads that are made and followed together."""

Opening = Callable[[Server, int], Awaitable[None]]


async def run(viewers: Sequence[int], rounds: int) -> None:
    """A new process for every measurement: memory that has been freed seldom goes back to the machine."""
    for number in viewers:
        measured: dict[str, list[Round]] = {"weft": [], "weft_threads": [], "floor": []}
        for _ in range(rounds):
            async with mongo() as uri:
                async with weft(uri) as server:
                    measured["weft"].append(await _grown(server, _one_thread, number))
                async with weft(uri) as server:
                    measured["weft_threads"].append(await _grown(server, _threads, number))
                async with floor(uri) as server:
                    measured["floor"].append(await _grown(server, _sockets, number))
        report("idle", {"viewers": number}, measured, by="kib_per_viewer")


async def _grown(server: Server, opening: Opening, viewers: int) -> Round:
    """What `viewers` add to a server that has had some. The end of the server is that of their sockets."""
    await opening(server, AT_ONCE)
    before = await _settled(server)
    await opening(server, viewers)
    return {"kib_per_viewer": (await _settled(server) - before) / viewers, "before_mib": before / 1024}


async def _settled(server: Server) -> int:
    await asyncio.sleep(SETTLE_SECONDS)
    return resident_kib(server.pid)


async def _one_thread(server: Server, viewers: int) -> None:
    """All follow one thread by the same document."""
    await WeftFanout.open(server, viewers, 1)


async def _threads(server: Server, viewers: int) -> None:
    """Each follows a thread of its own."""
    for start in range(0, viewers, AT_ONCE):
        some = range(start, min(start + AT_ONCE, viewers))
        await asyncio.gather(*(WeftFanout.open(server, 1, 1) for _ in some))


async def _sockets(server: Server, viewers: int) -> None:
    """Of Starlette, to which nobody has said anything."""
    await FloorFanout.open(server, viewers)
