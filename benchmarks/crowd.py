"""Many answers at once, each with a viewer of its own: deltas that one server stores and delivers, and how late."""

import asyncio
import gc
from collections.abc import Sequence
from contextlib import AsyncExitStack

from benchmarks.fanout import LATE_SECONDS, TEXT_BYTES, FloorFanout, Subject, WeftFanout, opened
from benchmarks.figures import Round, percentile, report
from benchmarks.machine import cpu_seconds
from benchmarks.servers import Server, floor, mongo, weft
from benchmarks.sockets import Tally

RATE = 20
"""Deltas a second of each answer."""


async def run(answers: Sequence[int], rounds: int, seconds: float) -> None:
    """Rounds of Weft and of its floor in turn: as many texts a second stored, heard of and sent to one socket."""
    async with mongo() as uri, weft(uri) as server, floor(uri) as lowest:
        for number in answers:
            await _measure((server, lowest), number, rounds, seconds)


async def _measure(servers: tuple[Server, Server], answers: int, rounds: int, seconds: float) -> None:
    count = int(RATE * seconds)
    measured: dict[str, list[Round]] = {"weft": [], "floor": []}
    async with AsyncExitStack() as stack:
        ours = [await stack.enter_async_context(opened(WeftFanout.open(servers[0], 1, 1))) for _ in range(answers)]
        least = await stack.enter_async_context(opened(FloorFanout.open(servers[1], 1, durable=True)))
        for _ in range(rounds):
            measured["weft"].append(await _play(ours, count, RATE))
            frame = int(measured["weft"][0]["frame_bytes"])
            measured["floor"].append(await _play([least], count * answers, RATE * answers, frame))
    about = {"answers": answers, "offered_per_s": RATE * answers}
    report("crowd", about, measured, by="cpu_us_per_delivery")


async def _play(subjects: Sequence[Subject], count: int, rate: int, text_bytes: int = TEXT_BYTES) -> Round:
    """One round: `count` deltas of each of them, that all begin together."""
    tallies = [_watch(subject, count) for subject in subjects]
    pid = subjects[0].server.pid
    gc.collect()
    gc.disable()
    cpu = cpu_seconds(pid)
    await asyncio.gather(*(subject.start(count, rate, text_bytes) for subject in subjects))
    try:
        async with asyncio.timeout(count / rate + LATE_SECONDS):
            await asyncio.gather(*(tally.done.wait() for tally in tallies))
    except TimeoutError:
        pass  # what is not there counts as missing
    cpu = cpu_seconds(pid) - cpu
    gc.enable()
    return _measured(tallies, cpu)


def _watch(subject: Subject, count: int) -> Tally:
    tally = Tally(count)
    (viewer,) = subject.viewers
    viewer.tally, viewer.seen = tally, 0
    return tally


def _measured(tallies: Sequence[Tally], cpu: float) -> Round:
    lags = sorted(lag for tally in tallies for lag in tally.lags)
    emitted = [at for tally in tallies for at in tally.emitted.values()]
    span = (max(tally.last_at for tally in tallies) - min(emitted)) / 1e9
    return {
        "delivered_per_s": len(lags) / span,
        "missing": sum(tally.expected for tally in tallies) - len(lags),
        "repeated": sum(tally.repeated for tally in tallies),
        "p50_ms": percentile(lags, 0.5) / 1e6,
        "p99_ms": percentile(lags, 0.99) / 1e6,
        "cpu_us_per_delivery": cpu / len(lags) * 1e6,
        "core": cpu / span,
        "frames_per_delivery": sum(tally.frames for tally in tallies) / len(lags),
        "frame_bytes": min(tally.smallest for tally in tallies),
    }
