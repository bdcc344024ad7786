"""From a model's first token to the first delta at a client, beside insert → change stream → websocket."""

import asyncio
from collections.abc import Sequence

from benchmarks.fanout import TEXT_BYTES, FloorFanout, Subject, WeftFanout, opened
from benchmarks.figures import Round, percentile, report
from benchmarks.servers import floor, mongo, weft
from benchmarks.sockets import Tally

ANSWERS = 40
"""In a round."""
TIMEOUT_SECONDS = 20.0


async def run(rounds: int) -> None:
    """Answers of one token, one at a time, to one viewer."""
    subjects: dict[str, list[Round]] = {"weft": [], "floor": []}
    async with (
        mongo() as uri,
        weft(uri) as server,
        floor(uri) as lowest,
        opened(WeftFanout.open(server, 1, 1)) as ours,
        opened(FloorFanout.open(lowest, 1, durable=True)) as least,
    ):
        for _ in range(rounds):
            subjects["weft"].append(_summary([await _lag(ours) for _ in range(ANSWERS)]))
            subjects["floor"].append(_summary([await _lag(least) for _ in range(ANSWERS)]))
    report("first_delta", {"answers": ANSWERS}, subjects, by="p50_ms")


async def _lag(subject: Subject) -> float:
    """Milliseconds from the emission of one text to its receipt."""
    tally = Tally(1)
    (viewer,) = subject.viewers
    viewer.tally, viewer.seen = tally, 0
    await subject.start(1, 1, TEXT_BYTES)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await tally.done.wait()
    await asyncio.sleep(0.02)  # the end of the turn is not part of the next measurement
    return tally.lags[0] / 1e6


def _summary(lags: Sequence[float]) -> Round:
    return {"p50_ms": percentile(lags, 0.5), "p99_ms": percentile(lags, 0.99)}
